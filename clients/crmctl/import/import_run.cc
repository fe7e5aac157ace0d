#include "clients/crmctl/import/import_run.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "clients/cpp/error_text.h"
#include "clients/crmctl/import/deal_chain.h"
#include "common/base/status.h"
#include "common/rpc/resource_name.h"

namespace crm::crmctl {
namespace {

using rpc::FormatName;

constexpr size_t kBatch = 1000;

}  // namespace

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
    outcome.read = static_cast<int64_t>(file.table.rows().size());
    outcome.failed = static_cast<int64_t>(file.rejected.size());
    outcome.rejected = file.rejected;
  }
}

ImportRun::~ImportRun() = default;

absl::Status ImportRun::Run(const Pause& pause) {
  pause_ = &pause;
  absl::Status status;
  for (current_ = 0; current_ < files_.size(); ++current_) {
    const LoadedFile& file = files_[current_];
    const bool deals = file.mapping->entity == Entity::kDeal;
    status = deals ? RunDeals(file) : RunContacts(file);
    if (!status.ok() || stopped_) break;
  }
  current_ = std::min(current_, files_.size() - 1);
  for (FileOutcome& outcome : outcomes_) {
    std::sort(outcome.rejected.begin(), outcome.rejected.end(),
              [](const Rejected& a, const Rejected& b) { return a.row < b.row; });
  }
  return stopped_ ? absl::OkStatus() : status;
}

template <class Request, class Take>
absl::Status ImportRun::ReadAll(const std::vector<std::string>& names, Take take) {
  absl::Status failure;
  int open = 0;
  for (size_t first = 0; first < names.size(); first += kBatch) {
    Request request;
    const size_t last = std::min(names.size(), first + kBatch);
    for (size_t i = first; i < last; ++i) request.add_names(names[i]);
    ++open;
    calls_.Start(request, [&](absl::StatusOr<client::ResponseOf<Request>> answer) {
      --open;
      answer.ok() ? take(*answer) : failure.Update(answer.status());
    });
  }
  Wait([&] { return open == 0; });
  return failure;
}

absl::StatusOr<absl::flat_hash_set<std::string>> ImportRun::ReadContacts(const LoadedFile& file) {
  std::vector<std::string> names;
  for (const ContactRecord& record : file.contacts) {
    names.push_back(FormatName("contacts", record.id));
  }
  absl::flat_hash_set<std::string> present;
  CRM_RETURN_IF_ERROR(ReadAll<contact::v1::BatchGetContactsRequest>(names, [&](const auto& page) {
    for (const contact::v1::Contact& contact : page.contacts()) {
      if (!contact.has_delete_time()) present.insert(contact.name());
    }
  }));
  return present;
}

absl::Status ImportRun::RunContacts(const LoadedFile& file) {
  for (const Rejected& each : file.rejected) {
    const auto key = file.table.Column(file.mapping->key);
    const CsvRow& row = file.table.rows()[each.row];
    if (row.problem.empty()) missing_contacts_.insert(ids_.Contact(row.fields[*key]));
  }
  for (const ContactRecord& record : file.contacts) missing_contacts_.erase(record.id);
  CRM_ASSIGN_OR_RETURN(const auto present, ReadContacts(file));
  const int levels = file.contacts.empty() ? 0 : file.contacts.back().level + 1;
  for (int level = 0; level < levels && !stopped_; ++level) {
    std::vector<size_t> items;
    for (size_t i = 0; i < file.contacts.size(); ++i) {
      const ContactRecord& record = file.contacts[i];
      if (record.level != level) continue;
      if (present.contains(FormatName("contacts", record.id))) {
        ++outcomes_[current_].unchanged;
      } else if (!record.reference.empty() &&
                 missing_contacts_.contains(ids_.Contact(record.reference))) {
        missing_contacts_.insert(record.id);
        Reject(record.row, absl::StrCat("\"", record.reference, "\" could not be imported"));
      } else {
        items.push_back(i);
      }
    }
    Drive(std::move(items), [this, &file](size_t i) { StartContact(file, file.contacts[i]); });
  }
  return absl::OkStatus();
}

void ImportRun::StartContact(const LoadedFile& file, const ContactRecord& record) {
  calls_.StartUnread(requests_.Contact(record, file.mapping->entity),
                     [this, &record](absl::Status status) {
                       if (status.ok()) return FinishCreated();
                       if (stopped_) return Finish();
                       CheckContact(record, std::move(status));
                     });
}

void ImportRun::CheckContact(const ContactRecord& record, absl::Status refusal) {
  const auto fail = [this, &record](const absl::Status& status) {
    missing_contacts_.insert(record.id);
    FinishFailed(record.row, status, "contact");
  };
  if (!absl::IsAlreadyExists(refusal)) return fail(refusal);
  contact::v1::GetContactRequest request;
  request.set_name(FormatName("contacts", record.id));
  calls_.Start(request, [this, fail, refusal = std::move(refusal)](auto answer) {
    if (stopped_) return Finish();
    const bool there = answer.ok() && !answer->contact().has_delete_time();
    there ? FinishUnchanged() : fail(refusal);
  });
}

absl::Status ImportRun::ReadDealStates(const LoadedFile& file) {
  states_.assign(file.deals.size(), DealState());
  absl::flat_hash_map<std::string, size_t> leads;
  std::vector<std::string> names;
  for (size_t i = 0; i < file.deals.size(); ++i) {
    names.push_back(FormatName("leads", file.deals[i].lead_id));
    leads.emplace(names.back(), i);
  }
  absl::flat_hash_map<std::string, size_t> opportunities;
  std::vector<std::string> converted;
  CRM_RETURN_IF_ERROR(ReadAll<lead::v1::BatchGetLeadsRequest>(names, [&](const auto& page) {
    for (const lead::v1::Lead& lead : page.leads()) {
      const size_t i = leads.at(lead.name());
      states_[i].lead = lead.state();
      states_[i].opportunity = lead.opportunity();
      const Target target = file.deals[i].target;
      const bool closes = target == Target::kWon || target == Target::kLost;
      if (lead.state() != lead::v1::LEAD_STATE_CONVERTED || !closes) continue;
      converted.push_back(lead.opportunity());
      opportunities.emplace(lead.opportunity(), i);
    }
  }));
  return ReadAll<opportunity::v1::BatchGetOpportunitiesRequest>(converted, [&](const auto& page) {
    for (const opportunity::v1::Opportunity& each : page.opportunities()) {
      states_[opportunities.at(each.name())].stage_type = each.stage_type();
    }
  });
}

absl::Status ImportRun::RunDeals(const LoadedFile& file) {
  CRM_RETURN_IF_ERROR(ReadDealStates(file));
  std::vector<size_t> items;
  for (size_t i = 0; i < file.deals.size(); ++i) {
    const DealRecord& deal = file.deals[i];
    const absl::StatusOr<Step> step = NextStep(deal, states_[i]);
    if (step.ok() && *step == Step::kDone) {
      ++outcomes_[current_].unchanged;
    } else if (!step.ok()) {
      Reject(deal.row, std::string(step.status().message()));
    } else if (missing_contacts_.contains(deal.contact_id)) {
      Reject(deal.row, absl::StrCat("\"", deal.reference, "\" could not be imported"));
    } else {
      items.push_back(i);
    }
  }
  Drive(std::move(items), [this, &file](size_t i) {
    auto chain = std::make_unique<DealChain>(this, &file.deals[i], &states_[i]);
    DealChain* const started = chain.get();
    chains_[file.deals[i].row] = std::move(chain);
    started->Next();
  });
  chains_.clear();
  return absl::OkStatus();
}

void ImportRun::Drive(std::vector<size_t> items, std::function<void(size_t)> start) {
  items_ = std::move(items);
  next_item_ = 0;
  start_ = std::move(start);
  while (active_ < options_.in_flight && next_item_ < items_.size()) StartNext();
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

void ImportRun::FinishCreated() {
  ++outcomes_[current_].created;
  Finish();
}

void ImportRun::FinishUnchanged() {
  ++outcomes_[current_].unchanged;
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
  outcome.rejected.push_back({row, std::move(reason)});
}

void ImportRun::Finish() {
  --active_;
  StartNext();
}

}  // namespace crm::crmctl
