#include "services/contact/rpc/contact_filters.h"

#include "absl/strings/str_cat.h"
#include "common/error/error.h"
#include "common/rpc/resource_name.h"

namespace crm::contact {

absl::Status ReadContactName(aggregate::Condition& condition) {
  const auto id = rpc::ParseName(condition.value, "contacts");
  if (!id.has_value()) {
    return error::Error(absl::StatusCode::kInvalidArgument, error::kFilterInvalid,
                        "The filter is not valid.")
        .With("field", condition.field)
        .Violation("filter", absl::StrCat(condition.field, " must be \"contacts/{uuid}\""));
  }
  condition.value = id->ToString();
  return absl::OkStatus();
}

}  // namespace crm::contact
