#pragma once

#include <absl/status/status.h>

#include "clients/crmctl/import/import_run.h"

namespace crm::crmctl {

// One deal on its way: sends a step, and at its answer the next, until the deal is where it
// belongs; in mode update then what the file changes of it. A step that is refused because its
// effect seems to be there already (a request id that has aged out, a second import at the same
// time) is checked by reading, and passed over if that is so.
class DealChain {
 public:
  // Of a row that is a deal. All must outlive it. Ends by one of run's Finish… calls, after which
  // `run` drops the row with its chain.
  DealChain(ImportRun* run, const FileMapping& file, ImportRow* row);

  // Whether Next() would send something. Errors: where the deal cannot go; see DealPlan::Next.
  absl::StatusOr<bool> HasSomethingToDo() const;
  // In mode update: what is there is known from a newer export, and left alone, stages and all.
  bool IsOutOfDate() const;
  void Next();

 private:
  void Send(Step step);
  void SendConvert(absl::Duration delay);
  void OnAnswer(Step step, absl::Status status);
  void OnLead(absl::StatusOr<lead::v1::CreateLeadResponse> answer);
  void OnConversion(absl::StatusOr<lead::v1::ConvertLeadResponse> answer);
  void Check(Step step, absl::Status refusal);
  // Where somebody else has the e-mail address of the deal's own contact: whether it goes on.
  bool TakesDuplicate(const absl::Status& refusal);
  void OnCheck(Step step, const absl::Status& read, const absl::Status& refusal);
  // In mode update, behind the last step.
  void Refresh();
  void Update();
  template <class Request>
  void SendUpdate(Request request, absl::string_view etag);
  void End();
  void Fail(const absl::Status& status, absl::string_view step);

  ImportRun& run_;
  const FileMapping& file_;
  ImportRow& row_;
  DealRecord& deal_;
  DealState& state_;
  const bool was_there_;  // something of it, before the run
  const StageMove* move_ = nullptr;
  When when_;
  bool acted_ = false;
  bool updated_ = false;
  int polls_ = 0;
};

}  // namespace crm::crmctl
