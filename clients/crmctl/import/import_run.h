#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "clients/cpp/async_calls.h"
#include "clients/crmctl/import/deal_plan.h"
#include "clients/crmctl/import/records.h"

namespace crm::crmctl {

// What became of the rows of a file.
struct FileOutcome {
  std::string label;
  int64_t read = 0;
  int64_t created = 0;    // something of the row was made or moved
  int64_t unchanged = 0;  // all of it was there
  int64_t failed = 0;
  int64_t left = 0;  // not reached, or not finished, because the run was stopped
  std::vector<Rejected> rejected;
  std::vector<int64_t> failed_lines;  // ascending
};

// Sends loaded files through the services: file after file, parents before children, deals side by
// side, each as a chain of calls. What is there already is read first, in batches, and left alone.
// A row that fails stops no other. One thread; see client::AsyncCalls.
class ImportRun {
 public:
  struct Options {
    int in_flight = 512;  // rows at once
    // Of a conversion that the server has not finished when it answers.
    absl::Duration conversion_poll = absl::Milliseconds(100);
    int conversion_polls = 100;
  };

  // All must outlive the run. `progress` is called often and must be quick.
  ImportRun(const Mapping& mapping, const ImportIds& ids, const std::vector<LoadedFile>& files,
            client::AsyncCalls* calls, Options options);
  ~ImportRun();

  // `pause` is asked now and then (about every 50 ms, and often when busy) whether to stop; it may
  // draw the progress. Returns when all is done, or soon after `pause` said so: what is in flight
  // is given 5 seconds to end.
  void Run(const std::function<bool(const ImportRun&)>& pause);

  const std::vector<FileOutcome>& outcomes() const { return outcomes_; }
  size_t current_file() const { return current_; }
  bool stopped() const { return stopped_; }

 private:
  friend class DealChain;
  struct ContactPass;

  void RunContacts(const LoadedFile& file);
  void RunDeals(const LoadedFile& file);
  // Runs `start(index)` for each of `indices`, at most options_.in_flight at once; start returns
  // false when the row was done at once.
  void Drive(size_t count, const std::function<void(size_t)>& start);
  void Wait(const std::function<bool()>& done);
  template <class Request>
  void ReadBatch(Request request, std::function<void(const client::ResponseOf<Request>&)> take);

  void Created(size_t row);
  void Unchanged(size_t row);
  void Failed(size_t row, const absl::Status& status);
  void Finished();
  FileOutcome& outcome() { return outcomes_[current_]; }

  const Mapping& mapping_;
  const ImportIds& ids_;
  const std::vector<LoadedFile>& files_;
  client::AsyncCalls& calls_;
  const Options options_;
  const DealRequests requests_;
  std::vector<FileOutcome> outcomes_;
  std::vector<char> contact_failed_;
  size_t current_ = 0;
  int active_ = 0;
  bool stopped_ = false;
  const std::function<bool(const ImportRun&)>* pause_ = nullptr;
};

}  // namespace crm::crmctl
