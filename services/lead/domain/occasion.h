#pragma once

#include "common/occasion/occasion.h"

namespace crm::lead {

using occasion::EffectiveTime;
using occasion::Occasion;

}  // namespace crm::lead
