#include "clients/crmctl/import/record_feed.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <utility>

namespace crm::crmctl {
namespace {

// By what name people know it: the server's rule, so that deals are named alike.
std::string DisplayName(const contact::v1::Contact& contact) {
  if (!contact.display_name().empty() || !contact.has_person()) return contact.display_name();
  const contact::v1::Person& person = contact.person();
  const bool both = !person.given_name().empty() && !person.family_name().empty();
  return absl::StrCat(person.given_name(), both ? " " : "", person.family_name());
}

}  // namespace

bool RecordFeed::Stopped() {
  if (stop_ && stop_()) status_ = absl::CancelledError("stopped while reading");
  return !status_.ok();
}

double RecordFeed::share() const {
  if (complete_ || rows_->size() == 0) return 1;
  if (next_later_ > 0) {
    const auto left = static_cast<double>(later_.size() - next_later_);
    return static_cast<double>(read_) / (static_cast<double>(read_) + left);
  }
  return static_cast<double>(row_.place) / static_cast<double>(rows_->size());
}

base::Uuid RecordFeed::Read(RowValues* values, ImportRecord* record) {
  if (IsContact(mapping_.entity)) {
    ContactRecord& contact =
        record->thing.emplace<ContactRecord>(ReadContact(ids_, all_, known_, values));
    return contact.key.empty() ? base::Uuid() : contact.id;
  }
  if (IsEvidence(mapping_.entity)) {
    EvidenceRecord& evidence =
        record->thing.emplace<EvidenceRecord>(ReadEvidence(ids_, all_, known_, values));
    return evidence.key.empty() ? base::Uuid() : KeyIndex::Hashed(evidence.key);
  }
  if (mapping_.entity == Entity::kAccount) {
    AccountRecord& account =
        record->thing.emplace<AccountRecord>(ReadAccount(ids_, all_, known_, values));
    return account.key.empty() ? base::Uuid() : KeyIndex::Hashed(account.key);
  }
  DealRecord& deal = record->thing.emplace<DealRecord>(ReadDeal(ids_, all_, known_, values));
  if (deal.key.empty()) return base::Uuid();
  return deal.entity == Entity::kOpportunity ? deal.opportunity_id : deal.lead_id;
}

std::optional<int64_t> RecordFeed::LineBefore(const base::Uuid& id) const {
  if (id.IsNil()) return std::nullopt;
  const std::optional<int64_t> line = keys_.Find(id);
  return line && *line != row_.line ? line : std::nullopt;
}

void RecordFeed::Keep(const base::Uuid& id, const ImportRecord& record) {
  keys_.Add(id, row_.line);
  if (before_keys_.Contains(id)) return;
  if (const auto* contact = std::get_if<ContactRecord>(&record.thing)) KeepContact(id, *contact);
  if (const auto* deal = std::get_if<DealRecord>(&record.thing)) KeepSale(*deal);
}

void RecordFeed::KeepContact(const base::Uuid& id, const ContactRecord& contact) {
  const bool person = mapping_.entity == Entity::kPerson;
  KnownRows& rows = person ? *known_.persons : *known_.organizations;
  rows.Add(id, DisplayName(contact.contact));
  status_.Update(rows.status());
  if (!person || !known_.employers || contact.reference.empty()) return;
  known_.employers->Add(id, contact.reference_id.ToString());
  status_.Update(known_.employers->status());
}

void RecordFeed::KeepSale(const DealRecord& deal) {
  if (known_.leads && deal.entity != Entity::kOpportunity) {
    known_.leads->Remove(deal.lead_id);
    known_.leads->Add(deal.lead_id, static_cast<int64_t>(deal.target));
  }
  if (!known_.customers || deal.target != Target::kWon) return;
  // As the service has it: the sale to somebody is one to who employs them.
  const std::optional<std::string> employer = known_.employers->Find(deal.contact_id);
  const auto organization = employer ? base::Uuid::Parse(*employer) : std::nullopt;
  const base::Uuid customer = organization.value_or(deal.contact_id);
  const int64_t before = known_.customers->Find(customer).value_or(0);
  known_.customers->Remove(customer);
  known_.customers->Add(customer, before + 1);
}

bool RecordFeed::ReadKnown(FileRows* rows) {
  ImportRecord record;
  while (rows->Next(&row_)) {
    if (Stopped()) return false;
    Take(&record);
  }
  passed_over_ = 0;
  status_.Update(rows->status());
  return status_.ok();
}

// Reads the whole file once for who is whose parent.
bool RecordFeed::FindOrder() {
  order_ = std::make_unique<ParentOrder>();
  while (rows_->Next(&row_)) {
    if (Stopped()) return false;
    if (!row_.problem.empty()) continue;
    RowValues values = reader_->Row(row_);
    ContactRecord contact = ReadContact(ids_, all_, known_, &values);
    const bool mended = before_keys_.Contains(contact.id);
    if (values.problems().empty() && !mended) known_.addresses->Take(&values, &contact);
    if (values.problems().empty()) order_->Add(contact.id, contact.reference_id, row_);
  }
  status_.Update(rows_->status());
  if (!status_.ok()) return false;
  if (!order_->Solve(*known_.organizations, stop_)) {
    status_ = absl::CancelledError("stopped while reading");
    return false;
  }
  later_ = order_->Later();
  rows_->Rewind();
  return true;
}

bool RecordFeed::Take(ImportRecord* record) {
  record->line = row_.line;
  record->raw = row_.raw;
  record->problem = row_.problem;
  record->warning.clear();
  record->level = 0;
  record->thing = std::monostate();
  if (!row_.problem.empty()) return true;
  RowValues values = reader_->Row(row_);
  const base::Uuid id = Read(&values, record);
  if (const std::optional<int64_t> before = LineBefore(id)) {
    if (mapping_.first_only) {
      ++passed_over_;
      return false;
    }
    values.KeyProblem(absl::StrCat("stands on line ", *before, " already"));
  }
  if (const std::optional<int64_t> before = before_keys_.Find(id)) {
    // Nobody but the run refused it, or another part of the mapping; its addresses are its own.
    values.Warn(absl::StrCat("has the key of line ", *before,
                             " of the data folder, and is taken for that row, mended"));
  } else if (values.problems().empty()) {
    if (auto* contact = std::get_if<ContactRecord>(&record->thing)) {
      known_.addresses->Take(&values, contact);
    } else if (auto* deal = std::get_if<DealRecord>(&record->thing)) {
      known_.addresses->Take(&values, deal);
    }
  }
  std::optional<int> level = 0;
  if (order_ && values.problems().empty()) level = order_->LevelOf(id);
  if (!values.problems().empty()) {
    record->problem = absl::StrJoin(values.problems(), "; ");
  } else if (!level) {
    record->problem =
        absl::StrCat("parent: ", Shown(std::get<ContactRecord>(record->thing).reference),
                     " is unknown, cannot be imported, or is below this one");
  }
  if (!record->problem.empty()) {
    record->thing = std::monostate();
    return true;
  }
  record->warning = absl::StrJoin(values.warnings(), "; ");
  record->level = *level;
  Keep(id, *record);
  return true;
}

bool RecordFeed::NextOfFile(ImportRecord* record) {
  while (rows_->Next(&row_)) {
    if (Stopped()) return false;
    if (watcher_ && row_.problem.empty()) watcher_(row_);
    if (!Take(record)) continue;
    // Its turn comes when that of its parents has been.
    if (record->level > 0) continue;
    ++read_;
    return true;
  }
  return false;
}

bool RecordFeed::NextOfLater(ImportRecord* record) {
  while (next_later_ < later_.size() && !Stopped()) {
    const ParentOrder::Place& at = later_[next_later_++];
    if (!rows_->At(at.place, at.line, &row_)) return false;
    if (!Take(record)) continue;
    ++read_;
    return true;
  }
  return false;
}

bool RecordFeed::Next(ImportRecord* record) {
  if (complete_ || !status_.ok()) return false;
  if (!began_) {
    began_ = true;
    if (before_) {
      reader_.swap(before_reader_);
      const bool read = ReadKnown(before_.get());
      reader_.swap(before_reader_);
      if (!read) return false;
      before_keys_ = std::exchange(keys_, KeyIndex());
    }
    if (gives_none_) {
      complete_ = ReadKnown(rows_.get());
      return false;
    }
    const bool ordered =
        mapping_.entity == Entity::kOrganization && mapping_.fields.contains("parent");
    if (ordered && !FindOrder()) return false;
  }
  if (next_later_ == 0 && NextOfFile(record)) return true;
  if (status_.ok() && NextOfLater(record)) return true;
  if (const absl::Status end = rows_->status(); status_.ok() && !end.ok()) {
    status_ = absl::Status(end.code(), absl::StrCat(mapping_.file, ": ", end.message()));
  }
  if (!status_.ok()) return false;
  complete_ = true;
  keys_ = KeyIndex();
  before_keys_ = KeyIndex();
  order_.reset();
  return false;
}

}  // namespace crm::crmctl
