#include "common/stage/event_digest.h"

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/stage/stage_json.h"

namespace crm::stage {

void EventDigest::Add(const crm::event::v1::StageEvent& event) {
  json_.clear();
  AppendJson(event.change(), json_);
  // What this library writes is the canonical form of RFC 8785, since there are no numbers in an
  // event but small integers, and all names are ASCII.
  const std::string canonical = nlohmann::json::parse(json_, nullptr, false).dump();
  digest_.Add(absl::StrCat(event.entry_id(), " ", event.epoch(), " ", canonical, "\n"));
  ++count_;
}

std::string EventDigest::Finish() { return absl::BytesToHexString(base::AsText(digest_.Finish())); }

}  // namespace crm::stage
