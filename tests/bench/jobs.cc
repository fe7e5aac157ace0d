#include "tests/bench/jobs.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/clock.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "crm/contact/v1/contact_service.pb.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "crm/opportunity/v1/opportunity_service.pb.h"
#include "tests/bench/field.h"
#include "tests/bench/walk_requests.h"

namespace crm::bench {
namespace {

namespace contact = crm::contact::v1;
namespace lead = crm::lead::v1;
namespace opportunity = crm::opportunity::v1;

// Spreads neighbouring numbers over the rows, so that pages and batches are as mixed as in life.
uint64_t Scatter(uint64_t n, uint64_t rows) { return (n * 2'654'435'761u) % rows; }

// Starts the call of `request`; when it is answered well, `next` goes on, else the job is over.
template <class Request, class Next>
void Then(client::AsyncCalls& calls, const Request& request, Done done, Next next) {
  calls.Start(request, [done = std::move(done), next = std::move(next)](auto answer) mutable {
    if (!answer.ok()) return done(answer.status());
    next(*answer, std::move(done));
  });
}

void Close(client::AsyncCalls& calls, const std::string& name, bool won, uint64_t seed, uint64_t n,
           Done done) {
  if (won) {
    opportunity::WinOpportunityRequest request;
    request.set_name(name);
    request.set_request_id(RequestId(seed, n, 5));
    request.set_override_reason("signed on paper");
    calls.StartUnread(request, std::move(done));
    return;
  }
  opportunity::LoseOpportunityRequest request;
  request.set_name(name);
  request.set_request_id(RequestId(seed, n, 5));
  request.set_loss_reason(opportunity::LOSS_REASON_PRICE);
  calls.StartUnread(request, std::move(done));
}

}  // namespace

Job HealthCheck() {
  static const auto* const path = new std::string("/grpc.health.v1.Health/Check");
  return [](client::AsyncCalls& calls, uint64_t, Done done) {
    calls.StartRaw(client::Service::kOpportunity, *path, absl::Seconds(10),
                   grpc::ByteBuffer(nullptr, 0),
                   [done = std::move(done)](absl::Status status, const grpc::ByteBuffer&) mutable {
                     done(std::move(status));
                   });
  };
}

Job GetSeeded(int64_t rows) {
  return [rows](client::AsyncCalls& calls, uint64_t n, Done done) {
    opportunity::GetOpportunityRequest request;
    request.set_name(SeededName(static_cast<int64_t>(Scatter(n, rows))));
    calls.StartUnread(request, std::move(done));
  };
}

Job BatchGetSeeded(int64_t rows, int names) {
  return [rows, names](client::AsyncCalls& calls, uint64_t n, Done done) {
    opportunity::BatchGetOpportunitiesRequest request;
    for (int i = 0; i < names; ++i) {
      request.add_names(SeededName(static_cast<int64_t>(Scatter(n * names + i, rows))));
    }
    calls.StartUnread(request, std::move(done));
  };
}

Job ListByOwner() {
  return [](client::AsyncCalls& calls, uint64_t n, Done done) {
    opportunity::ListOpportunitiesRequest request;
    request.set_page_size(50);
    request.set_filter(absl::StrCat("owner = \"agent-", n % 1000, "\""));
    calls.StartUnread(request, std::move(done));
  };
}

Job MoveSeeded(int64_t first, int64_t count, int stack) {
  // Where each thing is, for all jobs of the run: only a move that was made moves it.
  struct Places {
    std::mutex mutex;
    std::unordered_map<int64_t, bool> moved;
    std::map<int64_t, uint64_t> visits;
    uint64_t sent = 0;
  };
  static auto* const all = new std::map<int, Places>();
  Places* const places = &(*all)[stack];
  static const uint64_t seed = FreshSeed();
  // Things that few share are taken to have moved at once, so that the next call moves them on.
  const bool hot = count < 1000;
  return [places, first, count, hot](client::AsyncCalls& calls, uint64_t, Done done) {
    std::unique_lock<std::mutex> lock(places->mutex);
    const int64_t row = first + static_cast<int64_t>(places->visits[first]++ % count);
    bool& moved = places->moved[row];
    const bool back = moved;
    if (hot) moved = !back;
    opportunity::MoveOpportunityRequest request;
    request.set_request_id(RequestId(seed, places->sent++, 7));
    lock.unlock();
    request.set_name(SeededName(row));
    request.set_stage(back ? "discovery" : "needs_confirmed");
    calls.StartUnread(
        request, [places, row, back, hot, done = std::move(done)](absl::Status status) mutable {
          if (status.ok() && !hot) {
            std::lock_guard<std::mutex> guard(places->mutex);
            places->moved[row] = !back;
          }
          done(std::move(status));
        });
  };
}

Job UpdateSeeded(int64_t rows) {
  return [rows, seed = FreshSeed()](client::AsyncCalls& calls, uint64_t n, Done done) {
    opportunity::UpdateOpportunityRequest request;
    request.mutable_opportunity()->set_name(SeededName(static_cast<int64_t>(Scatter(n, rows))));
    request.mutable_opportunity()->set_display_name(absl::StrCat("Deal ", seed, "/", n));
    request.mutable_update_mask()->add_paths("display_name");
    request.set_request_id(RequestId(seed, n, 7));
    calls.StartUnread(request, std::move(done));
  };
}

Job CreateContact() {
  return [visits = std::make_shared<uint64_t>(0), seed = FreshSeed()](client::AsyncCalls& calls,
                                                                      uint64_t, Done done) {
    calls.StartUnread(NewContact(seed, (*visits)++), std::move(done));
  };
}

Job CreateLead(const std::string& contact_name) {
  return [contact_name, visits = std::make_shared<uint64_t>(0), seed = FreshSeed()](
             client::AsyncCalls& calls, uint64_t, Done done) {
    calls.StartUnread(NewLead(seed, (*visits)++, contact_name), std::move(done));
  };
}

Job Assess(uint64_t seed, uint64_t leads) {
  return [seed, leads, visits = std::make_shared<uint64_t>(0)](client::AsyncCalls& calls, uint64_t,
                                                               Done done) {
    const uint64_t visit = (*visits)++;
    lead::AssessCriterionRequest request;
    request.set_name(LeadName(seed, visit % leads));
    request.set_request_id(RequestId(seed, visit, 6));
    lead::Assessment& it = *request.mutable_assessment();
    it.set_criterion(static_cast<lead::Criterion>(1 + visit % 5));
    it.set_finding(lead::FINDING_MET);
    it.set_source(lead::EVIDENCE_SOURCE_CALL);
    it.set_observation("said so on the phone");
    if (it.criterion() == lead::CRITERION_TIMEFRAME) {
      it.mutable_expected_purchase_date()->set_year(2027);
      it.mutable_expected_purchase_date()->set_month(2);
      it.mutable_expected_purchase_date()->set_day(1);
    }
    calls.StartUnread(request, std::move(done));
  };
}

Job Convert(uint64_t seed) {
  return [seed, visits = std::make_shared<uint64_t>(0)](client::AsyncCalls& calls, uint64_t,
                                                        Done done) {
    calls.StartUnread(ConvertRequest(seed, (*visits)++), std::move(done));
  };
}

Job Walk(bool won) {
  return [won, visits = std::make_shared<uint64_t>(0), seed = FreshSeed()](
             client::AsyncCalls& calls, uint64_t, Done done) {
    const uint64_t n = (*visits)++;
    client::AsyncCalls* const c = &calls;
    Then(calls, NewContact(seed, n), std::move(done), [=](const auto&, Done made) {
      Then(*c, NewLead(seed, n, ContactName(seed, n)), std::move(made), [=](const auto&, Done led) {
        Then(*c, Qualify(seed, n), std::move(led), [=](const auto&, Done qualified) {
          Then(*c, ConvertRequest(seed, n), std::move(qualified),
               [=](const lead::ConvertLeadResponse& answer, Done converted) {
                 Close(*c, answer.opportunity(), won, seed, n, std::move(converted));
               });
        });
      });
    });
  };
}

std::string MakeContact(client::AsyncCalls& calls) {
  const uint64_t seed = FreshSeed();
  const LoadResult made = ClosedLoop(
      calls,
      [&](client::AsyncCalls& c, uint64_t, Done done) {
        c.StartUnread(NewContact(seed, 0), std::move(done));
      },
      1, absl::Seconds(10), 1);
  if (made.ok != 1) std::fprintf(stderr, "a contact could not be made\n"), std::abort();
  return ContactName(seed, 0);
}

void QualifiedLeads(client::AsyncCalls& calls, uint64_t seed, uint64_t count,
                    const std::string& contact_name) {
  const LoadResult made = ClosedLoop(
      calls,
      [&](client::AsyncCalls& c, uint64_t n, Done done) {
        Then(c, NewLead(seed, n, contact_name), std::move(done),
             [&c, seed, n](const auto&, Done led) {
               c.StartUnread(Qualify(seed, n), std::move(led));
             });
      },
      128, absl::Seconds(120), count);
  if (made.ok != static_cast<int64_t>(count)) {
    std::fprintf(stderr, "%ld of %lu leads were made\n", made.ok, count);
    std::abort();
  }
}

}  // namespace crm::bench
