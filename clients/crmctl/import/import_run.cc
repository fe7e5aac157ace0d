#include "clients/crmctl/import/import_run.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "clients/cpp/error_text.h"
#include "clients/crmctl/import/deal_chain.h"
#include "common/base/status.h"

namespace crm::crmctl {

ImportRun::ImportRun(const Mapping& mapping, const ImportIds& ids,
                     const std::vector<LoadedFile>& files, client::AsyncCalls* calls,
                     Options options)
    : mapping_(mapping),
      ids_(ids),
      files_(files),
      calls_(*calls),
      options_(options),
      requests_(mapping_, ids_) {
  for (const LoadedFile& file : files_) {
    FileOutcome& outcome = outcomes_.emplace_back();
    outcome.label = file.mapping->label;
    outcome.read = file.Read();
    outcome.failed = static_cast<int64_t>(file.rejected.size());
    outcome.rejected = file.rejected;
    outcome.warnings = file.warnings;
  }
}

ImportRun::~ImportRun() = default;

absl::Status ImportRun::Run(const Pause& pause) {
  pause_ = &pause;
  absl::Status status;
  for (current_ = 0; current_ < files_.size(); ++current_) {
    const LoadedFile& file = files_[current_];
    status = IsContact(file.mapping->entity) ? RunContacts(file) : RunDeals(file);
    if (!status.ok() || stopped_) break;
  }
  current_ = std::min(current_, files_.size() - 1);
  const auto by_row = [](const Rejected& a, const Rejected& b) { return a.row < b.row; };
  for (FileOutcome& outcome : outcomes_) {
    std::sort(outcome.rejected.begin(), outcome.rejected.end(), by_row);
    std::sort(outcome.warnings.begin(), outcome.warnings.end(), by_row);
    // A row that failed is not warned of as well.
    std::erase_if(outcome.warnings, [&](const Rejected& each) {
      return std::binary_search(outcome.rejected.begin(), outcome.rejected.end(), each, by_row);
    });
  }
  return stopped_ ? absl::OkStatus() : status;
}

void ImportRun::Drive(std::vector<size_t> items, std::function<void(size_t)> start) {
  items_ = std::move(items);
  next_item_ = 0;
  start_ = std::move(start);
  // Also where the run was stopped while it was reading what is there.
  while (!stopped_ && active_ < options_.in_flight && next_item_ < items_.size()) StartNext();
  Wait([this] { return active_ == 0; });
}

void ImportRun::StartNext() {
  if (stopped_ || next_item_ >= items_.size()) return;
  ++active_;
  start_(items_[next_item_++]);
}

void ImportRun::Wait(const std::function<bool()>& done) {
  answered_ = base::SteadyNow();
  while (!done()) {
    calls_.Poll(base::Deadline::After(absl::Milliseconds(50)));
    if (!stopped_ && ((*pause_)(*this) || GivesUp())) {
      stopped_ = true;
      stop_limit_ = base::SteadyNow() + options_.stop_grace;
      calls_.StopRetrying();
    }
    if (stopped_ && base::SteadyNow() > stop_limit_) calls_.CancelAll();
  }
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

void ImportRun::Count(int64_t FileOutcome::*outcome) { ++(outcomes_[current_].*outcome); }

void ImportRun::FinishAs(int64_t FileOutcome::*outcome) {
  Count(outcome);
  Finish();
}

void ImportRun::FinishFailed(size_t row, const absl::Status& status, absl::string_view step) {
  Reject(row, step.empty() ? std::string(status.message())
                           : absl::StrCat(step, ": ", client::OneLine(status)));
  Finish();
}

void ImportRun::Reject(size_t row, std::string reason) {
  FileOutcome& outcome = outcomes_[current_];
  ++outcome.failed;
  outcome.rejected.push_back({row, std::move(reason), ""});
}

void ImportRun::Warn(size_t row, std::string text) {
  std::vector<Rejected>& warnings = outcomes_[current_].warnings;
  const auto known = std::find_if(warnings.begin(), warnings.end(),
                                  [&](const Rejected& each) { return each.row == row; });
  if (known == warnings.end()) {
    warnings.push_back({row, std::move(text), ""});
  } else {
    absl::StrAppend(&known->reason, "; ", text);
  }
}

void ImportRun::Finish() {
  --active_;
  StartNext();
}

}  // namespace crm::crmctl
