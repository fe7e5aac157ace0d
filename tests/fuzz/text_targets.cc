// Texts within requests and their metadata.

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "common/base/text.h"
#include "common/error/error.h"
#include "common/rpc/call_context.h"
#include "common/rpc/filter.h"
#include "common/rpc/order_by.h"
#include "common/rpc/page_token.h"
#include "common/rpc/resource_name.h"
#include "common/trace/span.h"
#include "tests/fuzz/target.h"

namespace crm::fuzz {
namespace {

using listing::Field;
using listing::FieldType;

constexpr absl::string_view kWords[] = {"OPEN", "WON", "LOST"};

// One of every type, with all operators that any field of the type has.
constexpr Field kFields[] = {
    {.name = "owner", .column = "owner", .operators = listing::kExactOrSet},
    listing::EnumField("state", kWords),
    listing::TimeField("create_time", listing::kRangeOrSet),
    {.name = "close_date", .type = FieldType::kDay, .operators = listing::kRangeOrSet},
    {.name = "probability", .type = FieldType::kNumber, .operators = listing::kRangeOrSet},
    {.name = "amount", .type = FieldType::kMoney, .operators = listing::kRangeOrSet},
    {.name = "idle", .type = FieldType::kDays, .operators = listing::kOrder},
    {.name = "deleted", .type = FieldType::kBool},
    listing::NameField("contact", "contacts", listing::kExactOrSet),
    {.name = "pipeline",
     .type = FieldType::kSlugName,
     .operators = listing::kExact,
     .collection = "pipelines"},
    {.name = "attributes", .type = FieldType::kMap, .operators = listing::kExactOrSet},
};

// A request's texts are UTF-8 without NUL bytes before anything else sees them.
bool ReachesHandlers(absl::string_view text) {
  return base::IsValidUtf8(text) && !base::HasNul(text);
}

}  // namespace

void Filter(absl::string_view input) {
  if (!ReachesHandlers(input)) return;
  const auto conditions = rpc::ParseFilter(input, kFields);
  if (!conditions.ok()) return RequireTellable(conditions.status());
  Require(conditions->size() <= 20, "a filter has at most 20 terms");
  for (const listing::Condition& condition : *conditions) {
    const bool has = condition.op == listing::Operator::kHas;
    const size_t most = condition.op == listing::Operator::kIn ? 100 : 1;
    Require(condition.values.empty() == has && condition.values.size() <= most,
            "a condition has as many values as its operator takes");
  }
}

void OrderBy(absl::string_view input) {
  if (!ReachesHandlers(input)) return;
  constexpr absl::string_view kOrders[] = {"create_time", "close_date", "amount"};
  const auto term = rpc::ParseOrderBy(input, kOrders);
  if (!term.ok()) return RequireTellable(term.status());
  if (*term) Require((*term)->field < std::size(kOrders), "an order is by one of the fields");
}

void PageToken(absl::string_view input) {
  const rpc::PageArguments arguments{"crm.lead.v1.LeadService/ListLeads", "acme", "state = OPEN"};
  const auto decoded = rpc::DecodePageToken(arguments, input);
  if (!decoded.ok()) RequireTellable(decoded.status());
  std::vector<std::string> position;
  for (absl::string_view rest = input; !rest.empty();) position.emplace_back(TakeLine(rest));
  const std::string token = rpc::EncodePageToken(arguments, position);
  if (token.size() > 8192) return;
  const auto again = rpc::DecodePageToken(arguments, token);
  Require(again.ok() && *again == position, "a page token gives its position back");
  rpc::PageArguments others = arguments;
  others.tenant = "globex";
  Require(!rpc::DecodePageToken(others, token).ok(), "a page token is of one tenant");
}

void Name(absl::string_view input) {
  if (const auto id = rpc::ParseName(input, "leads")) {
    Require(absl::AsciiStrToLower(input) == rpc::FormatName("leads", *id),
            "a name is what its id gives");
  }
  if (const auto slug = rpc::ParseSlugName(input, "pipelines")) {
    Require(input == rpc::FormatSlugName("pipelines", *slug), "a name is what its id gives");
  }
  rpc::IsIdentity(input, rpc::kMaxActorSize);
}

void Traceparent(absl::string_view input) {
  const bool valid = rpc::IsTraceparent(input);
  Require(!valid || input.size() == 55, "a traceparent has 55 bytes");
  if (valid) trace::IsSampled(input);
}

}  // namespace crm::fuzz
