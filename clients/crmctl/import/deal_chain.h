#pragma once

#include <absl/status/status.h>

#include "clients/crmctl/import/import_run.h"

namespace crm::crmctl {

// One deal on its way: sends a step, and at its answer the next, until the deal is where it
// belongs. A step that is refused because its effect seems to be there already (a request id that
// has aged out, a second import at the same time) is checked by reading, and passed over if that is
// so.
class DealChain {
 public:
  // `state` is what is known to be there. All must outlive it. Ends by one of run's Finish… calls,
  // after which `run` drops the chain.
  DealChain(ImportRun* run, const DealRecord* deal, DealState* state)
      : run_(*run), deal_(*deal), state_(*state) {}

  void Next();

 private:
  void Send(Step step);
  void SendConvert(absl::Duration delay);
  void OnAnswer(Step step, absl::Status status);
  void OnConversion(absl::StatusOr<lead::v1::ConvertLeadResponse> answer);
  void Check(Step step, absl::Status refusal);
  void OnCheck(Step step, const absl::Status& read, const absl::Status& refusal);
  void Fail(const absl::Status& status, absl::string_view step);

  ImportRun& run_;
  const DealRecord& deal_;
  DealState& state_;
  bool acted_ = false;
  int polls_ = 0;
};

}  // namespace crm::crmctl
