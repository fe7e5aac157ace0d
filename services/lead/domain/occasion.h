#pragma once

#include "common/occasion/occasion.h"

// Who changes a lead, when, and on whose request; and when a move takes effect.
namespace crm::lead {

using occasion::EffectiveTime;
using occasion::Occasion;

}  // namespace crm::lead
