#pragma once

#include "crm/lead/v1/qualification_policy.pb.h"
#include "services/lead/domain/qualification_policy.h"

// Qualification policies ⇄ messages.
namespace crm::lead {

void ToProto(const PolicyRevision& revision, v1::QualificationPolicy& message);

// A draft: without revision. Rules of unknown criteria are left out.
QualificationPolicy FromProto(const v1::QualificationPolicy& message);

}  // namespace crm::lead
