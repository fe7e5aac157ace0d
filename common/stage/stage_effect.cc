#include "common/stage/stage_effect.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/error/error.h"

namespace crm::stage {

event::Effect EffectOf(StageEffect effect) {
  return [effect = std::move(effect)](pg::Transaction& transaction,
                                      absl::Span<const event::Event> events) -> absl::Status {
    std::vector<crm::event::v1::StageEvent> stages(events.size());
    for (size_t i = 0; i < events.size(); ++i) {
      if (!stages[i].ParseFromString(events[i].payload)) {
        return error::DataDamaged(absl::StrCat("stage event ", events[i].sequence));
      }
    }
    return effect(transaction, stages);
  };
}

}  // namespace crm::stage
