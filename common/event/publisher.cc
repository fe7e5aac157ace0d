#include "common/event/publisher.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/failpoint/failpoint.h"

namespace crm::event {
namespace {

// The stream's tip, which ARGV says is believed. The last entry is asked for first, since XINFO
// returns two of them; only XINFO knows the tip of a stream whose last entry was deleted or
// trimmed.
constexpr char kTip[] = R"lua(
local key, believed = KEYS[1], ARGV[1]
local last = redis.pcall('XREVRANGE', key, '+', '-', 'COUNT', 1)
if last.err then return last end
if last[1] and last[1][1] == believed then return believed end
local info = redis.pcall('XINFO', 'STREAM', key)
if info.err then
  if string.find(info.err, 'no such key', 1, true) then return '0-0' end
  return info
end
for i = 1, #info, 2 do
  if info[i] == 'last-generated-id' then return info[i + 1] end
end
)lua";

// What stands before each value of an entry's command, the entry's id being the first of them.
std::vector<std::string> BeforeValues(absl::string_view key, absl::Span<const EntryField> fields) {
  std::vector<std::string> before = {absl::StrCat("*", 3 + 2 * fields.size(), "\r\n")};
  redis::AppendWord("XADD", before.back());
  redis::AppendWord(key, before.back());
  before.emplace_back();
  for (const EntryField& field : fields) {
    redis::AppendWord(field.name, before.back());
    if (field.constant.empty()) {
      before.emplace_back();
    } else {
      redis::AppendWord(field.constant, before.back());
    }
  }
  before.pop_back();  // nothing comes behind the last value
  return before;
}

}  // namespace

Publisher::Publisher(redis::ConnectionOptions redis, std::string key,
                     std::unique_ptr<EntryRenderer> renderer)
    : options_(redis::ForKey(std::move(redis), key)),
      key_(std::move(key)),
      renderer_(std::move(renderer)),
      before_values_(BeforeValues(key_, renderer_->fields())),
      read_tip_(kTip) {}

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
  return read_tip_.Load(*redis_);
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
    while (!in_flight_.empty() && Receive().ok()) {  // the rows before are good
    }
    Disconnect();
    return count;
  }
  if (const absl::Status decided = Decide(); !decided.ok()) return decided;
  // Without the compare Redis is believed to hold what was sent.
  const bool blind = CRM_FAILS_AT("publish_blindly");
  blind ? redis_->Append({"UNWATCH"}) : redis_->Append({"WATCH", key_});
  redis_->Append({"EVALSHA", read_tip_.sha1(), "1", key_, believed_.ToString()});
  redis_->Append({"MULTI"});
  InFlight& call = in_flight_.emplace_back();
  call.believed = believed_;
  call.entries = *count;
  call.last = sent_ = believed_ = rows[static_cast<size_t>(*count) - 1].entry_id();
  call.span = causes_.Begin(absl::StrCat("publish ", key_), trace::Kind::kProducer);
  call.span.Set("messaging.batch.message_count", *count);
  if (const absl::Status flushed = redis_->Write(*count, words_); !flushed.ok()) {
    Disconnect();
    return flushed;
  }
  return count;
}

absl::Status Publisher::Decide() {
  if (in_flight_.empty() || in_flight_.back().decided) return absl::OkStatus();
  while (in_flight_.size() > 1) CRM_RETURN_IF_ERROR(Receive());
  absl::Status status = redis_->Receive().status();  // of WATCH
  const absl::StatusOr<redis::Reply> tip = redis_->Receive();
  status.Update(tip.status());
  status.Update(redis_->Receive().status());  // of MULTI
  if (status.ok() && tip->view() != in_flight_.back().believed.ToString() &&
      !CRM_FAILS_AT("publish_blindly")) {
    status = absl::AbortedError("the stream's tip is another one");
  }
  if (status.ok()) {
    redis_->Append({"EXEC"});
    in_flight_.back().decided = true;
    status = redis_->Flush();
  }
  if (!status.ok()) Disconnect();
  return status;
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
    AppendEntry();
    ++count;
  }
  return count;
}

void Publisher::AppendEntry() {
  size_t next = 0;
  values_.ForEach([this, &next](absl::string_view value) {
    words_ += before_values_[next++];
    redis::AppendWord(value, words_);
  });
}

absl::Status Publisher::Receive() {
  if (!in_flight_.front().decided) CRM_RETURN_IF_ERROR(Decide());
  absl::Status status;
  const InFlight& call = in_flight_.front();
  for (int i = 0; i < call.entries; ++i) status.Update(redis_->Receive().status());
  const absl::StatusOr<redis::Reply> done = redis_->Receive();
  status.Update(done.status());  // behind what was refused, which is why
  if (status.ok()) status = Appended(*done, call.entries);
  if (!status.ok()) {
    Disconnect();
    return status;
  }
  tip_ = call.last;
  in_flight_.pop_front();
  return absl::OkStatus();
}

absl::Status Publisher::Appended(const redis::Reply& done, int entries) {
  if (done.IsNil()) return absl::AbortedError("the stream was changed by others");
  for (int i = 0; i < entries; ++i) {
    const redis::Reply entry = done[static_cast<size_t>(i)];
    if (entry.type() != redis::Reply::Type::kText) return redis::StatusOfError(entry.view());
  }
  return absl::OkStatus();
}

}  // namespace crm::event
