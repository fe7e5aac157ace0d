#include "clients/crmctl/revisions.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_join.h>

#include <vector>

#include "clients/crmctl/print.h"

namespace crm::crmctl {
namespace {

std::string ValueText(const google::protobuf::Value& value) {
  if (value.kind_case() == google::protobuf::Value::KIND_NOT_SET) return "nothing";
  return std::string(absl::StripAsciiWhitespace(JsonOf(value, false)));
}

}  // namespace

std::string ChangesText(const type::v1::Revision& revision) {
  std::vector<std::string> changes;
  for (const auto& change : revision.changes()) {
    const std::string to = ValueText(change.to());
    changes.push_back(change.has_from()
                          ? absl::StrCat(change.field(), " ", ValueText(change.from()), " → ", to)
                          : absl::StrCat(change.field(), " ", to));
  }
  return absl::StrJoin(changes, "; ");
}

void PrintRevisions(const google::protobuf::RepeatedPtrField<type::v1::Revision>& revisions,
                    bool json) {
  if (json) return PrintMessages(revisions, {}, true, false);
  std::vector<std::vector<std::string>> rows;
  for (const auto& revision : revisions) {
    rows.push_back({absl::StrCat(revision.revision()), FieldText(revision, "record_time"),
                    revision.actor(), revision.method(), ChangesText(revision)});
  }
  PrintTable({"#", "RECORDED", "ACTOR", "METHOD", "CHANGES"}, rows);
}

}  // namespace crm::crmctl
