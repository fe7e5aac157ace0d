// Ctrl-C and SIGTERM end an import within a second, whatever it is at. Files without an end are
// holes in sparse ones: hundreds of gigabytes that take no room.

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>

#include "crm/contact/v1/contact_service.grpc.pb.h"
#include "tests/support/await.h"
#include "tests/support/silent_server.h"

namespace crm::testing {
namespace {

constexpr int kInterrupted = 130;
constexpr uintmax_t kEndless = uintmax_t{256} << 30;

// Takes a contact, and does not come back.
class HangingContacts final : public contact::v1::ContactService::Service {
 public:
  grpc::Status CreateContact(grpc::ServerContext*, const contact::v1::CreateContactRequest*,
                             contact::v1::CreateContactResponse*) override {
    ++waiting;
    end.WaitForNotification();
    return grpc::Status::CANCELLED;
  }
  grpc::Status BatchGetContacts(grpc::ServerContext*, const contact::v1::BatchGetContactsRequest*,
                                contact::v1::BatchGetContactsResponse*) override {
    return grpc::Status::OK;
  }

  std::atomic<int> waiting = 0;
  absl::Notification end;
};

// An import that runs, in a folder with a short file and one that never ends.
class ImportStopTest : public ::testing::Test {
 protected:
  ImportStopTest() {
    std::string pattern = ::testing::TempDir() + "/stopXXXXXX";
    folder_ = mkdtemp(pattern.data());
    std::ofstream(folder_ + "/short.csv") << "id,name\n1,Acme\n2,Bolt\n";
    std::ofstream(folder_ + "/endless.csv") << "id,name\n1,Acme\n";
    std::filesystem::resize_file(folder_ + "/endless.csv", kEndless);
  }
  ~ImportStopTest() override {
    if (child_ > 0) kill(child_, SIGKILL);
    if (child_ > 0) waitpid(child_, nullptr, 0);
    std::filesystem::remove_all(folder_);
  }

  // Starts `crmctl import COMMAND`. `part` is added to what the mapping says of `file`.
  void Start(const std::string& command, const std::string& file, const std::string& part,
             int port = 1) {
    std::ofstream(folder_ + "/m.json") << absl::StrCat(
        R"({"name": "stop", "files": [{"entity": "organization", "key": "id", "file": ")", file,
        R"(", "fields": {"display_name": "name"})", part, "}]}");
    const std::string script = absl::StrCat(
        "cd ", folder_, " && exec ", std::getenv("CRM_BINARY_DIR"),
        "/bin/crmctl --tenant stop import ",
        command == "draft" ? "draft ." : absl::StrCat(command, " --mapping m.json --data ."),
        " > out 2>&1");
    child_ = fork();
    if (child_ != 0) return;
    const std::string address = absl::StrCat("127.0.0.1:", port);
    for (const char* name :
         {"CRM_CONTACT_ADDRESS", "CRM_LEAD_ADDRESS", "CRM_OPPORTUNITY_ADDRESS"}) {
      setenv(name, address.c_str(), 1);
    }
    setenv("TMPDIR", folder_.c_str(), 1);
    execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
    _exit(127);
  }

  // Bytes that it has read so far.
  int64_t Read() const {
    std::ifstream facts(absl::StrCat("/proc/", child_, "/io"));
    std::string name;
    int64_t bytes = 0;
    while (facts >> name >> bytes) {
      if (name == "rchar:") return bytes;
    }
    return 0;
  }
  void AwaitReading() {
    ASSERT_TRUE(Await(absl::Seconds(20), [&] { return Read() > int64_t{48} << 20; })) << Output();
  }
  static std::set<std::string> SocketsOf(const std::string& process) {
    std::set<std::string> sockets;
    std::error_code error;
    for (const auto& each :
         std::filesystem::directory_iterator(absl::StrCat("/proc/", process, "/fd"), error)) {
      const std::string target = std::filesystem::read_symlink(each, error).string();
      if (absl::StartsWith(target, "socket:")) sockets.insert(target);
    }
    return sockets;
  }
  // Has a socket that it does not have from this process, and is not the shell any more.
  bool IsConnected() const {
    std::error_code error;
    const std::string program =
        std::filesystem::read_symlink(absl::StrCat("/proc/", child_, "/exe"), error).filename();
    const std::set<std::string> sockets = SocketsOf(absl::StrCat(child_));
    const std::set<std::string> ours = SocketsOf("self");
    return program == "crmctl" &&
           !std::includes(ours.begin(), ours.end(), sockets.begin(), sockets.end());
  }
  int64_t LinesOf(const std::string& file) const {
    std::ifstream in(folder_ + "/" + file);
    return std::count(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>(), '\n');
  }
  std::string Output() const {
    std::ifstream file(folder_ + "/out");
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  // Sends the signal; how it ended, by exit code or as minus the signal.
  int StopBy(int signal) {
    int status = 0;
    EXPECT_EQ(waitpid(child_, &status, WNOHANG), 0) << "it was over before: " << Output();
    const absl::Time start = absl::Now();
    kill(child_, signal);
    const bool over =
        Await(absl::Seconds(20), [&] { return waitpid(child_, &status, WNOHANG) == child_; });
    const absl::Duration took = absl::Now() - start;
    EXPECT_TRUE(over);
    EXPECT_LT(took, absl::Seconds(1));
    std::printf("ended after %.0f ms\n", absl::ToDoubleMilliseconds(took));
    child_ = over ? -1 : child_;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  std::string folder_;
  pid_t child_ = -1;
};

struct Phase {
  const char* name;
  const char* command;
  const char* file;
  const char* part;
};

class ReadingTest : public ImportStopTest, public ::testing::WithParamInterface<Phase> {};

TEST_P(ReadingTest, EndsWithinASecond) {
  Start(GetParam().command, GetParam().file, GetParam().part);
  AwaitReading();
  const int code = StopBy(SIGTERM);
  EXPECT_TRUE(code == kInterrupted ||
              (GetParam().command == std::string("draft") && code == -SIGTERM))
      << code << Output();
}

constexpr char kJoin[] =
    R"(, "from": {"file": "endless.csv", "on": {"own": "id", "other": "id"}, "prefix": "x."})";
INSTANTIATE_TEST_SUITE_P(
    Phases, ReadingTest,
    ::testing::Values(Phase{"Draft", "draft", "endless.csv", ""},
                      Phase{"Check", "check", "endless.csv", ""},
                      Phase{"RowsThatDoNotCount", "check", "endless.csv",
                            R"(, "rows": {"where": {"column": "id", "in": ["none"]}})"},
                      Phase{"RowsAheadOfSending", "", "endless.csv", ""},
                      Phase{"AnotherFile", "check", "short.csv", kJoin},
                      Phase{"Encoding", "check", "endless.csv", R"(, "encoding": "windows-1252")"}),
    [](const auto& info) { return info.param.name; });

// Each stands with its reason in the file of refused rows at once, not when the import is over.
TEST_F(ImportStopTest, WithManyRowsRefused) {
  constexpr int kRows = 400'000;
  std::ofstream file(folder_ + "/refused.csv");
  file << "id,name\n";
  for (int i = 0; i < kRows; ++i) file << i << ",\n";
  file.close();
  std::filesystem::resize_file(folder_ + "/refused.csv", kEndless);
  Start("", "refused.csv", "");
  AwaitReading();
  EXPECT_EQ(StopBy(SIGINT), kInterrupted) << Output();
  EXPECT_GE(LinesOf("import-rejects.csv"), kRows);
  EXPECT_GE(LinesOf("import-rejects.csv.d/refused.csv"), kRows);
}

TEST_F(ImportStopTest, WhenTheServerHangsOnEachCall) {
  HangingContacts contacts;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&contacts);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  Start("", "short.csv", "", port);
  EXPECT_TRUE(Await(absl::Seconds(20), [&] { return contacts.waiting > 0; })) << Output();
  EXPECT_EQ(StopBy(SIGINT), kInterrupted) << Output();
  contacts.end.Notify();
  server->Shutdown();
}

TEST_F(ImportStopTest, WhenNobodySaysAWord) {
  const SilentServer silent;
  Start("", "short.csv", "", silent.port());
  EXPECT_TRUE(Await(absl::Seconds(20), [&] { return IsConnected(); })) << Output();
  EXPECT_EQ(StopBy(SIGTERM), kInterrupted) << Output();
}

}  // namespace
}  // namespace crm::testing
