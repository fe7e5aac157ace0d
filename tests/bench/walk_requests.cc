#include "tests/bench/walk_requests.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <atomic>

#include "common/base/uuid.h"

namespace crm::bench {

uint64_t FreshSeed() {
  static std::atomic<uint64_t> next{static_cast<uint64_t>(absl::ToUnixSeconds(absl::Now())) << 12 &
                                    0xffff'ffff};
  return next.fetch_add(1);
}

std::string IdOf(uint64_t seed, uint64_t n) {
  // As a version 7 id: rising with n, so that the primary key grows at its end.
  return base::Uuid((seed & 0xffff'ffff) << 32 | (n >> 12 & 0xffff) << 16 | 0x7000 | (n & 0xfff),
                    0x8000'0000'0000'0000u | n)
      .ToString();
}

std::string LeadName(uint64_t seed, uint64_t n) { return "leads/" + IdOf(seed, n); }
std::string ContactName(uint64_t seed, uint64_t n) { return "contacts/" + IdOf(seed, n); }
std::string RequestId(uint64_t seed, uint64_t n, int step) {
  return base::Uuid((seed & 0xffff'ffff) << 32 | 0x4000 | static_cast<uint64_t>(step),
                    0x8000'0000'0000'0000u | n)
      .ToString();
}

contact::v1::CreateContactRequest NewContact(uint64_t seed, uint64_t n) {
  contact::v1::CreateContactRequest request;
  request.set_contact_id(IdOf(seed, n));
  request.set_request_id(RequestId(seed, n, 1));
  contact::v1::Contact& it = *request.mutable_contact();
  it.mutable_person()->set_given_name("Ada");
  it.mutable_person()->set_family_name(absl::StrCat("Number ", n));
  contact::v1::EmailAddress& email = *it.add_emails();
  email.set_address(absl::StrCat("ada.", seed, ".", n, "@example.com"));
  email.set_primary(true);
  it.set_owner(absl::StrCat("agent-", n % 1000));
  return request;
}

lead::v1::CreateLeadRequest NewLead(uint64_t seed, uint64_t n, const std::string& contact_name) {
  lead::v1::CreateLeadRequest request;
  request.set_lead_id(IdOf(seed, n));
  request.set_request_id(RequestId(seed, n, 2));
  lead::v1::Lead& it = *request.mutable_lead();
  it.set_contact(contact_name);
  it.set_owner(absl::StrCat("agent-", n % 1000));
  it.set_source(type::v1::LEAD_SOURCE_WEB);
  it.add_interests("GTX Pro");
  lead::v1::Activity& activity = *request.mutable_first_activity();
  activity.set_type(lead::v1::ACTIVITY_TYPE_CALL);
  activity.set_direction(lead::v1::ACTIVITY_DIRECTION_INBOUND);
  activity.mutable_occur_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 1);
  activity.set_summary("asked for a quote");
  return request;
}

lead::v1::QualifyLeadRequest Qualify(uint64_t seed, uint64_t n) {
  lead::v1::QualifyLeadRequest request;
  request.set_name(LeadName(seed, n));
  request.set_request_id(RequestId(seed, n, 3));
  request.set_override_reason("known customer");
  return request;
}

lead::v1::ConvertLeadRequest ConvertRequest(uint64_t seed, uint64_t n) {
  lead::v1::ConvertLeadRequest request;
  request.set_name(LeadName(seed, n));
  request.set_request_id(RequestId(seed, n, 4));
  request.set_opportunity_display_name(absl::StrCat("Deal ", n));
  request.mutable_amount()->set_currency_code("USD");
  request.mutable_amount()->set_amount_minor(123'400);
  return request;
}

}  // namespace crm::bench
