#include "services/contact/erasure/erasure_answers.h"

#include <utility>

#include "common/base/status.h"
#include "common/stage/erasure_event.h"
#include "services/contact/store/erasure_store.h"

namespace crm::contact {

stage::StageEffect WithErasureAnswers(stage::StageEffect moves) {
  return
      [moves = std::move(moves)](pg::Transaction& transaction,
                                 absl::Span<const event::v1::StageEvent> events) -> absl::Status {
        CRM_RETURN_IF_ERROR(moves(transaction, events));
        for (const event::v1::StageEvent& event : events) {
          CRM_ASSIGN_OR_RETURN(const auto answer, stage::ErasureIn(event.change()));
          if (answer.has_value()) {
            CRM_RETURN_IF_ERROR(ErasureStore::Answered(transaction, *answer));
          }
        }
        return absl::OkStatus();
      };
}

}  // namespace crm::contact
