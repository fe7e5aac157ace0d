#include "tests/fault/callers.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "clients/cpp/request_id.h"
#include "common/error/error.h"
#include "tests/support/server_folder.h"

namespace crm::testing {
namespace {

constexpr size_t kContacts = 50;
constexpr size_t kLeads = 200;
constexpr size_t kDeals = 300;
constexpr size_t kMostOpen = 256;
constexpr absl::Duration kMostBehind = absl::Seconds(1);
constexpr absl::Duration kPatience = absl::Seconds(30);  // with an overloaded server

client::Channels ShippedChannels(const client::Addresses& addresses) {
  auto channels = client::Channels::Make(addresses, client::Channels::Retries::kByChannel);
  if (!channels.ok()) Abort(channels.status().ToString());
  return *std::move(channels);
}

// The channels try again; beyond that nobody does.
client::RetryPolicy NoRetries() {
  client::RetryPolicy policy;
  policy.total = absl::ZeroDuration();
  return policy;
}

// When a refused call may be sent again.
absl::Duration AdviceOf(const absl::Status& status) {
  const std::optional<error::Details> details = error::DetailsOf(status);
  return details && details->retry_after ? *details->retry_after : absl::Milliseconds(100);
}

void FillActivity(lead::v1::Activity* activity) {
  activity->set_type(lead::v1::ACTIVITY_TYPE_CALL);
  activity->set_direction(lead::v1::ACTIVITY_DIRECTION_INBOUND);
  activity->mutable_occur_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 1);
}

lead::v1::CreateLeadRequest NewLead(const std::string& contact) {
  lead::v1::CreateLeadRequest request;
  request.mutable_lead()->set_contact(contact);
  request.mutable_lead()->set_owner("agent-7");
  FillActivity(request.mutable_first_activity());
  return request;
}

}  // namespace

Callers::Callers(const client::Addresses& addresses)
    : calls_(ShippedChannels(addresses), {}, NoRetries()) {
  Prepare();
  const char* const given = std::getenv("CRM_TEST_CALLS_PER_SECOND");
  rate_ = given != nullptr ? std::atof(given) : std::min(kRate, MeasureRate() / 3);
}

Callers::~Callers() {
  if (thread_.joinable()) Stop();
}

void Callers::Start() {
  report_ = {};
  stop_ = false;
  thread_ = std::thread([this] { Run(); });
}

CallReport Callers::Stop() {
  stop_ = true;
  thread_.join();
  std::sort(report_.millis.begin(), report_.millis.end());
  return std::move(report_);
}

void Callers::Prepare() {
  const absl::Time now = absl::Now();
  for (size_t i = 0; i < kContacts; ++i) CreateContact(now);
  AwaitAnswers();
  contacts_.assign(deeds_.contacts.begin(), deeds_.contacts.end());
  if (contacts_.size() < kContacts) Abort("no contacts: " + report_.Text());
  for (size_t i = 0; i < kLeads; ++i) CreateLead(now);
  for (size_t i = 0; i < kDeals; ++i) OpenOpportunity(now);
  AwaitAnswers();
  leads_.assign(deeds_.leads.begin(), deeds_.leads.end());
  if (leads_.size() < kLeads || opportunities_.size() < kDeals) {
    Abort("no leads or opportunities: " + report_.Text());
  }
  for (const std::string& lead : leads_) deeds_.activities[lead].sure = 1;
}

double Callers::MeasureRate() {
  const absl::Time start = absl::Now();
  const uint64_t first = next_;
  while (absl::Now() < start + absl::Seconds(1)) {
    while (calls_.open() < 64) RunNext(absl::Now());
    calls_.Poll(absl::Now() + absl::Milliseconds(10));
  }
  AwaitAnswers();
  return static_cast<double>(next_ - first) / absl::ToDoubleSeconds(absl::Now() - start);
}

void Callers::Run() {
  const absl::Time start = absl::Now();
  const absl::Duration gap = absl::Seconds(1) / rate_;
  absl::Time next = start;
  while (!stop_) {
    const absl::Time now = absl::Now();
    for (; next < now - kMostBehind; next += gap) ++report_.unsent;
    for (; next <= now && calls_.open() < kMostOpen; next += gap) RunNext(next);
    calls_.Poll(std::max(next, now + absl::Microseconds(100)));
  }
  AwaitAnswers();
  report_.seconds = absl::ToDoubleSeconds(absl::Now() - start);
}

void Callers::AwaitAnswers() {
  while (calls_.open() > 0) calls_.Poll(absl::Now() + absl::Milliseconds(100));
}

void Callers::RunNext(absl::Time intended) {
  static constexpr Job kMix[] = {&Callers::ReadOpportunity,
                                 &Callers::LogActivity,
                                 &Callers::ReadLead,
                                 &Callers::CreateContact,
                                 &Callers::Move,
                                 &Callers::ReadContact,
                                 &Callers::LogActivity,
                                 &Callers::CreateLead,
                                 &Callers::ReadOpportunity,
                                 &Callers::Move,
                                 &Callers::ReadLead,
                                 &Callers::ReadContact,
                                 &Callers::Move,
                                 &Callers::Sell,
                                 &Callers::ReadOpportunity};
  (this->*kMix[next_++ % std::size(kMix)])(intended);
}

template <class Request, class Then>
void Callers::Send(const Request& request, absl::Time intended, Then then, absl::Duration delay) {
  calls_.Start(
      request,
      [this, request, intended, then, sent = absl::Now()](auto answer) {
        if (absl::IsResourceExhausted(answer.status()) && absl::Now() < intended + kPatience) {
          ++report_.put_off;
          return Send(request, intended, then, AdviceOf(answer.status()));
        }
        Note(request.GetTypeName(), intended, sent, answer.status());
        then(answer);
      },
      delay);
}

template <class Request, class Then>
void Callers::SendWrite(Request request, absl::Time intended, Then then) {
  request.set_request_id(client::NewRequestId());
  Send(request, intended, std::move(then));
}

void Callers::Note(const std::string& request, absl::Time intended, absl::Time sent,
                   const absl::Status& status) {
  if (!status.ok()) {
    report_.failed.push_back({request, status, sent});
    return;
  }
  ++report_.answered;
  ++answered_;
  report_.millis.push_back(static_cast<float>(absl::ToDoubleMilliseconds(absl::Now() - intended)));
}

void Callers::ReadContact(absl::Time intended) {
  contact::v1::GetContactRequest request;
  request.set_name(contacts_[next_ % contacts_.size()]);
  Send(request, intended, [](const auto&) {});
}

void Callers::ReadLead(absl::Time intended) {
  lead::v1::GetLeadRequest request;
  request.set_name(leads_[next_ % leads_.size()]);
  Send(request, intended, [](const auto&) {});
}

void Callers::ReadOpportunity(absl::Time intended) {
  opportunity::v1::GetOpportunityRequest request;
  request.set_name(opportunities_[next_ % opportunities_.size()]);
  Send(request, intended, [](const auto&) {});
}

void Callers::CreateContact(absl::Time intended) {
  contact::v1::CreateContactRequest request;
  request.mutable_contact()->mutable_person()->set_given_name("Ada");
  request.mutable_contact()->mutable_person()->set_family_name("Number " + absl::StrCat(next_));
  SendWrite(std::move(request), intended, [this](const auto& answer) {
    if (answer.ok()) deeds_.contacts.insert(answer->contact().name());
  });
}

void Callers::CreateLead(absl::Time intended) {
  SendWrite(NewLead(contacts_[next_ % contacts_.size()]), intended, [this](const auto& answer) {
    if (answer.ok()) deeds_.leads.insert(answer->lead().name());
  });
}

void Callers::OpenOpportunity(absl::Time intended) {
  opportunity::v1::OpenOpportunityRequest request;
  opportunity::v1::Opportunity& opportunity = *request.mutable_opportunity();
  opportunity.set_display_name("Forty looms");
  opportunity.set_contact(contacts_[0]);
  opportunity::v1::Need& need = *opportunity.add_needs();
  need.set_text("More looms");
  need.set_strength(opportunity::v1::NEED_STRENGTH_STRONG);
  need.mutable_confirm_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 1);
  SendWrite(std::move(request), intended, [this](const auto& answer) {
    if (!answer.ok()) return;
    const std::string& name = answer->opportunity().name();
    opportunities_.push_back(name);
    idle_deals_.push_back({name});
    deeds_.moves[name].sure = 1;
  });
}

void Callers::LogActivity(absl::Time intended) {
  lead::v1::LogActivityRequest request;
  request.set_name(leads_[next_ % leads_.size()]);
  FillActivity(request.mutable_activity());
  SendWrite(request, intended, [this, lead = request.name()](const auto& answer) {
    Count& count = deeds_.activities[lead];
    ++(answer.ok() ? count.sure : count.doubtful);
  });
}

void Callers::Move(absl::Time intended) {
  if (idle_deals_.empty()) return ReadOpportunity(intended);
  Deal deal = std::move(idle_deals_.front());
  idle_deals_.pop_front();
  opportunity::v1::MoveOpportunityRequest request;
  request.set_name(deal.name);
  request.set_stage(deal.version % 2 == 1 ? "needs_confirmed" : "discovery");
  const bool again = !deal.open_request.empty();
  if (!again) deal.open_request = client::NewRequestId();
  request.set_request_id(deal.open_request);
  Send(request, intended, [this, deal, again](const auto& answer) {
    Count& count = deeds_.moves[deal.name];
    if (!answer.ok()) {
      count.doubtful = 1;
      idle_deals_.push_back(deal);
      return;
    }
    EXPECT_EQ(answer->opportunity().stage_version(), deal.version + 1) << deal.name << again;
    ++count.sure;
    count.doubtful = 0;
    idle_deals_.push_back({deal.name, deal.version + 1});
  });
}

void Callers::Sell(absl::Time intended) {
  SendWrite(NewLead(contacts_[next_ % contacts_.size()]), intended, [this](const auto& answer) {
    if (!answer.ok()) return;
    deeds_.leads.insert(answer->lead().name());
    Qualify(answer->lead().name());
  });
}

void Callers::Qualify(const std::string& lead) {
  lead::v1::QualifyLeadRequest request;
  request.set_name(lead);
  request.set_override_reason("known customer");
  SendWrite(std::move(request), absl::Now(), [this](const auto& answer) {
    if (answer.ok()) Convert(answer->lead().name());
  });
}

void Callers::Convert(const std::string& lead) {
  lead::v1::ConvertLeadRequest request;
  request.set_name(lead);
  request.set_opportunity_display_name("Forty looms");
  SendWrite(std::move(request), absl::Now(), [this, lead](const auto& answer) {
    if (answer.ok()) deeds_.conversions[lead] = answer->opportunity();
  });
}

}  // namespace crm::testing
