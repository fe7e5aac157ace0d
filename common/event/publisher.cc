#include "common/event/publisher.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace crm::event {
namespace {

// Redis checks its memory limit before the first write of a script only, so an append is all or
// nothing. KEYS: the stream. ARGV: the tip believed in, then per entry the id and the values of all
// fields but the two constant ones.
constexpr int kWordsPerEntry = 28;

std::string AppendScript() {
  std::string fields;
  int argument = 0;
  for (const absl::string_view name : kFieldNames) {
    if (name == "specversion") {
      absl::StrAppend(&fields, ",'specversion','", kSpecVersion, "'");
    } else if (name == "datacontenttype") {
      absl::StrAppend(&fields, ",'datacontenttype','", kDataContentType, "'");
    } else {
      absl::StrAppend(&fields, ",'", name, "',a[i+", ++argument, "]");
    }
  }
  return absl::StrCat(R"lua(
local key, a, tip = KEYS[1], ARGV, '0-0'
local info = redis.pcall('XINFO', 'STREAM', key)
if info.err then
  if not string.find(info.err, 'no such key', 1, true) then return info end
else
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then tip = info[i + 1] break end
  end
end
if tip ~= a[1] then return {0, tip} end
local call = redis.call
for i = 2, #a, )lua",
                      kWordsPerEntry, " do call('XADD',key,a[i]", fields,
                      ") end\nreturn {1, a[#a - ", kWordsPerEntry - 1, "]}\n");
}

}  // namespace

Publisher::Publisher(redis::ConnectionOptions redis, std::string key)
    : options_(std::move(redis)), key_(std::move(key)), append_(AppendScript()) {}

void Publisher::Disconnect() {
  redis_.reset();
  in_flight_.clear();
  if (state_ == State::kReady) state_ = State::kAway;
}

redis::Connection* Publisher::connection() {
  return state_ == State::kReady && in_flight_.empty() ? redis_.get() : nullptr;
}

absl::Status Publisher::Connect() {
  if (redis_ != nullptr && !redis_->dead() && in_flight_.empty()) return absl::OkStatus();
  in_flight_.clear();
  CRM_ASSIGN_OR_RETURN(redis_, redis::Connection::Open(options_));
  return append_.Load(*redis_);
}

absl::Status Publisher::Verify(Sequencer& log) {
  absl::Status status = Connect();
  if (status.ok()) {
    absl::StatusOr<redis::StreamInfo> stream = redis::ReadStreamInfo(*redis_, key_);
    if (stream.ok()) {
      status = CompareWithLog(log, *stream);
    } else if (redis::ErrorPrefix(stream.status()) == "WRONGTYPE") {
      return Diverged("the key holds no stream");
    } else {
      status = stream.status();
    }
  }
  if (!status.ok() && status.code() != absl::StatusCode::kFailedPrecondition) {
    // What had diverged stays so until a comparison says otherwise.
    Disconnect();
  }
  return status;
}

// The stream was read before the log: an entry of another publisher may be missing in the first,
// but never in the second.
absl::Status Publisher::CompareWithLog(Sequencer& log, const redis::StreamInfo& stream) {
  const redis::StreamId last = stream.last_generated;
  CRM_ASSIGN_OR_RETURN(const LogState state, log.State());
  if (last.seq > state.last_sequence) {
    return Diverged(
        absl::StrCat("the stream ends at ", last.ToString(), ", the log at ", state.last_sequence));
  }
  redis::StreamId from = last;
  if (last.seq >= state.floor_sequence) {
    CRM_ASSIGN_OR_RETURN(const std::optional<LogRow> row, log.ReadOne(last.seq));
    if (!row.has_value()) return absl::AbortedError("the log's floor rose meanwhile");
    CRM_RETURN_IF_ERROR(CompareLastEntry(*row, stream));
  } else if (last.seq == 0 && last.ms != 0) {
    return Diverged("the stream holds foreign entries");
  } else {
    from.seq = state.floor_sequence - 1;  // what is below the floor is past its retention
  }
  if (was_ready_ && last.seq < tip_.seq) ++rewinds_;
  believed_ = last;
  sent_ = tip_ = from;
  state_ = State::kReady;
  was_ready_ = true;
  return absl::OkStatus();
}

absl::Status Publisher::CompareLastEntry(const LogRow& row, const redis::StreamInfo& stream) {
  const redis::StreamId last = stream.last_generated;
  if (row.entry_id() != last) {
    return Diverged(
        absl::StrCat("entry ", last.ToString(), " is ", row.entry_id().ToString(), " in the log"));
  }
  if (!stream.last_entry.has_value() || stream.last_entry->id != last) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const auto event, EventOfRow(row));
  const redis::Reply& fields = stream.last_entry->fields;
  if (fields.Field("id").view() != event.change().event_id()) {
    return Diverged(absl::StrCat("entry ", last.ToString(), " is another event in the log"));
  }
  if (fields.Field("epoch").view() != absl::StrCat(row.epoch)) {
    return Diverged(absl::StrCat("entry ", last.ToString(), " is of another epoch in the log"));
  }
  return absl::OkStatus();
}

absl::Status Publisher::Diverged(std::string why) {
  state_ = State::kDiverged;
  return absl::FailedPreconditionError(why);
}

absl::StatusOr<int> Publisher::Send(absl::Span<const LogRow> rows) {
  if (rows.empty() || rows.front().sequence != sent_.seq + 1) {
    Disconnect();
    return absl::AbortedError("the log has a hole after what was published");
  }
  absl::StatusOr<int> count = Encode(rows);
  if (!count.ok()) {
    Disconnect();
    return count;
  }
  AppendCommand();
  sent_ = believed_ = rows[static_cast<size_t>(*count) - 1].entry_id();
  in_flight_.push_back(sent_);
  if (const absl::Status flushed = redis_->Flush(); !flushed.ok()) {
    Disconnect();
    return flushed;
  }
  return count;
}

absl::StatusOr<int> Publisher::Encode(absl::Span<const LogRow> rows) {
  values_.Clear();
  values_.Add(believed_.ToString());
  crm::event::v1::StageChanged change;
  int64_t expected = rows.front().sequence;
  int count = 0;
  for (const LogRow& row : rows) {
    if (static_cast<size_t>(count) == kMaxBatchRows) break;
    if (count > 0 && values_.byte_size() + 4 * row.payload.size() > kMaxBatchBytes) break;
    if (row.sequence != expected++) return absl::AbortedError("the log has a hole");
    if (!change.ParseFromString(row.payload))
      return absl::InternalError("damaged event in the log");
    values_.Add(row.entry_id().ToString());
    AddEntryValues(change, row.sequence, row.epoch, values_);
    ++count;
  }
  return count;
}

void Publisher::AppendCommand() {
  words_.clear();
  words_.insert(words_.end(), {"EVALSHA", append_.sha1(), "1", key_});
  values_.AppendViews(words_);
  redis_->Append(words_);
}

absl::Status Publisher::Receive() {
  const absl::StatusOr<redis::Reply> reply = redis_->Receive();
  absl::Status status = reply.status();
  if (status.ok()) {
    if (reply->size() == 2 && (*reply)[0].integer() == 1) {
      tip_ = in_flight_.front();
      in_flight_.pop_front();
      return absl::OkStatus();
    }
    status = absl::AbortedError("the stream's tip is another one");
  }
  Disconnect();
  return status;
}

}  // namespace crm::event
