#include "common/event/publisher.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/failpoint/failpoint.h"

namespace crm::event {
namespace {

// Redis checks its memory limit before the first write of a script only, so an append is all or
// nothing. KEYS: the stream. ARGV: the tip believed in, then two words an entry (see EntryValues).
// The last entry is asked for first, since XINFO returns two of them; only XINFO knows the tip of a
// stream whose last entry was deleted or trimmed. Where only what followed the believed entry was
// deleted, the first XADD fails, before anything is written.
constexpr absl::string_view kBegin = "local key, a, call = KEYS[1], ARGV, redis.call\n";
constexpr absl::string_view kCompare = R"lua(
local last = redis.pcall('XREVRANGE', key, '+', '-', 'COUNT', 1)
if last.err then return last end
local tip = last[1] and last[1][1]
if tip ~= a[1] then
  tip = '0-0'
  local info = redis.pcall('XINFO', 'STREAM', key)
  if info.err then
    if not string.find(info.err, 'no such key', 1, true) then return info end
  else
    for i = 1, #info, 2 do
      if info[i] == 'last-generated-id' then tip = info[i + 1] break end
    end
  end
  if tip ~= a[1] then return {0, tip} end
end
)lua";

std::string AppendScript(absl::Span<const EntryField> all) {
  std::string locals, format, fields;
  int next = 0;
  for (const EntryField& field : all) {
    if (!field.constant.empty()) {
      absl::StrAppend(&fields, ",'", field.name, "','", field.constant, "'");
    } else if (&field == &all.back()) {
      absl::StrAppend(&fields, ",'", field.name, "',a[i+1]");
    } else {
      absl::StrAppend(&locals, ",v", ++next);
      absl::StrAppend(&format, "Hc0");
      absl::StrAppend(&fields, ",'", field.name, "',v", next);
    }
  }
  // Without the compare Redis is believed to hold what was sent.
  const bool blind = CRM_FAILS_AT("publish_blindly");
  return absl::StrCat(kBegin, blind ? "" : kCompare,
                      "local take, id = struct.unpack\nfor i = 2, #a, 2 do\n  local ",
                      locals.substr(1), "\n  id", locals, " = take('<Hc0", format,
                      "', a[i])\n  call('XADD',key,id", fields, ")\nend\nreturn {1, id}\n");
}

}  // namespace

Publisher::Publisher(redis::ConnectionOptions redis, std::string key,
                     std::unique_ptr<EntryRenderer> renderer)
    : options_(redis::ForKey(std::move(redis), key)),
      key_(std::move(key)),
      renderer_(std::move(renderer)),
      append_(AppendScript(renderer_->fields())) {}

void Publisher::Disconnect() {
  redis_.reset();
  for (InFlight& sent : in_flight_) sent.span.Fail("no answer");
  in_flight_.clear();
  if (state_ == State::kReady) state_ = State::kAway;
}

redis::Connection* Publisher::connection() {
  return state_ == State::kReady && in_flight_.empty() ? redis_.get() : nullptr;
}

absl::Status Publisher::Connect() {
  if (redis_ != nullptr && !redis_->dead() && in_flight_.empty()) return redis_->ConfirmPrimary();
  in_flight_.clear();
  CRM_ASSIGN_OR_RETURN(redis_, redis::Connection::Open(options_));
  return append_.Load(*redis_);
}

absl::Status Publisher::Verify(Sequencer& log) {
  absl::Status status = Connect();
  if (status.ok() && was_ready_ && CRM_FAILS_AT("reconnect_blindly")) {
    sent_ = believed_ = tip_;  // as if Redis never came back with less
    state_ = State::kReady;
    return status;
  }
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
  const redis::Reply& fields = stream.last_entry->fields;
  if (fields.Field(kIdField).view() != row.event_id.ToString()) {
    return Diverged(absl::StrCat("entry ", last.ToString(), " is another event in the log"));
  }
  if (fields.Field(kEpochField).view() != absl::StrCat(row.epoch)) {
    return Diverged(absl::StrCat("entry ", last.ToString(), " is of another epoch in the log"));
  }
  return absl::OkStatus();
}

absl::Status Publisher::Diverged(absl::string_view why) {
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
  redis_->AppendCommand({"EVALSHA", append_.sha1(), "1", key_, believed_.ToString()},
                        2 * static_cast<size_t>(*count), words_);
  sent_ = believed_ = rows[static_cast<size_t>(*count) - 1].entry_id();
  in_flight_.push_back(
      {sent_, causes_.Begin(absl::StrCat("publish ", key_), trace::Kind::kProducer)});
  in_flight_.back().span.Set("messaging.batch.message_count", *count);
  if (const absl::Status flushed = redis_->Flush(); !flushed.ok()) {
    Disconnect();
    return flushed;
  }
  return count;
}

absl::StatusOr<int> Publisher::Encode(absl::Span<const LogRow> rows) {
  words_.clear();
  causes_ = {};
  int64_t expected = rows.front().sequence;
  int count = 0;
  for (const LogRow& row : rows) {
    if (static_cast<size_t>(count) == kMaxBatchRows) break;
    if (count > 0 && words_.size() + 4 * row.payload.size() > kMaxBatchBytes) break;
    if (row.sequence != expected++) return absl::AbortedError("the log has a hole");
    values_.Begin(row.entry_id());
    if (const absl::Status rendered = renderer_->Render(row, values_); !rendered.ok()) {
      if (count > 0) break;
      return rendered;
    }
    causes_.Add(renderer_->trace());
    redis::AppendWord(values_.packed(), words_);
    redis::AppendWord(values_.last(), words_);
    ++count;
  }
  return count;
}

absl::Status Publisher::Receive() {
  const absl::StatusOr<redis::Reply> reply = redis_->Receive();
  absl::Status status = reply.status();
  if (status.ok()) {
    if (reply->size() == 2 && (*reply)[0].integer() == 1) {
      tip_ = in_flight_.front().last;
      in_flight_.pop_front();
      return absl::OkStatus();
    }
    status = absl::AbortedError("the stream's tip is another one");
  }
  Disconnect();
  return status;
}

}  // namespace crm::event
