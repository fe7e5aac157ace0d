#include "common/event/rebuild.h"

#include <algorithm>
#include <functional>
#include <string>

#include "absl/types/span.h"
#include "common/base/status.h"
#include "common/base/uuid.h"

namespace crm::event {
namespace {

constexpr int kHistoryPage = 1000;

// Of one step beside a reader that moves on, or one whose effects the database makes wait for each
// other.
constexpr int kMostTries = 10;

// The same for the same event, whenever it is rebuilt: of the bytes that are chance.
int64_t LetterNumber(const std::string& event_id) {
  const auto bytes = base::Uuid::Parse(event_id).value_or(base::Uuid()).Bytes();
  int64_t number = 0;
  for (size_t i = 9; i < bytes.size(); ++i) number = number << 8 | bytes[i];
  return -1 - number;
}

class Rebuild {
 public:
  Rebuild(ConsumerInbox& inbox, const RebuildOrder& order)
      : inbox_(inbox), order_(order), at_(order.position.sequence) {}

  absl::Status Run() {
    HistoryPage page;
    do {
      CRM_ASSIGN_OR_RETURN(page, order_.history.Moves(page.next, order_.last_gone, kHistoryPage));
      const auto batch = static_cast<size_t>(order_.batch_size);
      for (auto rest = absl::MakeConstSpan(page.moves); !rest.empty();
           rest.remove_prefix(std::min(batch, rest.size()))) {
        CRM_RETURN_IF_ERROR(Apply(rest.subspan(0, batch)));
      }
    } while (!page.next.empty());
    return absl::OkStatus();
  }

  absl::Status MoveTo(const ConsumerInbox::Position& behind) {
    return Follow([&] {
      return inbox_.Rewrite(at_, behind, [](pg::Transaction&) { return absl::OkStatus(); });
    });
  }

  const Rebuilt& rebuilt() const { return rebuilt_; }

 private:
  absl::Status Apply(absl::Span<const Event> moves) {
    if (order_.stopping()) return absl::CancelledError("stopping");
    const absl::Status status = Try(moves);
    if (status.ok()) {
      rebuilt_.moves += static_cast<int64_t>(moves.size());
      return status;
    }
    if (FaultOf(status) == Fault::kCircumstances) return status;
    if (moves.size() == 1) return Blame(moves.front(), status);
    const size_t half = moves.size() / 2;
    CRM_RETURN_IF_ERROR(Apply(moves.first(half)));
    return Apply(moves.subspan(half));
  }

  absl::Status Try(absl::Span<const Event> moves) {
    return Follow([&] {
      return inbox_.Rewrite(at_, order_.position, [&](pg::Transaction& transaction) {
        return order_.effect(transaction, moves);
      });
    });
  }

  // Does `step` at the position of now, wherever another reader has moved it.
  absl::Status Follow(const std::function<absl::Status()>& step) {
    absl::Status status = step();
    for (int tries = 1; order_.follows && absl::IsAborted(status) && tries < kMostTries; ++tries) {
      CRM_ASSIGN_OR_RETURN(const ConsumerInbox::Position now, inbox_.Load());
      at_ = now.sequence;
      status = step();
    }
    return status;
  }

  absl::Status Blame(const Event& move, absl::Status status) {
    int attempts = 1;
    while (FaultOf(status) == Fault::kUnclear && attempts < order_.max_attempts) {
      ++attempts;
      status = Try(absl::MakeConstSpan(&move, 1));
    }
    if (status.ok() || FaultOf(status) == Fault::kCircumstances) {
      rebuilt_.moves += status.ok() ? 1 : 0;
      return status;
    }
    Event letter = move;
    letter.sequence = LetterNumber(move.id);
    ++rebuilt_.dead_letters;
    return Follow([&] { return inbox_.AddDeadLetter(at_, letter, FaultText(status), attempts); });
  }

  ConsumerInbox& inbox_;
  const RebuildOrder& order_;
  int64_t at_;
  Rebuilt rebuilt_;
};

}  // namespace

absl::StatusOr<Rebuilt> RebuildFromHistory(ConsumerInbox& inbox, const RebuildOrder& order,
                                           const ConsumerInbox::Position& behind) {
  Rebuild rebuild(inbox, order);
  CRM_RETURN_IF_ERROR(rebuild.Run());
  CRM_RETURN_IF_ERROR(rebuild.MoveTo(behind));
  return rebuild.rebuilt();
}

absl::Status MoveBehind(ConsumerInbox& inbox, const RebuildOrder& order,
                        const ConsumerInbox::Position& behind) {
  return Rebuild(inbox, order).MoveTo(behind);
}

}  // namespace crm::event
