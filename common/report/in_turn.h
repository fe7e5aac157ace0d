#pragma once

#include <cstddef>
#include <future>
#include <map>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

// Pieces of what a report reads, by two threads, so that the database and this process work at the
// same time.
namespace crm::report {

// What is done with each piece; both threads call it.
template <class Piece>
struct PieceWork {
  // Takes the next piece, nullptr if there is none. One call at a time.
  absl::FunctionRef<absl::StatusOr<std::unique_ptr<Piece>>()> take;
  // Makes values of it. Calls for several pieces run at the same time.
  absl::FunctionRef<absl::Status(Piece&)> read;
  // One call at a time, in the order in which pieces were taken, each after it was read.
  absl::FunctionRef<absl::Status(const Piece&)> tell;
};

// See TellInTurn.
template <class Piece>
class PiecesInTurn {
 public:
  explicit PiecesInTurn(const PieceWork<Piece>& work) : work_(work) {}

  absl::Status Run() {
    std::future<void> other = std::async(std::launch::async, [this] { Work(); });
    Work();
    other.wait();
    const absl::MutexLock lock(&told_mutex_);
    return failure_;
  }

 private:
  // Pieces that were read and not told, beside the one that is being told. A thread that has more
  // waits instead of taking another one.
  static constexpr size_t kMostWaiting = 4;

  void Work() {
    while (AwaitRoom()) {
      size_t turn = 0;
      std::unique_ptr<Piece> piece;
      absl::Status status = Take(piece, turn);
      if (status.ok() && piece == nullptr) return;
      if (status.ok()) status = work_.read(*piece);
      if (!status.ok()) return Fail(status);
      TellReady(turn, std::move(piece));
    }
  }

  // False if there is nothing to be told any more.
  bool AwaitRoom() {
    const absl::MutexLock lock(&told_mutex_);
    const auto room = [this] {
      told_mutex_.AssertReaderHeld();
      return ready_.size() < kMostWaiting || !failure_.ok();
    };
    told_mutex_.Await(absl::Condition(&room));
    return failure_.ok();
  }

  absl::Status Take(std::unique_ptr<Piece>& piece, size_t& turn) {
    const absl::MutexLock lock(&take_mutex_);
    if (ended_) return absl::OkStatus();
    absl::StatusOr<std::unique_ptr<Piece>> taken = work_.take();
    ended_ = !taken.ok() || *taken == nullptr;
    turn = taken_++;
    if (taken.ok()) piece = *std::move(taken);
    return taken.status();
  }

  void Fail(const absl::Status& status) {
    const absl::MutexLock lock(&told_mutex_);
    failure_.Update(status);
  }

  // Tells the pieces whose turn it is, unless the other thread is at it: then it finds this one.
  void TellReady(size_t turn, std::unique_ptr<Piece> piece) {
    {
      const absl::MutexLock lock(&told_mutex_);
      ready_.emplace(turn, std::move(piece));
      if (telling_) return;
      telling_ = true;
    }
    for (absl::Status status; std::unique_ptr<Piece> next = Next(status);) {
      status = work_.tell(*next);
    }
  }

  // The piece whose turn it is after the one of which `told` became; nullptr if nobody has read it
  // yet, or the end has come.
  std::unique_ptr<Piece> Next(const absl::Status& told) {
    const absl::MutexLock lock(&told_mutex_);
    failure_.Update(told);
    const auto next = ready_.find(turn_);
    telling_ = failure_.ok() && next != ready_.end();
    if (!telling_) return nullptr;
    std::unique_ptr<Piece> piece = std::move(next->second);
    ready_.erase(next);
    ++turn_;
    return piece;
  }

  const PieceWork<Piece>& work_;
  absl::Mutex take_mutex_;
  size_t taken_ ABSL_GUARDED_BY(take_mutex_) = 0;
  bool ended_ ABSL_GUARDED_BY(take_mutex_) = false;
  absl::Mutex told_mutex_;
  std::map<size_t, std::unique_ptr<Piece>> ready_ ABSL_GUARDED_BY(told_mutex_);  // by their turns
  size_t turn_ ABSL_GUARDED_BY(told_mutex_) = 0;  // of the next one that is told
  bool telling_ ABSL_GUARDED_BY(told_mutex_) = false;
  absl::Status failure_ ABSL_GUARDED_BY(told_mutex_);
};

// Takes, reads and tells pieces until there are no more: while one is read, or told, the other
// thread takes and reads the next ones, a few ahead. The first error ends it and is returned.
// Blocks.
template <class Piece>
absl::Status TellInTurn(const PieceWork<Piece>& work) {
  return PiecesInTurn<Piece>(work).Run();
}

}  // namespace crm::report
