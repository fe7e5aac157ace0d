#include "clients/crmctl/import/import_run.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "clients/cpp/error_text.h"
#include "clients/crmctl/import/deal_chain.h"
#include "common/base/status.h"
#include "crm/opportunity/v1/pipeline_service.pb.h"

namespace crm::crmctl {
namespace {

constexpr size_t kWindowRows = 1000;  // as many as a batch of names may hold
constexpr size_t kWindowBytes = 1 << 20;
constexpr size_t kHeldBytes = 64 << 20;

bool NeedsPipeline(const FileMapping& file) {
  if (!IsSale(file.entity) || file.entity == Entity::kLead) return false;
  const auto named = [](const auto& each) { return !each.second.stage.empty(); };
  const auto& [values, patterns, rest] = file.stages;
  return !file.stage_dates.empty() || !file.history.file.empty() ||
         std::any_of(values.begin(), values.end(), named) ||
         std::any_of(patterns.begin(), patterns.end(), named) || (rest && !rest->stage.empty());
}

}  // namespace

ImportRun::ImportRun(const Mapping& mapping, const ImportIds& ids, ImportFiles* files,
                     client::AsyncCalls* calls, Options options)
    : mapping_(mapping),
      ids_(ids),
      files_(*files),
      calls_(*calls),
      options_(options),
      requests_(mapping_, ids_) {
  for (size_t i = 0; i < files_.size(); ++i) {
    FileOutcome& outcome = outcomes_.emplace_back();
    outcome.label = files_.feed(i).mapping().label;
    absl::StatusOr<std::unique_ptr<RowLog>> log = RowLog::Make();
    log.ok() ? void(outcome.log = *std::move(log)) : failure_.Update(log.status());
  }
}

ImportRun::~ImportRun() = default;

absl::Status ImportRun::Run(const Pause& pause) {
  pause_ = &pause;
  absl::Status status = failure_;
  for (current_ = 0; current_ < files_.size() && status.ok(); ++current_) {
    status = RunFile();
    if (!status.ok() || stopped_) break;
  }
  current_ = std::min(current_, files_.size() - 1);
  return stopped_ ? absl::OkStatus() : status;
}

absl::Status ImportRun::RunFile() {
  RecordFeed& feed = files_.feed(current_);
  level_ = 0;
  answered_ = base::SteadyNow();
  accounts_until_ = answered_ + options_.account_wait;
  plan_ = DealPlan({}, GoesBack());
  if (NeedsPipeline(feed.mapping()) || (GoesBack() && IsSale(entity()))) {
    CRM_RETURN_IF_ERROR(ReadStages());
  }
  while (true) {
    Fill();
    StartRows();
    DropWindows();
    const bool over = stopped_ || !failure_.ok();
    if (over ? calls_.open() == 0 : feed.complete() && windows_.empty() && !held_) break;
    Poll();
  }
  windows_.clear();
  held_.reset();
  outcomes_[current_].complete = feed.complete();
  CRM_RETURN_IF_ERROR(failure_);
  return outcomes_[current_].log->status();
}

size_t ImportRun::Waiting() const {
  size_t waiting = 0;
  for (const auto& window : windows_) waiting += window->rows.size() - window->next;
  return waiting;
}

// One window at a time, so that answers do not wait for long.
void ImportRun::Fill() {
  RecordFeed& feed = files_.feed(current_);
  size_t bytes = 0;
  for (const auto& window : windows_) bytes += window->bytes;
  const bool full =
      Waiting() >= static_cast<size_t>(options_.in_flight) + kWindowRows || bytes >= kHeldBytes;
  if (stopped_ || !failure_.ok() || full || (held_ && !windows_.empty())) return;
  auto window = std::make_unique<RowWindow>();
  window->rows.reserve(kWindowRows);
  if (held_) level_ = held_->level;
  while (window->rows.size() < kWindowRows && window->bytes < kWindowBytes &&
         TakeRow(window.get())) {
  }
  FileOutcome& outcome = outcomes_[current_];
  outcome.read = feed.read();
  outcome.share = feed.share();
  if (absl::IsCancelled(feed.status())) return;  // as `pause` will say
  failure_.Update(feed.status());
  if (window->rows.empty()) return;
  ReadWindow(window.get());
  windows_.push_back(std::move(window));
}

// Puts the next row into the window; false when there is none, or its parents are not done.
bool ImportRun::TakeRow(RowWindow* window) {
  ImportRecord record;
  if (held_) {
    record = std::move(*held_);
    held_.reset();
  } else if (!files_.feed(current_).Next(&record)) {
    return false;
  }
  if (!record.problem.empty()) {
    Reject(record, record.problem);
    window->bytes += record.raw.size();
    return true;
  }
  if (record.level > level_) {
    held_ = std::make_unique<ImportRecord>(std::move(record));
    return false;
  }
  ImportRow& row = window->rows.emplace_back();
  row.record = std::move(record);
  row.window = window;
  window->bytes += 2 * row.record.raw.size();
  row.told = row.record.warning;
  return true;
}

void ImportRun::ReadWindow(RowWindow* window) {
  if (IsContact(entity())) return ReadContacts(window);
  if (IsEvidence(entity())) return ReadLeadsOf(window);
  if (entity() == Entity::kAccount) return ReadAccounts(window);
  entity() == Entity::kOpportunity ? ReadOpportunities(window) : ReadLeads(window);
}

// Some at a time, so that their steps come to the services together, which take what waits of a
// method as one batch.
void ImportRun::StartRows() {
  const int group = options_.in_flight / 4;
  if (active_ > 0 && active_ > options_.in_flight - group) return;
  for (const auto& window : windows_) {
    if (window->reads > 0) continue;
    while (window->next < window->rows.size()) {
      if (stopped_ || !failure_.ok() || active_ >= options_.in_flight) return;
      ImportRow& row = window->rows[window->next++];
      ++active_;
      ++window->open;
      StartRow(&row);
    }
  }
}

void ImportRun::StartRow(ImportRow* row) {
  if (IsContact(entity())) return StartContact(row);
  if (IsEvidence(entity())) return StartEvidence(row);
  entity() == Entity::kAccount ? StartAccount(row) : StartDeal(row);
}

// Not while a chain is at work: it is part of one.
void ImportRun::DropWindows() {
  std::erase_if(windows_, [](const std::unique_ptr<RowWindow>& window) {
    return window->reads == 0 && window->open == 0 && window->next == window->rows.size();
  });
}

absl::Status ImportRun::ReadStages() {
  opportunity::v1::GetPipelineRequest request;
  request.set_name(mapping_.pipeline.empty() ? "pipelines/default" : mapping_.pipeline);
  absl::Status status;
  bool done = false;
  calls_.Start(request, [&](absl::StatusOr<opportunity::v1::GetPipelineResponse> answer) {
    done = true;
    status = answer.status();
    if (!answer.ok()) return;
    std::vector<std::string> stages;
    for (const opportunity::v1::Stage& stage : answer->pipeline().stages()) {
      if (stage.type() == opportunity::v1::STAGE_TYPE_OPEN) stages.push_back(stage.key());
    }
    plan_ = DealPlan(std::move(stages), GoesBack());
  });
  while (!done) Poll();
  return status;
}

void ImportRun::Poll() {
  calls_.Poll(base::Deadline::After(absl::Milliseconds(50)));
  if (!stopped_ && ((*pause_)(*this) || GivesUp())) {
    stopped_ = true;
    stop_limit_ = base::SteadyNow() + options_.stop_grace;
    calls_.StopRetrying();
  }
  if (stopped_ && base::SteadyNow() > stop_limit_) calls_.CancelAll();
}

bool ImportRun::GivesUp() {
  const base::SteadyTime now = base::SteadyNow();
  if (calls_.counters().answers != answers_) {
    answers_ = calls_.counters().answers;
    answered_ = now;
  }
  if (options_.give_up == absl::ZeroDuration() || now - answered_ < options_.give_up) return false;
  std::string silent;
  for (int i = 0; i < client::kServiceCount; ++i) {
    const auto service = static_cast<client::Service>(i);
    const absl::Status& trouble = calls_.trouble(service);
    if (trouble.ok() && !calls_.Awaits(service)) continue;
    absl::StrAppend(&silent, silent.empty() ? "" : "; ", "the ", client::NameOf(service),
                    " service does not answer");
    if (!trouble.ok()) absl::StrAppend(&silent, " (", client::OneLine(trouble), ")");
  }
  outage_ = absl::UnavailableError(absl::StrCat("no call was answered for ",
                                                absl::FormatDuration(options_.give_up),
                                                silent.empty() ? "" : ": ", silent));
  return true;
}

void ImportRun::FinishAs(ImportRow* row, int64_t FileOutcome::*outcome) {
  FileOutcome& file = outcomes_[current_];
  ++(file.*outcome);
  if (!row->told.empty()) {
    const ImportRecord& record = row->record;
    file.log->Warn(record.line, row->told);
    if (options_.rejects != nullptr) {
      options_.rejects->Warn(files_.feed(current_), record.line, row->told, record.raw);
    }
  }
  Finish(row);
}

void ImportRun::FinishOlder(ImportRow* row) {
  ++outcomes_[current_].older;
  FinishAs(row, &FileOutcome::unchanged);
}

void ImportRun::FinishFailed(ImportRow* row, const absl::Status& status, absl::string_view step) {
  Reject(row->record, step.empty() ? std::string(status.message())
                                   : absl::StrCat(step, ": ", client::OneLine(status)));
  Finish(row);
}

void ImportRun::Reject(const ImportRecord& record, absl::string_view reason) {
  FileOutcome& outcome = outcomes_[current_];
  ++outcome.failed;
  outcome.log->Fail(record.line, reason);
  if (options_.rejects != nullptr) {
    options_.rejects->Fail(files_.feed(current_), record.line, reason, record.raw);
  }
}

void ImportRun::Warn(ImportRow* row, absl::string_view text) {
  if (absl::StrContains(row->told, text)) return;  // by a step that is made again
  absl::StrAppend(&row->told, row->told.empty() ? "" : "; ", text);
}

void ImportRun::Finish(ImportRow* row) {
  --active_;
  --row->window->open;
}

}  // namespace crm::crmctl
