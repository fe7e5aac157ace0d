// The JSON of stage events, against protobuf's own.

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>

#include "common/base/text.h"
#include "common/stage/json_reader.h"
#include "common/stage/stage_json.h"
#include "tests/fuzz/target.h"

namespace crm::fuzz {
namespace {

using crm::event::v1::StageChanged;
using google::protobuf::util::MessageDifferencer;

absl::StatusOr<StageChanged> ByProtobuf(absl::string_view json) {
  StageChanged change;
  const auto status = google::protobuf::util::JsonStringToMessage(std::string(json), &change);
  if (!status.ok()) return absl::InvalidArgumentError("not JSON");
  return change;
}

}  // namespace

void StageJson(absl::string_view input) {
  StageChanged quick;
  if (stage::ReadPlainJson(input, quick)) {
    const auto slow = ByProtobuf(input);
    Require(slow.ok() && MessageDifferencer::Equals(quick, *slow),
            "the quick reader reads what protobuf reads");
  }
  const auto change = stage::ParseJson(input);
  if (!change.ok()) return;
  std::string theirs;
  if (!google::protobuf::util::MessageToJsonString(*change, &theirs).ok()) return;
  std::string ours;
  stage::AppendJson(*change, ours);
  Require(ours == theirs, "the JSON is protobuf's");
  const auto again = stage::ParseJson(ours);
  Require(again.ok() && MessageDifferencer::Equals(*again, *change), "JSON gives the event back");
}

}  // namespace crm::fuzz
