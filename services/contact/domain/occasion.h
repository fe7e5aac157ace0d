#pragma once

#include "common/occasion/occasion.h"

namespace crm::contact {

using occasion::EffectiveTime;
using occasion::Occasion;

}  // namespace crm::contact
