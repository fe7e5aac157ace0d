#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "clients/cpp/async_calls.h"
#include "clients/crmctl/import/deal_plan.h"
#include "clients/crmctl/import/records.h"
#include "common/base/steady_clock.h"

namespace crm::crmctl {

class DealChain;

// What became of the rows of a file.
struct FileOutcome {
  std::string label;
  int64_t read = 0;
  int64_t created = 0;    // something of the row was made or, in mode create, moved
  int64_t updated = 0;    // in mode update: something that was there has changed
  int64_t unchanged = 0;  // all of it was there
  int64_t deleted = 0;    // it was there, and a person has deleted it since: it stays so
  int64_t failed = 0;
  std::vector<Rejected> rejected;  // the failed rows
  std::vector<Rejected> warnings;  // of rows that did not fail

  int64_t Done() const { return created + updated + unchanged + deleted + failed; }
};

// Sends loaded files through the services: file after file, parents before children, deals side by
// side, each as a chain of calls. What is there already is read first, in batches, and left alone,
// or in mode update brought up to the file. A row that fails stops no other. One thread; see
// client::AsyncCalls.
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
  };
  // Asked about every 50 ms, more often when busy, whether to stop; may draw the progress.
  using Pause = std::function<bool(const ImportRun&)>;

  // All must outlive the run.
  ImportRun(const Mapping& mapping, const ImportIds& ids, const std::vector<LoadedFile>& files,
            client::AsyncCalls* calls, Options options);
  ~ImportRun();

  // Returns when all rows are done, or soon after `pause` said to stop or no service answered any
  // more; rows not done by then can be imported by another run. Errors: what is there could not be
  // read (the call's error); nothing more was sent then.
  absl::Status Run(const Pause& pause);

  const std::vector<FileOutcome>& outcomes() const { return outcomes_; }
  const FileOutcome& current() const { return outcomes_[current_]; }
  size_t in_flight() const { return calls_.open(); }
  bool stopped() const { return stopped_; }
  // UNAVAILABLE, naming the services that do not answer, when that is why the run stopped; else OK.
  const absl::Status& outage() const { return outage_; }

 private:
  friend class DealChain;

  bool Updates() const { return mapping_.mode == Mapping::Mode::kUpdate; }

  absl::Status RunContacts(const LoadedFile& file);
  absl::Status ReadContacts(const LoadedFile& file);
  void RunContact(const LoadedFile& file, const ContactRecord& record);
  void StartContact(const LoadedFile& file, const ContactRecord& record, bool reach);
  void CheckContact(const LoadedFile& file, const ContactRecord& record, absl::Status refusal,
                    bool reach);
  void UpdateContact(const LoadedFile& file, const ContactRecord& record);
  void FailContact(const ContactRecord& record, const absl::Status& status);
  absl::Status RunDeals(const LoadedFile& file);
  absl::Status ReadStages(const LoadedFile& file);
  absl::Status ReadDealStates(const LoadedFile& file);
  absl::Status ReadLeads(const LoadedFile& file,
                         absl::flat_hash_map<std::string, size_t>* opportunities);
  void TakeOpportunity(const DealRecord& deal, const opportunity::v1::Opportunity& found,
                       DealState* state);
  // Why a deal cannot be made for want of its contact; empty if it can.
  std::string LacksContact(const DealRecord& deal, const DealState& state) const;
  // Asks for up to 1000 names at a time, all at once.
  template <class Request, class Take>
  absl::Status ReadAll(const std::vector<std::string>& names, Take take);

  // Runs `start` for each item, options_.in_flight of them at once. `start` only sends; the row
  // calls Finish… when it is done.
  void Drive(std::vector<size_t> items, std::function<void(size_t)> start);
  void StartNext();
  void Wait(const std::function<bool()>& done);
  // Whether no call was answered for too long; then outage_ says so.
  bool GivesUp();
  void Count(int64_t FileOutcome::*outcome);
  void FinishAs(int64_t FileOutcome::*outcome);
  void FinishFailed(size_t row, const absl::Status& status, absl::string_view step);
  void Reject(size_t row, std::string reason);
  void Warn(size_t row, std::string text);
  void Finish();

  const Mapping& mapping_;
  const ImportIds& ids_;
  const std::vector<LoadedFile>& files_;
  client::AsyncCalls& calls_;
  const Options options_;
  const DealRequests requests_;
  DealPlan plan_{{}};
  const Pause* pause_ = nullptr;
  std::vector<FileOutcome> outcomes_;
  absl::flat_hash_set<base::Uuid> missing_contacts_;  // of rows that failed
  absl::flat_hash_set<base::Uuid> deleted_contacts_;  // by people
  size_t current_ = 0;
  bool stopped_ = false;
  base::SteadyTime stop_limit_;
  absl::Status outage_;
  int64_t answers_ = 0;        // of calls_, when last looked at
  base::SteadyTime answered_;  // when they last became more

  // Of the current file: what is there.
  absl::flat_hash_map<base::Uuid, contact::v1::Contact> contacts_;  // in mode create only the name
  std::vector<DealState> states_;
  absl::flat_hash_map<size_t, lead::v1::Lead> leads_;  // in mode update, by deal
  absl::flat_hash_map<size_t, opportunity::v1::Opportunity> opportunities_;

  absl::flat_hash_map<size_t, std::unique_ptr<DealChain>> chains_;
  std::vector<size_t> items_;
  size_t next_item_ = 0;
  std::function<void(size_t)> start_;
  int active_ = 0;
};

}  // namespace crm::crmctl
