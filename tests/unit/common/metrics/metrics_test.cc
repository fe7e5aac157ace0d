#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ctime>
#include <stdexcept>
#include <string>

#include "common/metrics/exposition.h"
#include "common/metrics/process.h"
#include "common/metrics/registry.h"

namespace crm::metrics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string HttpGet(int port, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
    const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
    if (write(fd, request.data(), request.size()) == static_cast<ssize_t>(request.size())) {
      char buffer[4096];
      for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) > 0;) answer.append(buffer, n);
    }
  }
  close(fd);
  return answer;
}

TEST(Registry, GivesTheSameMetricForTheSameNameAndLabels) {
  Registry registry;
  Counter& one = registry.GetCounter("crm_calls_total", "Calls.", {{"method", "a"}});
  Counter& same = registry.GetCounter("crm_calls_total", "Calls.", {{"method", "a"}});
  Counter& other = registry.GetCounter("crm_calls_total", "Calls.", {{"method", "b"}});
  EXPECT_EQ(&one, &same);
  EXPECT_NE(&one, &other);
}

TEST(Registry, WritesPrometheusText) {
  Registry registry;
  registry.GetCounter("crm_calls_total", "Calls.", {{"method", "a"}}).Increment(2);
  registry.GetGauge("crm_open", "Open.").Set(5);
  registry.GetHistogram("crm_batch", "Sizes.", BatchSizeBuckets()).Observe(3);
  const std::string text = registry.Text();
  EXPECT_THAT(text, HasSubstr("crm_calls_total{method=\"a\"} 2"));
  EXPECT_THAT(text, HasSubstr("crm_open 5"));
  EXPECT_THAT(text, HasSubstr("crm_batch_bucket{le=\"2\"} 0"));
  EXPECT_THAT(text, HasSubstr("crm_batch_bucket{le=\"4\"} 1"));
}

TEST(Registry, AsksForACounterThatOthersKeep) {
  Registry registry;
  double dropped = 3;
  registry.AddCallbackCounter("crm_log_dropped_total", "Lines.", [&] { return dropped; });
  EXPECT_THAT(registry.Text(), HasSubstr("\ncrm_log_dropped_total 3"));
  dropped = 4;
  const auto exposition = Exposition::Start(registry, "127.0.0.1:0");
  ASSERT_TRUE(exposition.ok()) << exposition.status();
  EXPECT_THAT(HttpGet((*exposition)->Port(), "/metrics"), HasSubstr("\ncrm_log_dropped_total 4"));
}

TEST(Registry, ExportsATransientGaugeOnlyWhileItIsSet) {
  Registry registry;
  TransientGauge& slow = registry.GetTransientGauge("crm_lag", "Lag.", {{"group", "slow"}});
  TransientGauge& fast = registry.GetTransientGauge("crm_lag", "Lag.", {{"group", "fast"}});
  EXPECT_EQ(&slow, &registry.GetTransientGauge("crm_lag", "Lag.", {{"group", "slow"}}));
  EXPECT_EQ(registry.Text(), "");
  slow.Set(5);
  fast.Set(0);
  EXPECT_THAT(registry.Text(), HasSubstr("# TYPE crm_lag gauge\ncrm_lag{group=\"fast\"} 0\n"
                                         "crm_lag{group=\"slow\"} 5\n"));
  slow.Withdraw();
  EXPECT_THAT(registry.Text(), Not(HasSubstr("slow")));
  EXPECT_THAT(registry.Text(), HasSubstr("fast"));
}

TEST(Process, TellsWhatEveryClientOfPrometheusTells) {
  Registry registry;
  AddProcessMetrics(registry);
  const auto value = [&](const std::string& name) {
    const std::string text = registry.Text();
    const size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  };
  const double now = static_cast<double>(time(nullptr));
  EXPECT_GT(value("process_start_time_seconds"), now - 3600);
  EXPECT_LT(value("process_start_time_seconds"), now + 5);
  EXPECT_GE(value("process_cpu_seconds_total"), 0);
  EXPECT_GT(value("process_resident_memory_bytes"), 1e6);
  EXPECT_GE(value("process_virtual_memory_bytes"), value("process_resident_memory_bytes"));
  EXPECT_GE(value("process_threads"), 1);
  EXPECT_GT(value("process_max_fds"), 10);
  const double before = value("process_open_fds");
  const int fd = dup(0);
  EXPECT_EQ(value("process_open_fds"), before + 1);
  close(fd);
}

TEST(Registry, RefusesOneNameForTwoKinds) {
  Registry registry;
  registry.GetCounter("crm_thing", "A.");
  EXPECT_THROW(registry.GetGauge("crm_thing", "B."), std::invalid_argument);
}

TEST(Exposition, ServesTheRegistryOverHttp) {
  Registry registry;
  registry.GetGauge("crm_open", "Open.").Set(7);
  const auto exposition = Exposition::Start(registry, "127.0.0.1:0");
  ASSERT_TRUE(exposition.ok()) << exposition.status();
  EXPECT_THAT(HttpGet((*exposition)->Port(), "/metrics"), HasSubstr("crm_open 7"));
}

TEST(Exposition, SaysWhenItCannotListen) {
  Registry registry;
  const auto first = Exposition::Start(registry, "127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  const auto second = Exposition::Start(registry, "127.0.0.1:" + std::to_string((*first)->Port()));
  EXPECT_EQ(absl::StatusCode::kUnavailable, second.status().code());
}

}  // namespace
}  // namespace crm::metrics
