// A file of many rows through crmctl, killed in its middle: each row is made once, and memory stays
// what it is. CRM_IMPORT_ROWS says how many rows; five million take some twenty minutes.

#include <absl/container/flat_hash_set.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "common/base/uuid.h"
#include "crm/contact/v1/contact_service.grpc.pb.h"
#include "tests/support/await.h"

namespace crm::testing {
namespace {

constexpr int64_t kInFlight = 512;

// Knows of contacts nothing but their ids.
class ManyContacts final : public contact::v1::ContactService::Service {
 public:
  grpc::Status CreateContact(grpc::ServerContext*, const contact::v1::CreateContactRequest* request,
                             contact::v1::CreateContactResponse*) override {
    absl::MutexLock lock(&mutex_);
    ++calls_;
    ids_.insert(*base::Uuid::Parse(request->contact_id()));
    return grpc::Status::OK;
  }
  grpc::Status BatchGetContacts(grpc::ServerContext*,
                                const contact::v1::BatchGetContactsRequest* request,
                                contact::v1::BatchGetContactsResponse* response) override {
    absl::MutexLock lock(&mutex_);
    for (const std::string& name : request->names()) {
      if (!ids_.contains(*base::Uuid::Parse(absl::string_view(name).substr(9)))) continue;
      response->add_contacts()->set_name(name);
    }
    return grpc::Status::OK;
  }

  int64_t known() {
    absl::MutexLock lock(&mutex_);
    return static_cast<int64_t>(ids_.size());
  }
  int64_t calls() {
    absl::MutexLock lock(&mutex_);
    return calls_;
  }

 private:
  absl::Mutex mutex_;
  absl::flat_hash_set<base::Uuid> ids_;
  int64_t calls_ = 0;
};

class ImportVolumeTest : public ::testing::Test {
 protected:
  ImportVolumeTest() {
    const char* rows = std::getenv("CRM_IMPORT_ROWS");
    if (rows != nullptr) {
      EXPECT_TRUE(absl::SimpleAtoi(rows, &rows_)) << rows;
    }
    std::string pattern = ::testing::TempDir() + "/volumeXXXXXX";
    folder_ = mkdtemp(pattern.data());
    std::ofstream(folder_ + "/m.json") << R"({"name": "volume", "files": [
      {"entity": "organization", "file": "companies.csv", "key": "id", "fields": {
        "display_name": "name", "location": "city", "employee_count": "people"}}]})";
    std::ofstream companies(folder_ + "/companies.csv");
    companies << "id,name,city,people,note\n";
    for (int64_t i = 0; i < rows_; ++i) {
      companies << "C-" << i << ",Company number " << i << ",\"Santa Cruz, TF\"," << i % 999
                << ",what is known about it and nobody reads\n";
    }
    companies.close();
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&contacts_);
    server_ = builder.BuildAndStart();
  }
  ~ImportVolumeTest() override {
    server_->Shutdown();
    std::filesystem::remove_all(folder_);
  }

  pid_t Start() {
    const std::string address = absl::StrCat("127.0.0.1:", port_);
    const std::string program = absl::StrCat(std::getenv("CRM_BINARY_DIR"), "/bin/crmctl");
    const pid_t child = fork();
    if (child != 0) return child;
    for (const char* name :
         {"CRM_CONTACT_ADDRESS", "CRM_LEAD_ADDRESS", "CRM_OPPORTUNITY_ADDRESS"}) {
      setenv(name, address.c_str(), 1);
    }
    execl(program.c_str(), "crmctl", "--tenant", "volume", "import", "--mapping",
          (folder_ + "/m.json").c_str(), "--data", folder_.c_str(), "--rejects",
          (folder_ + "/rejects.csv").c_str(), nullptr);
    _exit(127);
  }

  int64_t rows_ = 20'000;
  std::string folder_;
  ManyContacts contacts_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

TEST_F(ImportVolumeTest, GoesOnAfterAKillAndItsMemoryDoesNotGrowWithTheFile) {
  const pid_t killed = Start();
  ASSERT_TRUE(Await(absl::Minutes(60), [&] { return contacts_.known() > rows_ / 2; }));
  kill(killed, SIGKILL);
  int status = 0;
  waitpid(killed, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status)) << "it was over before it was killed";
  ASSERT_LT(contacts_.known(), rows_);

  const absl::Time start = absl::Now();
  const int64_t before = contacts_.known();
  rusage used{};
  ASSERT_GT(wait4(Start(), &status, 0, &used), 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(contacts_.known(), rows_);
  EXPECT_LE(contacts_.calls(), rows_ + kInFlight) << "but for what was in flight all is sent once";
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const auto cpu = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                   static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  const int64_t memory = used.ru_maxrss << 10;
  std::printf("%ld rows, %ld of them there already: %.1f s, %.0f rows/s, CPU %.1f s, %ld MiB\n",
              static_cast<long>(rows_), static_cast<long>(before), seconds,
              static_cast<double>(rows_) / seconds, cpu, static_cast<long>(memory >> 20));
#ifndef __SANITIZE_ADDRESS__
  EXPECT_LT(memory, (int64_t{80} << 20) + 80 * rows_);
#endif
}

}  // namespace
}  // namespace crm::testing
