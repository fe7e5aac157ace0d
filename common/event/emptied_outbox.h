#pragma once

#include <algorithm>
#include <cstdint>

namespace crm::event {

// Up to which id an outbox is empty and stays so. Who looks for rows begins behind that, or else
// walks over every row that was ever moved and that some old snapshot still keeps PostgreSQL from
// forgetting.
//
// That the rows up to an id were moved is not enough: a writer may have drawn a lower one and not
// have committed yet. Ids are drawn in order, and a writer has its transaction's number before it
// draws one (its rows are locked by then). So, once an id was seen, all who drew that or a lower
// one have numbers below any that is given afterwards; and once a snapshot finds all transactions
// below such a number at an end, their rows are visible to it and can be moved, and no others come.
class EmptiedOutbox {
 public:
  // A transaction that moved the lowest visible rows, without leaving one out.
  struct Move {
    int64_t last_id = 0;  // the highest that it moved
    int64_t number = 0;   // its own (pg_current_xact_id)
    int64_t oldest = 0;   // the lowest that had not ended (pg_snapshot_xmin), as it saw it
  };

  // Its commit is known, and so are those of all that were told before.
  void Moved(const Move& move) {
    if (awaited_.number != 0 && move.oldest >= awaited_.number && move.last_id >= awaited_.id) {
      up_to_ = awaited_.id;
      awaited_ = {};
    }
    if (awaited_.number == 0 && last_id_ != 0) awaited_ = {last_id_, move.number};
    last_id_ = std::max(last_id_, move.last_id);
  }

  // A row that waits there, found by who looked at all. One that must not be, since its writer did
  // not keep the rule, is late but not lost.
  void Found(int64_t id) {
    if (id <= up_to_) *this = {};
  }

  // No row up to this id is there or comes; 0: nothing is known.
  int64_t up_to() const { return up_to_; }

 private:
  struct Awaited {
    int64_t id = 0;
    int64_t number = 0;  // when all before it have ended, nobody can bring `id` or a lower one
  };

  int64_t last_id_ = 0;  // the highest that was moved
  Awaited awaited_;
  int64_t up_to_ = 0;
};

}  // namespace crm::event
