#include "clients/crmctl/document_commands.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "clients/crmctl/terminal_text.h"

namespace crm::crmctl {
namespace {

// The populated fields that count, by their path.
std::map<std::string, std::string> TextsOf(const google::protobuf::Message& message,
                                           const std::vector<std::string>& fields) {
  std::map<std::string, std::string> texts;
  for (auto& [path, text] : FieldTexts(message)) {
    const std::string top = path.substr(0, path.find_first_of(".["));
    if (std::find(fields.begin(), fields.end(), top) != fields.end()) texts[path] = text;
  }
  return texts;
}

}  // namespace

std::vector<std::string> DocumentDifferences(const google::protobuf::Message& before,
                                             const google::protobuf::Message& after,
                                             const std::vector<std::string>& fields) {
  std::map<std::string, std::string> old = TextsOf(before, fields);
  std::vector<std::string> lines;
  for (const auto& [path, text] : TextsOf(after, fields)) {
    const auto at = old.find(path);
    if (at == old.end()) {
      lines.push_back(absl::StrCat("+ ", path, ": ", text));
      continue;
    }
    if (at->second != text)
      lines.push_back(absl::StrCat("~ ", path, ": ", at->second, " → ", text));
    old.erase(at);
  }
  for (const auto& [path, text] : old) lines.push_back(absl::StrCat("- ", path, ": ", text));
  return lines;
}

absl::Status ApplyDocument(const ApplyOptions& options, const std::string& name,
                           const google::protobuf::Message& before,
                           const google::protobuf::Message& after,
                           const std::vector<std::string>& fields,
                           const std::function<absl::StatusOr<int64_t>()>& change) {
  const std::vector<std::string> lines = DocumentDifferences(before, after, fields);
  if (lines.empty()) {
    std::printf("%s is as the file says (revision %s).\n", name.c_str(),
                FieldText(before, "revision").c_str());
    return absl::OkStatus();
  }
  for (const std::string& line : lines) std::printf("%s\n", OnOneLine(line).c_str());
  std::fflush(stdout);
  if (options.dry_run) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const bool confirmed, Confirmed(options.yes, options.file));
  if (!confirmed) {
    std::printf("Nothing was changed.\n");
    return absl::OkStatus();
  }
  CRM_ASSIGN_OR_RETURN(const int64_t revision, change());
  std::printf("%s: revision %s.\n", name.c_str(), absl::StrCat(revision).c_str());
  return absl::OkStatus();
}

}  // namespace crm::crmctl
