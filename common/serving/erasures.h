#pragma once

#include <string>

#include "common/base/personal_data.h"
#include "common/pg/statement.h"
#include "common/serving/subscription.h"
#include "common/stage/erasure_event.h"

namespace crm::serving {

// What a service other than the contact service keeps of contacts.
struct KeptOfContacts {
  std::string service;             // "lead"
  const base::PersonalData& data;  // static storage
  // Locks the things of a contact ($1::text tenant, $2::uuid contact) in the order in which batches
  // lock, and selects their ids.
  pg::Statement lock;
  std::string collection;  // of these things: "leads"
};

// Empties, of all things of the erased contact, what `kept.data` names. Thread-safe.
stage::EraseContact EraserOf(const KeptOfContacts& kept);

// Follows the contact service's stream, empties what is kept of those whom it erases, and answers
// on the own stream.
SubscriptionPlan FollowErasures(const Process& process, const KeptOfContacts& kept);

}  // namespace crm::serving
