// What the services need at their limits, as the kernel counts it.

#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/async_calls.h"
#include "tests/fault/fleet.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"
#include "tests/support/server_folder.h"

namespace crm::testing {
namespace {

using client::Service;

constexpr size_t kInFlight = 256;  // as many as a connection may have open
// The least that an overlay gives a service's pod.
constexpr double kLimitMib = 512;
constexpr double kHalfMib = kLimitMib / 2;

// A request of about `bytes`, whatever its fields allow: the rest is a field that nobody knows.
template <class Request>
grpc::ByteBuffer Padded(Request request, size_t bytes) {
  request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(
      1000, std::string(bytes - request.ByteSizeLong() - 16, 'x'));
  return client::Pack(request);
}

struct Method {
  Service service;
  std::string path;
  grpc::ByteBuffer request;
};

template <class Request>
Method Of(const Request& request, size_t bytes) {
  return {client::MethodOf<Request>::kService, client::MethodOf<Request>::Path(),
          Padded(request, bytes)};
}

class MemoryTest : public ::testing::Test {
 protected:
  MemoryTest()
      : fleet_({absl::StrCat("127.0.0.1:", PostgresServer::Shared().port()),
                PostgresServer::Shared().CreateDatabase(), RedisServer::Shared().Url()},
               {.drain_delay = absl::ZeroDuration(), .replicas = 1}),
        calls_(Channels(fleet_.addresses()), {}, Once()) {
    const auto client = fleet_.Client();
    contact_.mutable_contact()->mutable_person()->set_given_name("Ada");
    contact_.mutable_contact()->mutable_person()->set_family_name("Lovelace");
    lead_.mutable_lead()->set_contact(Made(client.Call(contact_)).contact().name());
    activity_.set_name(Made(client.Call(lead_)).lead().name());
    activity_.mutable_activity()->set_type(lead::v1::ACTIVITY_TYPE_NOTE);
    opening_.mutable_opportunity()->set_display_name("Forty looms");
    opening_.mutable_opportunity()->set_contact(lead_.lead().contact());
    opportunity_.set_name(Made(client.Call(opening_)).opportunity().name());
  }

  static client::Channels Channels(const client::Addresses& addresses) {
    return Made(client::Channels::Make(addresses, client::Channels::Retries::kNone));
  }
  static client::RetryPolicy Once() {
    client::RetryPolicy policy;
    policy.total = absl::ZeroDuration();
    return policy;
  }
  template <class T>
  static T Made(absl::StatusOr<T> made) {
    if (!made.ok()) Abort(made.status().ToString());
    return *std::move(made);
  }

  // A read and a write of each service.
  std::vector<Method> Methods(size_t bytes) const {
    contact::v1::GetContactRequest get_contact;
    get_contact.set_name(lead_.lead().contact());
    lead::v1::GetLeadRequest get_lead;
    get_lead.set_name(activity_.name());
    return {Of(get_contact, bytes), Of(contact_, bytes),     Of(get_lead, bytes),
            Of(activity_, bytes),   Of(opportunity_, bytes), Of(opening_, bytes)};
  }

  // Four times kInFlight calls of a method, kInFlight at a time; returns how they ended.
  std::map<absl::StatusCode, size_t> Call(const Method& method) {
    std::map<absl::StatusCode, size_t> codes;
    for (size_t started = 0; started < 4 * kInFlight || calls_.open() > 0;) {
      for (; started < 4 * kInFlight && calls_.open() < kInFlight; ++started) {
        calls_.StartRaw(method.service, method.path, absl::Seconds(60), method.request,
                        [&codes](const absl::Status& status, const grpc::ByteBuffer&) {
                          ++codes[status.code()];
                        });
      }
      calls_.Poll(absl::Now() + absl::Milliseconds(100));
    }
    return codes;
  }

  // No service has ever needed more than `limit` MiB.
  void ExpectBelow(double limit, const char* load) {
    for (const Replica* const replica : fleet_.replicas()) {
      std::printf("%s: crm-%s needed %.0f MiB\n", load, replica->name().c_str(),
                  replica->PeakMib());
      EXPECT_GT(replica->PeakMib(), 0);
      EXPECT_LT(replica->PeakMib(), limit) << replica->name();
    }
  }

  Fleet fleet_;
  client::AsyncCalls calls_;
  contact::v1::CreateContactRequest contact_;
  lead::v1::CreateLeadRequest lead_;
  lead::v1::LogActivityRequest activity_;
  opportunity::v1::OpenOpportunityRequest opening_;
  opportunity::v1::GetOpportunityRequest opportunity_;
};

TEST_F(MemoryTest, TheServicesStayBelowTheirLimits) {
  ExpectBelow(kHalfMib, "at rest");
  for (const Method& method : Methods(4 << 10)) {
    EXPECT_EQ(Call(method)[absl::StatusCode::kOk], 4 * kInFlight) << method.path;
  }
  ExpectBelow(kHalfMib, "256 calls of 4 KiB");
  for (const Method& method : Methods(1 << 20)) {
    std::map<absl::StatusCode, size_t> codes = Call(method);
    EXPECT_GT(codes[absl::StatusCode::kOk], 0u) << method.path;
    // What would take too much memory is refused, by us or by gRPC, which also closes connections.
    for (const auto& [code, count] : codes) {
      EXPECT_TRUE(code == absl::StatusCode::kOk || code == absl::StatusCode::kResourceExhausted ||
                  code == absl::StatusCode::kUnavailable)
          << method.path << " " << code;
    }
  }
  ExpectBelow(kLimitMib, "256 calls of 1 MiB");
}

}  // namespace
}  // namespace crm::testing
