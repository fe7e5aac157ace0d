#pragma once

#include "common/occasion/occasion.h"

// Who changes an opportunity, when, and on whose request; and when a move takes effect.
namespace crm::opportunity {

using occasion::EffectiveTime;
using occasion::Occasion;

}  // namespace crm::opportunity
