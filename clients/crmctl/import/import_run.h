#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clients/cpp/async_calls.h"
#include "clients/crmctl/import/deal_plan.h"
#include "clients/crmctl/import/import_files.h"
#include "clients/crmctl/import/rejects_writer.h"
#include "clients/crmctl/import/row_log.h"
#include "common/base/steady_clock.h"

namespace crm::crmctl {

class DealChain;

// What became of the rows of a file.
struct FileOutcome {
  std::string label;
  int64_t read = 0;       // rows so far
  int64_t created = 0;    // something of the row was made or, in mode create, moved
  int64_t updated = 0;    // in mode update: something that was there has changed
  int64_t unchanged = 0;  // all of it was there, or it is left as it is
  int64_t older = 0;      // of these: what is there is known from a newer export
  int64_t deleted = 0;    // it was there, and a person has deleted it since: it stays so
  int64_t failed = 0;
  double share = 0;       // of the file that was read, 0 to 1
  bool complete = false;  // all of it was read
  std::unique_ptr<RowLog> log;

  int64_t Done() const { return created + updated + unchanged + deleted + failed; }
  // Of the whole file that is done, 0 to 1.
  double DoneShare() const {
    return read == 0 ? share : share * static_cast<double>(Done()) / static_cast<double>(read);
  }
};

struct RowWindow;

// A row on its way, and what is there of it.
struct ImportRow {
  ImportRecord record;
  RowWindow* window = nullptr;
  std::string told;              // what is left out or changed of it
  bool there = false;            // a contact
  bool older = false;            // of evidence: its lead has some of a newer export
  contact::v1::Contact contact;  // only in mode update
  DealState state;               // of a deal, lead or opportunity; of evidence that of its lead
  std::optional<lead::v1::Lead> lead;  // only in mode update, and so the opportunity
  std::optional<opportunity::v1::Opportunity> opportunity;
  std::optional<contact::v1::Account> account;
  bool imported = false;  // of an account: the row is known from an earlier run
  bool acted = false;     // of an account: this run has changed it
  int tries = 0;          // of an account: how often it had changed since it was read
  std::unique_ptr<DealChain> chain;
};

// Who has the e-mail address or domain for which a contact was refused.
std::optional<base::Uuid> HolderOf(const absl::Status& refusal);

// Rows that are read together, and what of them is there asked for together.
struct RowWindow {
  std::vector<ImportRow> rows;
  size_t bytes = 0;
  size_t next = 0;  // to be started
  int open = 0;     // started and not finished
  int reads = 0;    // under way
};

// Sends the rows of files through the services: file after file, parents before children, deals
// side by side, each as a chain of calls. What is there already is read first, in batches, and left
// alone, or in mode update brought up to the file. A row that fails stops no other. Holds the rows
// that are in flight and some thousand behind them. One thread; see client::AsyncCalls.
class ImportRun {
 public:
  struct Options {
    int in_flight = 512;  // rows at once
    // Of a conversion that the server has not finished when it answers.
    absl::Duration conversion_poll = absl::Milliseconds(100);
    int conversion_polls = 100;
    // What is in flight gets this long to end after a stop.
    absl::Duration stop_grace = absl::Milliseconds(500);
    // The run stops by itself when no call at all was answered for this long; zero: never.
    absl::Duration give_up = absl::Seconds(30);
    // Accounts follow sales: who has bought is waited for so long behind the files before.
    absl::Duration account_wait = absl::Seconds(30);
    absl::Duration account_poll = absl::Milliseconds(300);
    // Tells this run from others. What a run records anew has ids of its own, so that its calls are
    // repeatable within the run, and another run is told that it is there already.
    std::string run = "run";
    RejectsWriter* rejects = nullptr;  // nullptr: outcomes alone tell of rows
  };
  // Asked about every 50 ms, more often when busy, whether to stop; may draw the progress.
  using Pause = std::function<bool(const ImportRun&)>;

  // All must outlive the run.
  ImportRun(const Mapping& mapping, const ImportIds& ids, ImportFiles* files,
            client::AsyncCalls* calls, Options options);
  ~ImportRun();

  // Returns when all rows are done, or soon after `pause` said to stop or no service answered any
  // more; rows not done by then can be imported by another run. Errors: what is there, or a file,
  // could not be read (the call's or the file's error), or there is no room for temporary files;
  // nothing more was sent then.
  absl::Status Run(const Pause& pause);

  const std::vector<FileOutcome>& outcomes() const { return outcomes_; }
  std::vector<FileOutcome> TakeOutcomes() { return std::move(outcomes_); }
  const FileOutcome& current() const { return outcomes_[current_]; }
  size_t in_flight() const { return calls_.open(); }
  bool stopped() const { return stopped_; }
  // UNAVAILABLE, naming the services that do not answer, when that is why the run stopped; else OK.
  const absl::Status& outage() const { return outage_; }

 private:
  friend class DealChain;

  bool Updates() const { return mapping_.mode == Mapping::Mode::kUpdate; }
  bool GoesBack() const { return Updates() && mapping_.allow_back; }
  Entity entity() const { return files_.feed(current_).mapping().entity; }
  const FileMapping& file() const { return files_.feed(current_).mapping(); }

  absl::Status RunFile();
  absl::Status ReadStages();
  // Reads rows ahead of those that are started.
  void Fill();
  bool TakeRow(RowWindow* window);
  void StartRows();
  void DropWindows();
  size_t Waiting() const;  // rows read and not started

  void ReadWindow(RowWindow* window);
  void ReadContacts(RowWindow* window);
  void ReadLeads(RowWindow* window);
  void ReadOpportunities(RowWindow* window);
  void ReadOpportunities(
      RowWindow* window,
      const std::shared_ptr<absl::flat_hash_map<std::string, ImportRow*>>& by_name);
  // Asks for a window's names at once; `take` gets the answer.
  template <class Request, class Take>
  void Read(RowWindow* window, const std::vector<std::string>& names, Take take);

  void StartRow(ImportRow* row);
  void StartContact(ImportRow* row);
  void CreateContact(ImportRow* row, bool reach);
  void CheckContact(ImportRow* row, absl::Status refusal, bool reach);
  void OnDuplicate(ImportRow* row, const absl::Status& refusal, bool reach);
  base::Uuid Resolved(const base::Uuid& contact) const;
  void ResolveReference(ContactRecord* record) const;
  void UpdateContact(ImportRow* row);
  void FailContact(ImportRow* row, const absl::Status& status);
  void StartDeal(ImportRow* row);
  void TakeOpportunity(const DealRecord& deal, const opportunity::v1::Opportunity& found,
                       DealState* state);
  // Why a deal cannot be made for want of its contact; empty if it can.
  std::string LacksContact(const DealRecord& deal, const DealState& state) const;

  // Activities and assessments.
  void ReadLeadsOf(RowWindow* window);
  void TakeLead(RowWindow* window, const std::vector<ImportRow*>& rows, const lead::v1::Lead& lead);
  void KeepAsOf(RowWindow* window, ImportRow* row, const lead::v1::Lead& lead, int tries);
  void KeepAsOfAgain(RowWindow* window, ImportRow* row, int tries);
  void StartEvidence(ImportRow* row);
  void Record(ImportRow* row, int turn, bool dated);
  void OnRecorded(ImportRow* row, int turn, bool dated, const absl::Status& status);
  void FindRecord(ImportRow* row, const absl::Status& refusal);
  template <class Request, class Found>
  void ReadRecords(ImportRow* row, Request request, std::shared_ptr<Found> found,
                   std::function<void()> then);
  void UpdateActivity(ImportRow* row, const lead::v1::Activity& now);

  void ReadAccounts(RowWindow* window);
  void StartAccount(ImportRow* row);
  void AwaitAccount(ImportRow* row);
  bool IsSettled(const ImportRow& row) const;
  void UpdateAccount(ImportRow* row);
  void MoveAccount(ImportRow* row);
  template <class Request>
  void SendToAccount(ImportRow* row, Request request, const char* step,
                     void (ImportRun::*then)(ImportRow*));
  void EndAccount(ImportRow* row);

  void Poll();
  // Whether no call was answered for too long; then outage_ says so.
  bool GivesUp();
  void FinishAs(ImportRow* row, int64_t FileOutcome::*outcome);
  void FinishOlder(ImportRow* row);
  void FinishFailed(ImportRow* row, const absl::Status& status, absl::string_view step);
  void Reject(const ImportRecord& record, absl::string_view reason);
  // Told once the row is done; not of one that fails.
  void Warn(ImportRow* row, absl::string_view text);
  // Is no more at work on a row, done or not.
  void Finish(ImportRow* row);

  const Mapping& mapping_;
  const ImportIds& ids_;
  ImportFiles& files_;
  client::AsyncCalls& calls_;
  const Options options_;
  const DealRequests requests_;
  DealPlan plan_{{}};
  const Pause* pause_ = nullptr;
  std::vector<FileOutcome> outcomes_;
  absl::flat_hash_set<base::Uuid> missing_contacts_;      // of rows that failed
  absl::flat_hash_set<base::Uuid> deleted_contacts_;      // by people
  absl::flat_hash_map<base::Uuid, base::Uuid> attached_;  // rows → who has their address
  size_t current_ = 0;
  base::SteadyTime accounts_until_;
  absl::Status failure_;  // of reading
  bool stopped_ = false;
  base::SteadyTime stop_limit_;
  absl::Status outage_;
  int64_t answers_ = 0;        // of calls_, when last looked at
  base::SteadyTime answered_;  // when they last became more

  // Of the current file.
  std::deque<std::unique_ptr<RowWindow>> windows_;
  std::unique_ptr<ImportRecord> held_;  // waits until all before it are done
  int level_ = 0;
  int active_ = 0;
};

template <class Request, class Take>
void ImportRun::Read(RowWindow* window, const std::vector<std::string>& names, Take take) {
  if (names.empty()) return;
  Request request;
  for (const std::string& name : names) request.add_names(name);
  ++window->reads;
  calls_.Start(request, [this, window, take](absl::StatusOr<client::ResponseOf<Request>> answer) {
    --window->reads;
    answer.ok() ? take(*answer) : failure_.Update(answer.status());
  });
}

}  // namespace crm::crmctl
