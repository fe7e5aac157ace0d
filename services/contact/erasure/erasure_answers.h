#pragma once

#include "common/stage/stage_effect.h"

namespace crm::contact {

// What the service does with a neighbour's stream: `moves` with its moves, and note down its
// answers to erasures.
stage::StageEffect WithErasureAnswers(stage::StageEffect moves);

}  // namespace crm::contact
