#include "common/redis/stream.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace crm::redis {
namespace {

absl::Status Misshapen() { return absl::InternalError("Redis: a reply of unexpected shape"); }

std::optional<StreamEntry> EntryOf(const Reply& reply) {
  if (reply.size() != 2) return std::nullopt;
  const std::optional<StreamId> id = StreamId::Parse(reply[0].view());
  if (!id.has_value()) return std::nullopt;
  return StreamEntry{*id, reply[1]};
}

}  // namespace

std::optional<StreamId> StreamId::Parse(absl::string_view text) {
  StreamId id;
  const size_t dash = text.find('-');
  if (dash == absl::string_view::npos || !absl::SimpleAtoi(text.substr(0, dash), &id.ms) ||
      !absl::SimpleAtoi(text.substr(dash + 1), &id.seq) || id.ms < 0 || id.seq < 0) {
    return std::nullopt;
  }
  return id;
}

std::string StreamId::ToString() const { return absl::StrCat(ms, "-", seq); }

absl::StatusOr<StreamInfo> ReadStreamInfo(Connection& connection, absl::string_view key) {
  StreamInfo info;
  absl::StatusOr<Reply> reply = connection.Run({"XINFO", "STREAM", key});
  if (!reply.ok()) {
    if (absl::EndsWith(reply.status().message(), "no such key")) return info;
    return reply.status();
  }
  const std::optional<StreamId> last = StreamId::Parse(reply->Field("last-generated-id").view());
  if (!last.has_value()) return Misshapen();
  info.exists = true;
  info.length = reply->Field("length").integer();
  info.last_generated = *last;
  info.last_entry = EntryOf(reply->Field("last-entry"));
  return info;
}

absl::StatusOr<std::vector<StreamEntry>> EntriesOf(const Reply& reply) {
  std::vector<StreamEntry> entries;
  entries.reserve(reply.size());
  for (size_t i = 0; i < reply.size(); ++i) {
    std::optional<StreamEntry> entry = EntryOf(reply[i]);
    if (!entry.has_value()) return Misshapen();
    entries.push_back(*std::move(entry));
  }
  return entries;
}

absl::StatusOr<std::vector<StreamEntry>> ReadStream(Connection& connection, absl::string_view key,
                                                    StreamId after, int count,
                                                    absl::Duration block) {
  const std::string number = absl::StrCat(count);
  const std::string position = after.ToString();
  std::vector<absl::string_view> words = {"XREAD", "COUNT", number};
  std::string wait;
  if (block > absl::ZeroDuration()) {
    wait = absl::StrCat(absl::ToInt64Milliseconds(block));
    words.insert(words.end(), {"BLOCK", wait});
  }
  words.insert(words.end(), {"STREAMS", key, position});
  connection.SetCommandTimeout(connection.command_timeout() + block);
  CRM_ASSIGN_OR_RETURN(const Reply reply, connection.Run(words));
  if (reply.IsNil()) return std::vector<StreamEntry>();
  if (reply.size() != 1 || reply[0].size() != 2) return Misshapen();
  return EntriesOf(reply[0][1]);
}

}  // namespace crm::redis
