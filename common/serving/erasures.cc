#include "common/serving/erasures.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/aggregate/eraser.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/stage/envelope.h"

namespace crm::serving {

stage::EraseContact EraserOf(const KeptOfContacts& kept) {
  return [eraser = std::make_shared<const aggregate::Eraser>(kept.data), lock = kept.lock,
          collection = kept.collection](pg::Transaction& transaction,
                                        const stage::ContactErasure& erasure,
                                        absl::Time now) -> absl::StatusOr<aggregate::ErasedRows> {
    aggregate::ErasureOrder order;
    order.tenant = erasure.tenant;
    order.names.push_back(absl::StrCat("contacts/", erasure.contact.ToString()));
    order.author = {erasure.actor, std::string(stage::kEraseMethod)};
    order.now = now;
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                         transaction.Query(lock, pg::MakeParams(erasure.tenant, erasure.contact)));
    for (const pg::Row row : rows) {
      pg::RowReader read(row);
      order.things.push_back(read.Uuid(0));
      if (!read.ok()) return read.Damage(order.names[0]);
      order.names.push_back(absl::StrCat(collection, "/", order.things.back().ToString()));
    }
    return eraser->Erase(transaction, order);
  };
}

SubscriptionPlan FollowErasures(const Process& process, const KeptOfContacts& kept) {
  return {
      .consumer = absl::StrCat(kept.service, ".erasure"),
      .neighbour = "contact",
      .decode = stage::DecodeErasure,
      .effect = stage::ErasureEffect(kept.service, EraserOf(kept), process.clock, process.ids),
      // All of a batch may be erasures, each of which reads its tenant's stored answers: some 2.5 s
      // for a million of them. A transaction has 30 s.
      .batch_size = 10,
      .concerns = stage::HasPayload,
      // Nobody waits for it; most of what is on that stream is nothing to this service.
      .pace = absl::Milliseconds(250),
      // An erasure that left the log unread stays open at the contact service, which asks again.
      .aged_out = event::AgedOut::kSkip};
}

}  // namespace crm::serving
