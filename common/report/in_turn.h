#pragma once

#include <cstddef>
#include <future>
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
  void Work() {
    while (true) {
      size_t turn = 0;
      std::unique_ptr<Piece> piece;
      absl::Status status = Take(piece, turn);
      if (status.ok() && piece == nullptr) return;
      if (status.ok()) status = work_.read(*piece);
      if (status.ok() && !AwaitTurn(turn)) return;
      if (status.ok()) status = work_.tell(*piece);
      if (!Finish(status)) return;
    }
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

  // False if there is nothing to be told any more.
  bool AwaitTurn(size_t turn) {
    const absl::MutexLock lock(&told_mutex_);
    const auto mine = [this, turn] {
      told_mutex_.AssertReaderHeld();
      return told_ == turn || !failure_.ok();
    };
    told_mutex_.Await(absl::Condition(&mine));
    return failure_.ok();
  }

  bool Finish(const absl::Status& status) {
    const absl::MutexLock lock(&told_mutex_);
    if (status.ok()) {
      ++told_;
    } else {
      failure_.Update(status);
    }
    return failure_.ok();
  }

  const PieceWork<Piece>& work_;
  absl::Mutex take_mutex_;
  size_t taken_ ABSL_GUARDED_BY(take_mutex_) = 0;
  bool ended_ ABSL_GUARDED_BY(take_mutex_) = false;
  absl::Mutex told_mutex_;
  size_t told_ ABSL_GUARDED_BY(told_mutex_) = 0;
  absl::Status failure_ ABSL_GUARDED_BY(told_mutex_);
};

// Takes, reads and tells pieces until there are no more: while one is read, or told, the other
// thread takes and reads the next one. The first error ends it and is returned. Blocks.
template <class Piece>
absl::Status TellInTurn(const PieceWork<Piece>& work) {
  return PiecesInTurn<Piece>(work).Run();
}

}  // namespace crm::report
