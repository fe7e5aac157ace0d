#include "tests/bench/find_scenarios.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "common/base/unicode.h"
#include "crm/contact/v1/contact_service.pb.h"
#include "crm/contact/v1/search_service.pb.h"
#include "tests/bench/people.h"

namespace crm::bench {
namespace {

using contact::v1::Contact;

constexpr int kUpserts = 500;  // a call
constexpr int kEachKind = 250;
constexpr int kShown = 100;  // hits that somebody would look through

uint64_t NumberOf(const Field& field, uint64_t n) {
  return n * 7919 % static_cast<uint64_t>(field.settings().many_rows);
}

// All of them, in calls of many; the rate of contacts.
double MakePeople(Field& field) {
  const auto people = static_cast<uint64_t>(field.settings().many_rows);
  const Job job = [people](client::AsyncCalls& calls, uint64_t n, Done done) {
    contact::v1::UpsertContactsRequest request;
    for (uint64_t i = n * kUpserts; i < std::min((n + 1) * kUpserts, people); ++i) {
      *request.add_requests()->mutable_contact() = PersonOf(i);
    }
    calls.StartUnread(request, std::move(done));
  };
  const LoadResult load = ClosedLoop(*field.Client(), job, 4, absl::InfiniteDuration(),
                                     (people + kUpserts - 1) / kUpserts);
  field.Sql("ANALYZE crm_contact.contact");
  field.Sql("ANALYZE crm_contact.contact_term");
  return static_cast<double>(people) / load.seconds;
}

// What people type who look for a person: the kinds take turns.
std::string QueryFor(const Contact& person, uint64_t n) {
  const std::string& given = person.person().given_name();
  const std::string& family = person.person().family_name();
  switch (n % 5) {
    case 0:
      return absl::StrCat(given, " ", family);
    case 1:
      return absl::StrCat(base::CutAtCharacter(family, family.size() / 2), " ", given);
    case 2:
      return person.emails(0).address();
    case 3:
      return person.phones(0).number().substr(3);
    default:
      return CanHave(person, Blemish::kTypingError)
                 ? Blemished(person, Blemish::kTypingError, n).person().family_name()
                 : family;
  }
}

Job SearchJob(const Field& field) {
  return [&field](client::AsyncCalls& calls, uint64_t n, Done done) {
    contact::v1::SearchContactsRequest request;
    request.set_query(QueryFor(PersonOf(NumberOf(field, n)), n));
    calls.StartUnread(request, std::move(done));
  };
}

Job DuplicatesJob(const Field& field) {
  return [&field](client::AsyncCalls& calls, uint64_t n, Done done) {
    contact::v1::FindDuplicatesRequest request;
    *request.mutable_contact() = PersonOf(NumberOf(field, n));
    calls.StartUnread(request, std::move(done));
  };
}

// Its own rows: a latency is judged by the p99.
void AddLatency(Field& field, Report& report, const std::string& scenario, const Job& job,
                int in_flight, const char* target) {
  std::vector<double> p50, p99, rate;
  for (int i = 0; i < field.settings().rounds; ++i) {
    const LoadResult load =
        ClosedLoop(*field.Client(), job, in_flight, absl::Seconds(field.settings().seconds));
    p50.push_back(Quantile(load.millis, 0.5));
    p99.push_back(Quantile(load.millis, 0.99));
    rate.push_back(load.PerSecond());
  }
  report.Add({.scenario = absl::StrCat(scenario, ", ", in_flight, " in flight"),
              .unit = "ms p99",
              .value = Median(p99),
              .target = target,
              .p50 = Median(p50),
              .p99 = Median(p99),
              .remark = absl::StrCat(static_cast<int64_t>(Median(rate)), " a second")});
}

// The calls' own way to their answers, one after the other.
template <class Request, class Found>
int CountFound(Field& field, Blemish blemish, const std::function<Request(const Contact&)>& ask,
               const Found& found) {
  auto calls = field.Client();
  int count = 0;
  int open = 0;
  uint64_t n = 0;
  for (int made = 0; made < kEachKind || open > 0;) {
    while (made < kEachKind && open < 8) {
      const Contact person = PersonOf(NumberOf(field, ++n * 31 + static_cast<uint64_t>(blemish)));
      if (!CanHave(person, blemish)) continue;
      ++made;
      ++open;
      calls->Start(ask(Blemished(person, blemish, n)),
                   [&, person](absl::StatusOr<client::ResponseOf<Request>> response) {
                     --open;
                     if (!response.ok()) {
                       std::fprintf(stderr, "%s\n", response.status().ToString().c_str());
                       std::abort();
                     }
                     count += found(*response, person.external_id()) ? 1 : 0;
                   });
    }
    calls->Poll(absl::Now() + absl::Milliseconds(100));
  }
  return count;
}

contact::v1::FindDuplicatesRequest DuplicatesOf(const Contact& draft) {
  contact::v1::FindDuplicatesRequest request;
  *request.mutable_contact() = draft;
  request.set_page_size(1000);
  return request;
}

contact::v1::SearchContactsRequest SearchFor(const Contact& draft) {
  contact::v1::SearchContactsRequest request;
  request.set_query(draft.phones_size() > 0 ? draft.phones(0).number()
                                            : absl::StrCat(draft.person().given_name(), " ",
                                                           draft.person().family_name()));
  request.set_page_size(kShown);
  return request;
}

template <class Items>
bool Holds(const Items& items, const std::string& external_id) {
  return std::any_of(items.begin(), items.end(),
                     [&](const auto& item) { return item.contact().external_id() == external_id; });
}

void AddRecall(Field& field, Report& report, Blemish blemish) {
  const int likes = CountFound<contact::v1::FindDuplicatesRequest>(
      field, blemish, DuplicatesOf,
      [](const auto& answer, const std::string& id) { return Holds(answer.duplicates(), id); });
  const int hits = CountFound<contact::v1::SearchContactsRequest>(
      field, blemish, SearchFor,
      [](const auto& answer, const std::string& id) { return Holds(answer.hits(), id); });
  report.Add({.scenario = absl::StrCat("recall of FindDuplicates: ", NameOf(blemish)),
              .unit = "%",
              .value = 100.0 * likes / kEachKind,
              .remark = absl::StrCat("of ", kEachKind, "; among the first ", kShown,
                                     " hits of SearchContacts ", 100.0 * hits / kEachKind, " %")});
}

// All groups of duplicates, one page after the other.
void AddGroups(Field& field, Report& report) {
  auto calls = field.Client();
  contact::v1::ListDuplicateGroupsRequest request;
  request.set_page_size(1000);
  int64_t pages = 0;
  int64_t told = 0;
  double slowest = 0;
  const absl::Time start = absl::Now();
  do {
    const absl::Time sent = absl::Now();
    bool open = true;
    calls->Start(request, [&](absl::StatusOr<contact::v1::ListDuplicateGroupsResponse> response) {
      open = false;
      if (!response.ok()) {
        std::fprintf(stderr, "%s\n", response.status().ToString().c_str());
        std::abort();
      }
      told += response->contacts_size();
      request.set_page_token(response->next_page_token());
    });
    while (open) calls->Poll(absl::Now() + absl::Milliseconds(100));
    ++pages;
    slowest = std::max(slowest, absl::ToDoubleSeconds(absl::Now() - sent));
  } while (!request.page_token().empty());
  report.Add({.scenario = "ListDuplicateGroups, all of them",
              .unit = "s",
              .value = absl::ToDoubleSeconds(absl::Now() - start),
              .remark = absl::StrCat(told, " contacts in groups, ", pages, " pages, the slowest ",
                                     static_cast<int64_t>(slowest * 1000), " ms")});
}

}  // namespace

void Find(Field& others) {
  Field field(others.settings());
  Report& report = others.report();
  const double rate = MakePeople(field);
  report.Add({.scenario = absl::StrCat("UpsertContacts of ", kUpserts, ", all new"),
              .unit = "contacts/s",
              .value = rate,
              .remark = absl::StrCat(field.settings().many_rows, " contacts")});
  AddLatency(field, report, "SearchContacts", SearchJob(field), 1, "≤ 50");
  AddLatency(field, report, "SearchContacts", SearchJob(field), 4, "≤ 50");
  AddLatency(field, report, "FindDuplicates of a draft", DuplicatesJob(field), 1, "");
  for (const Blemish blemish : kBlemishes) AddRecall(field, report, blemish);
  AddGroups(field, report);
}

}  // namespace crm::bench
