#include "tests/fault/program_fixture.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/support/await.h"
#include "tests/support/leaks.h"
#include "tests/support/stack.h"

namespace crm::testing {

ProgramTest::ProgramTest(PostgresServer& postgres, RedisServer& redis, const std::string& service)
    : name_(service),
      postgres_(postgres),
      redis_(redis),
      folder_(absl::StrCat("/tmp/crm-program-", NewUuid())) {
  std::filesystem::create_directory(folder_);
  postgres_.CreateSchema(database_, "crm_" + name_);
  redis_.FlushAll();  // the stream of another database
}

ProgramTest::~ProgramTest() {
  if (service_) KeepTold("log lines of crm-" + name_, JsonLinesOf(service_->Output()));
  service_.reset();
  std::filesystem::remove_all(folder_);
}

std::string ProgramTest::Program(const std::string& command) const {
  std::string neighbours;
  for (const std::string neighbour : {"contact", "lead", "opportunity"}) {
    if (neighbour == name_) continue;
    const bool knows_everybody = name_ == "opportunity" && neighbour == "contact";
    absl::StrAppend(&neighbours, " --", neighbour, "-address ",
                    knows_everybody ? contacts_.address() : "127.0.0.1:9");  // nobody is there
  }
  const std::string folder = failpoints_.empty() ? "/bin" : "/failpoints";
  return absl::StrCat("exec env CRM_FAILPOINTS=", Quoted(failpoints_), " ",
                      Quoted(BuildFolder() + folder), "/crm-", name_, " ", command,
                      " --database-url ", Quoted(database_url_), " --redis-url ", redis_.Url(),
                      neighbours);
}

void ProgramTest::Serve(const std::string& flags) {
  service_.emplace(absl::StrCat(Program("serve"), " --port-file ", folder_,
                                "/api --health-listen 127.0.0.1:0 --health-port-file ", folder_,
                                "/health --metrics-listen 127.0.0.1:0 --metrics-port-file ",
                                folder_, "/metrics ", flags));
  ASSERT_TRUE(Await(absl::Seconds(30), [&] { return port() != 0; })) << service_->Output();
}

int ProgramTest::PortIn(const std::string& file) const {
  int port = 0;
  std::ifstream(absl::StrCat(folder_, "/", file)) >> port;
  return port;
}

int ProgramTest::port() const { return PortIn("api"); }
int ProgramTest::health_port() const { return PortIn("health"); }
int ProgramTest::metrics_port() const { return PortIn("metrics"); }

bool ProgramTest::AwaitLog(const std::string& text) {
  return Await(absl::Seconds(30),
               [&] { return service_->Output().find(text) != std::string::npos; });
}

int ProgramTest::AwaitEnd() {
  EXPECT_TRUE(Await(absl::Seconds(60), [&] { return !service_->Running(); }));
  return service_->Wait().code;
}

}  // namespace crm::testing
