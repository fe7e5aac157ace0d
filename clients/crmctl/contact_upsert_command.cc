#include <absl/strings/ascii.h>

#include <cstdio>
#include <map>
#include <sstream>

#include "clients/cpp/error_text.h"
#include "clients/crmctl/arguments.h"
#include "clients/crmctl/message_file.h"
#include "common/rpc/status_bridge.h"

namespace crm::crmctl {
namespace {

using contact::v1::UpsertContactResult;

constexpr int kBatch = 500;

struct UpsertOptions {
  std::string file;
  bool only_errors = false;
};

// A contact of the file, with the number of its line.
struct Line {
  int number = 0;
  contact::v1::Contact contact;
};

// All lines that are not empty; what is wrong with any of them.
absl::StatusOr<std::vector<Line>> ReadLines(const std::string& path) {
  const absl::StatusOr<std::string> text = TextOfFile(path);
  if (!text.ok()) return Usage(text.status());
  std::vector<Line> lines;
  error::Error problems(absl::StatusCode::kInvalidArgument, error::kFieldInvalid,
                        "The file is not understood.");
  std::istringstream stream(*text);
  std::string one;
  for (int number = 1; std::getline(stream, one); ++number) {
    if (one.find_first_not_of(" \t\r") == std::string::npos) continue;
    Line& line = lines.emplace_back(Line{number, {}});
    absl::StatusOr<nlohmann::json> fields = ReadFields(one, FileFormat::kJson);
    const absl::Status status =
        fields.ok() ? TakeFields(*std::move(fields), &line.contact) : fields.status();
    if (!status.ok()) problems.Violation(absl::StrCat(path, ":", number), status.message());
  }
  if (problems.HasViolations()) return Usage(problems);
  return lines;
}

std::string ReasonOf(const google::rpc::Status& error) {
  return client::OneLine(rpc::FromGrpcStatus(grpc::Status(
      static_cast<grpc::StatusCode>(error.code()), error.message(), error.SerializeAsString())));
}

std::string OutcomeOf(const UpsertContactResult& result) {
  if (result.has_error()) return "FAILED";
  return WordOf(
      *google::protobuf::GetEnumDescriptor<contact::v1::UpsertOutcome>()->FindValueByNumber(
          result.upserted().outcome()));
}

void PrintResult(const Line& line, const UpsertContactResult& result, bool json) {
  if (json) {
    const std::string text = JsonOf(result, false);
    std::printf("{\"line\":%d,\"result\":%s}\n", line.number,
                std::string(absl::StripTrailingAsciiWhitespace(text)).c_str());
  } else {
    std::printf(
        "%6d  %-9s  %s\n", line.number, OutcomeOf(result).c_str(),
        result.has_error() ? ReasonOf(result.error()).c_str() : result.upserted().name().c_str());
  }
}

absl::Status UpsertFile(Session& session, const UpsertOptions& o) {
  CRM_ASSIGN_OR_RETURN(const std::vector<Line> lines, ReadLines(o.file));
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  std::map<std::string, int> counts;
  for (size_t begin = 0; begin < lines.size(); begin += kBatch) {
    const size_t end = std::min(begin + kBatch, lines.size());
    contact::v1::UpsertContactsRequest request;
    for (size_t i = begin; i < end; ++i) {
      *request.add_requests()->mutable_contact() = lines[i].contact;
    }
    CRM_ASSIGN_OR_RETURN(const auto response, client.Call(request));
    for (size_t i = begin; i < end; ++i) {
      const UpsertContactResult& result = response.results(static_cast<int>(i - begin));
      ++counts[OutcomeOf(result)];
      if (!o.only_errors || result.has_error()) {
        PrintResult(lines[i], result, session.settings.json());
      }
    }
  }
  std::string totals;
  for (const auto& [outcome, count] : counts) {
    absl::StrAppend(&totals, totals.empty() ? "" : ", ", Grouped(count), " ", outcome);
  }
  std::fprintf(stderr, "%s\n", totals.empty() ? "nothing in the file" : totals.c_str());
  if (counts.contains("FAILED")) session.exit_code = kExitRowsFailed;
  return absl::OkStatus();
}

}  // namespace

void AddContactUpsert(CLI::App* group, Session* session) {
  auto o = std::make_shared<UpsertOptions>();
  CLI::App* command =
      AddCommand(group, "upsert", "make sure that the contacts of a file are there and complete",
                 session, [=] { return UpsertFile(*session, *o); });
  command
      ->add_option("file", o->file,
                   "one contact a line as JSON, each with external_id, emails or "
                   "organization.domain; '-' is standard input")
      ->required();
  command->add_flag("--only-errors", o->only_errors, "tell only what failed, and the sums");
}

}  // namespace crm::crmctl
