// What an import says of customers' accounts. Sales open them, in their own time; a row finds the
// one of its customer.

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "clients/crmctl/import/changes.h"
#include "clients/crmctl/import/deal_chain.h"
#include "clients/crmctl/import/import_run.h"
#include "common/error/error.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"

namespace crm::crmctl {

using rpc::FormatName;

namespace {

constexpr size_t kCustomersAsked = 20;  // by one filter, which may have 1000 characters
constexpr int kMostTries = 10;          // because it has changed since it was read

AccountRecord& AccountOf(ImportRow& row) { return std::get<AccountRecord>(row.record.thing); }

contact::v1::ListAccountsRequest Asking(const std::vector<std::string>& customers) {
  contact::v1::ListAccountsRequest request;
  request.set_page_size(1000);
  request.set_filter(absl::StrCat("customer IN (", absl::StrJoin(customers, ", "), ")"));
  return request;
}

}  // namespace

void ImportRun::ReadAccounts(RowWindow* window) {
  const auto rows = std::make_shared<absl::flat_hash_map<std::string, std::vector<ImportRow*>>>();
  std::vector<std::string> names;
  for (ImportRow& row : window->rows) {
    AccountRecord& record = AccountOf(row);
    record.customer_id = Resolved(record.customer_id);
    std::vector<ImportRow*>& of = (*rows)[FormatName("contacts", record.customer_id)];
    if (of.empty()) names.push_back(FormatName("contacts", record.customer_id));
    of.push_back(&row);
  }
  for (size_t i = 0; i < names.size(); i += kCustomersAsked) {
    const auto begin = names.begin() + static_cast<std::ptrdiff_t>(i);
    const std::vector<std::string> asked(
        begin,
        names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), i + kCustomersAsked)));
    ++window->reads;
    calls_.Start(Asking(asked), [this, window, rows](auto answer) {
      --window->reads;
      if (!answer.ok()) return failure_.Update(answer.status());
      for (const contact::v1::Account& account : answer->accounts()) {
        const auto found = rows->find(account.customer());
        if (found == rows->end()) continue;
        for (ImportRow* row : found->second) row->account = account;
      }
    });
  }
}

// Reads it again a little later.
void ImportRun::AwaitAccount(ImportRow* row) {
  calls_.Start(
      Asking({FormatName("contacts", AccountOf(*row).customer_id)}),
      [this, row](auto answer) {
        if (stopped_) return Finish(row);
        if (!answer.ok()) return FinishFailed(row, answer.status(), "read");
        if (answer->accounts_size() > 0) row->account = answer->accounts(0);
        StartAccount(row);
      },
      options_.account_poll);
}

// Whether all sales of the files have got there: one that comes later would reopen what is closed.
bool ImportRun::IsSettled(const ImportRow& row) const {
  const int64_t sales = std::get<AccountRecord>(row.record.thing).sales;
  return base::SteadyNow() > accounts_until_ ||
         (row.account ? row.account->win_count() : 0) >= sales;
}

void ImportRun::StartAccount(ImportRow* row) {
  if (!IsSettled(*row)) return AwaitAccount(row);
  const AccountRecord& record = AccountOf(*row);
  if (!row->account) {
    if (record.sales == 0) return FinishAs(row, &FileOutcome::unchanged);  // it was warned of
    return FinishFailed(row,
                        absl::FailedPreconditionError(absl::StrCat(
                            Shown(record.reference), " has no account, although the files have a ",
                            "sale: if that could be imported, run again")),
                        "");
  }
  const auto& attributes = row->account->attributes();
  const auto known = attributes.find(kExternalIdAttribute);
  if (!row->acted) row->imported = known != attributes.end() && known->second == record.key;
  if (row->account->status() == contact::v1::ACCOUNT_STATUS_MERGED) {
    Warn(row,
         absl::StrCat("it has become part of ", row->account->merged_into(), "; left as it is"));
    return FinishAs(row, &FileOutcome::unchanged);
  }
  if (!row->acted && IsOlder(record.attributes, attributes)) return FinishOlder(row);
  if (row->imported && !Updates()) return EndAccount(row);
  MoveAccount(row);
}

// Comes last, since it marks the account as imported: what a run was cut off from is made by the
// next.
void ImportRun::UpdateAccount(ImportRow* row) {
  auto changes = ChangesOf(file(), AccountOf(*row), *row->account);
  if (!changes) return EndAccount(row);
  SendToAccount(row, *std::move(changes), "update", &ImportRun::EndAccount);
}

void ImportRun::MoveAccount(ImportRow* row) {
  const AccountRecord& record = AccountOf(*row);
  const contact::v1::AccountStatus status = row->account->status();
  const bool told = record.status != contact::v1::ACCOUNT_STATUS_UNSPECIFIED;
  if (!told || record.status == status) return UpdateAccount(row);
  if (record.status == contact::v1::ACCOUNT_STATUS_ACTIVE) {
    if (!GoesBack()) {
      Warn(row, "status: it is closed here; left so");
      return UpdateAccount(row);
    }
    contact::v1::ReopenAccountRequest request;
    request.set_name(row->account->name());
    return SendToAccount(row, std::move(request), "reopen", &ImportRun::UpdateAccount);
  }
  contact::v1::CloseAccountRequest request;
  request.set_name(row->account->name());
  request.set_reason(record.close_reason);
  request.set_note(record.close_note.empty() ? mapping_.override_reason : record.close_note);
  if (record.closed) {
    const absl::Time last = rpc::TimeFrom(row->account->last_win_time());
    if (*record.closed < last) {
      Warn(row, "closed: the last sale is later; its time is taken");
    }
    rpc::SetTime(std::max(*record.closed, last), request.mutable_effective_time());
  }
  SendToAccount(row, std::move(request), "close", &ImportRun::UpdateAccount);
}

template <class Request>
void ImportRun::SendToAccount(ImportRow* row, Request request, const char* step,
                              void (ImportRun::*then)(ImportRow*)) {
  request.set_request_id(ids_.RequestId(
      NameOf(entity()), AccountOf(*row).key,
      absl::StrCat(step, " ", row->account->etag(), " ", request.ShortDebugString())));
  calls_.Start(request, [this, row, step, then](auto answer) {
    if (stopped_ && !answer.ok()) return Finish(row);
    const bool changed = error::ReasonOf(answer.status()) == error::kEtagMismatch;
    if (changed && ++row->tries < kMostTries) return AwaitAccount(row);
    if (!answer.ok()) return FinishFailed(row, answer.status(), step);
    row->account = answer->account();
    row->acted = true;
    (this->*then)(row);
  });
}

void ImportRun::EndAccount(ImportRow* row) {
  if (!row->acted) return FinishAs(row, &FileOutcome::unchanged);
  FinishAs(row, row->imported ? &FileOutcome::updated : &FileOutcome::created);
}

}  // namespace crm::crmctl
