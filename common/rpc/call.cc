#include "common/rpc/call.h"

#include "common/error/error.h"
#include "common/log/log.h"
#include "common/rpc/method.h"

namespace crm::rpc {
namespace {

google::protobuf::ArenaOptions BlockOptions(char* block, size_t size) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = size;
  return options;
}

void Serialize(const google::protobuf::Message* message, grpc::ByteBuffer* out) {
  const size_t size = message == nullptr ? 0 : message->ByteSizeLong();
  grpc::Slice slice(size);
  if (size > 0) message->SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  grpc::ByteBuffer buffer(&slice, 1);
  out->Swap(&buffer);
}

}  // namespace

CallBase::CallBase(MethodCore& method, grpc::ByteBuffer* answer)
    : method_(method), answer_(answer), arena_(BlockOptions(block_, kBlockSize)) {}

void CallBase::Finish(absl::Status status) {
  if (!BeginFinish()) return;
  if (!status.ok()) {
    method_.Answer(*this, status);
    return;
  }
  Serialize(response_, answer_);
  method_.Answer(*this, grpc::Status::OK, "", "");
}

void CallBase::FinishSerialized(const std::string& bytes, bool replayed) {
  if (!BeginFinish()) return;
  if (replayed) method_.CountReplay();
  grpc::Slice slice(bytes);
  grpc::ByteBuffer buffer(&slice, 1);
  answer_->Swap(&buffer);
  method_.Answer(*this, grpc::Status::OK, "", "");
}

bool CallBase::BeginFinish() {
  if ((state_.fetch_or(kFinished, std::memory_order_acq_rel) & kFinished) == 0) return true;
  log::Error("call answered twice", {{"method", method_.name()}});
  return false;
}

void CallBase::Release() {
  const uint32_t before = state_.fetch_sub(kHolder, std::memory_order_acq_rel);
  if (before / kHolder == 1) {
    delete this;
  } else if (before / kHolder == 2 && (before & kFinished) == 0) {
    // gRPC lets go of an unanswered call only after its answer, so it is the holder that is left.
    Finish(error::Internal("the handler dropped the call unanswered"));
  }
}

}  // namespace crm::rpc
