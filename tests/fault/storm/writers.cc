#include "tests/fault/storm/writers.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/steady_clock.h"
#include "common/error/error.h"
#include "tests/support/await.h"
#include "tests/support/server_folder.h"

namespace crm::testing {
namespace {

using opportunity::v1::GetOpportunityRequest;
using opportunity::v1::LoseOpportunityRequest;
using opportunity::v1::MoveOpportunityRequest;
using opportunity::v1::OpenOpportunityRequest;
using opportunity::v1::Opportunity;
using opportunity::v1::ReopenOpportunityRequest;

constexpr const char* kOpenStages[] = {"discovery", "needs_confirmed", "proposal", "payment_terms",
                                       "contract"};
constexpr char kLost[] = "lost";

constexpr absl::Duration kPatience = absl::Seconds(2);    // of one attempt
constexpr absl::Duration kInsistence = absl::Minutes(2);  // of a call

int64_t Now() { return base::SteadyNow().ToNanoseconds(); }

std::string IdOf(const std::string& name) { return name.substr(name.find('/') + 1); }

// After these nothing was done. Whatever else may have been done.
bool IsRefusal(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) || absl::IsInvalidArgument(status) ||
         error::ReasonOf(status) == error::kEtagMismatch;
}

void RecordTransitions(Recorder& recorder) {
  recorder.Allow("", kOpenStages[0]);
  for (const char* from : kOpenStages) {
    recorder.Allow(from, kLost);
    recorder.Allow(kLost, from);
    for (const char* to : kOpenStages) {
      if (from != to) recorder.Allow(from, to);
    }
  }
}

void SetStage(MoveOpportunityRequest& request, const std::string& stage) {
  request.set_stage(stage);
  request.set_override_reason("a storm");
}
void SetStage(ReopenOpportunityRequest& request, const std::string& stage) {
  request.set_stage(stage);
  request.set_reason("a storm");
}
void SetStage(LoseOpportunityRequest& request, const std::string&) {
  request.set_loss_reason(opportunity::v1::LOSS_REASON_OTHER);
  request.set_note("a storm");
}

}  // namespace

class Writers::Writer {
 public:
  Writer(const std::vector<std::string>& addresses, const WriterOptions& options, int number,
         Recorder& recorder)
      : number_(number),
        impatient_(options.impatient),
        random_(options.seed * 1000 + static_cast<uint64_t>(number)),
        recorder_(recorder) {
    for (const std::string& address : addresses) {
      auto channels = client::Channels::Make({"", "", address}, client::Channels::Retries::kNone);
      if (!channels.ok()) Abort(channels.status().ToString());
      replicas_.emplace_back(*std::move(channels), client::Caller());
    }
  }
  ~Writer() {
    if (thread_.joinable()) thread_.join();
  }

  void Start(const std::vector<std::string>& things, const std::atomic<bool>& stop) {
    thread_ = std::thread([this, &things, &stop] {
      while (!stop) {
        const std::string& thing = things[random_() % things.size()];
        if (random_() % 4 == 0) {
          Read(thing);
        } else {
          Change(thing);
        }
        absl::SleepFor(absl::Milliseconds(random_() % 12));
      }
    });
  }
  void Join() { thread_.join(); }
  bool started() const { return thread_.joinable(); }

  std::string Open() {
    OpenOpportunityRequest request;
    request.mutable_opportunity()->set_display_name("Forty presses");
    request.mutable_opportunity()->set_contact("contacts/" + client::NewRequestId());
    request.mutable_opportunity()->set_owner("agent-7");
    Insist(request, "", kOpenStages[0], {});
    return opened_;
  }

  int64_t acknowledged() const { return acknowledged_; }
  absl::Duration longest() const { return absl::Nanoseconds(longest_.load()); }

 private:
  struct Known {
    std::string stage;
    std::string etag;
    int64_t version = 0;
  };

  const client::Client& AnyReplica() { return replicas_[random_() % replicas_.size()]; }
  absl::Duration Patience() {
    const bool loses = static_cast<int>(random_() % 100) < impatient_;
    return loses ? absl::Milliseconds(2 + random_() % 8) : kPatience;
  }

  void Read(const std::string& thing) {
    GetOpportunityRequest request;
    request.set_name(thing);
    const int64_t begin = Now();
    const auto answer = AnyReplica().Call(request, Patience());
    if (!answer.ok()) return;
    Remember(answer->opportunity());
    recorder_.Write({IdOf(thing), number_, false, begin, Now(), "ok",
                     answer->opportunity().stage_version(), answer->opportunity().stage()});
  }

  void Change(const std::string& thing) {
    const Known& known = known_[thing];
    const std::string to = kOpenStages[random_() % std::size(kOpenStages)];
    if (known.stage == kLost) return Make<ReopenOpportunityRequest>(thing, to);
    if (random_() % 20 == 0) return Make<LoseOpportunityRequest>(thing, kLost);
    Make<MoveOpportunityRequest>(thing, to);
  }

  template <class Request>
  void Make(const std::string& thing, const std::string& stage) {
    Request request;
    request.set_name(thing);
    SetStage(request, stage);
    std::optional<int64_t> expected;
    if (const Known& known = known_[thing]; known.version > 0 && random_() % 3 == 0) {
      request.set_etag(known.etag);
      expected = known.version;
    }
    Insist(request, thing, stage, expected);
  }

  // Asks again, by the same request id, until the end is known.
  template <class Request>
  void Insist(Request request, const std::string& thing, const std::string& stage,
              std::optional<int64_t> expected) {
    request.set_request_id(client::NewRequestId());
    RecordedCall call{IdOf(thing),          number_, true, Now(), 0, "open", {}, stage,
                      request.request_id(), expected};
    bool perhaps_done = false;
    do {
      const auto answer = AnyReplica().Call(request, Patience());
      if (answer.ok()) {
        const Opportunity& it = answer->opportunity();
        opened_ = it.name();
        Remember(it);
        call.thing = IdOf(it.name());
        call.version = it.stage_version();
        call.stage = it.stage();
        call.outcome = "ok";
        ++acknowledged_;
        break;
      }
      if (IsRefusal(answer.status())) {
        if (!perhaps_done) call.outcome = "refused";
        known_[thing] = {};
        break;
      }
      perhaps_done = true;
      absl::SleepFor(absl::Milliseconds(10 + random_() % 90));
    } while (Now() < call.begin + absl::ToInt64Nanoseconds(kInsistence));
    call.end = Now();
    longest_ = std::max(longest_.load(), call.end - call.begin);
    recorder_.Write(call);
  }

  void Remember(const Opportunity& it) {
    known_[it.name()] = {it.stage(), it.etag(), it.stage_version()};
  }

  const int number_;
  const int impatient_;
  std::mt19937_64 random_;
  Recorder& recorder_;
  std::vector<client::Client> replicas_;
  std::map<std::string, Known> known_;
  std::string opened_;
  std::atomic<int64_t> acknowledged_{0}, longest_{0};
  std::thread thread_;
};

Writers::Writers(const std::vector<std::string>& addresses, const WriterOptions& options,
                 Recorder& recorder) {
  RecordTransitions(recorder);
  for (int i = 0; i < options.writers; ++i) {
    writers_.push_back(std::make_unique<Writer>(addresses, options, i, recorder));
  }
  for (int i = 0; i < options.things; ++i) {
    things_.push_back(writers_[static_cast<size_t>(i % options.writers)]->Open());
    if (things_.back().empty()) Abort("no opportunity can be opened");
  }
}

Writers::~Writers() { Stop(); }

void Writers::Start() {
  for (const auto& writer : writers_) writer->Start(things_, stop_);
}

void Writers::Stop() {
  stop_ = true;
  for (const auto& writer : writers_) {
    if (writer->started()) writer->Join();
  }
}

bool Writers::AwaitMore(int64_t moves, absl::Duration limit) const {
  std::vector<int64_t> goals;
  for (const auto& writer : writers_) goals.push_back(writer->acknowledged() + moves);
  return Await(limit, [&] {
    for (size_t i = 0; i < goals.size(); ++i) {
      if (writers_[i]->acknowledged() < goals[i]) return false;
    }
    return true;
  });
}

int64_t Writers::acknowledged() const {
  int64_t sum = 0;
  for (const auto& writer : writers_) sum += writer->acknowledged();
  return sum;
}

absl::Duration Writers::longest() const {
  absl::Duration longest;
  for (const auto& writer : writers_) longest = std::max(longest, writer->longest());
  return longest;
}

}  // namespace crm::testing
