#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// An opportunity to be opened for a lead. Equal for every attempt of a conversion, deadline apart.
struct OpportunityOrder {
  std::string tenant;
  std::string actor;
  std::string traceparent;
  absl::Time deadline;
  base::Uuid opportunity;
  base::Uuid request_id;
  base::Uuid lead;
  base::Uuid contact;
  BuyingRole buying_role = BuyingRole::kUnspecified;
  ConversionPlan plan;  // with the owner filled in
  std::vector<std::string> interests;
  std::string external_id;
  absl::Time effective_time;
};

// The order for a lead that is CONVERTING, without deadline.
OpportunityOrder OrderFor(const Lead& lead);

enum class Opening {
  kUnknown,  // away, too slow, overloaded: it may exist or not; ask again
  kOpened,   // it exists, for this lead, by this or an earlier attempt
  kRefused,  // it does not exist and never will by this order
};

struct OpeningReply {
  Opening opening = Opening::kUnknown;
  std::string reason;  // a reason code, unless opened
};

// Where opportunities are opened. Thread-safe.
class OpportunityOpener {
 public:
  virtual ~OpportunityOpener() = default;

  // Orders all at once and blocks until every one is answered or its deadline has passed. The same
  // order may be given again and again and opens one opportunity.
  virtual void Open(absl::Span<const OpportunityOrder> orders,
                    absl::Span<OpeningReply> replies) = 0;
};

}  // namespace crm::lead
