#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/steady_clock.h"
#include "crm/contact/v1/search_service.pb.h"
#include "services/contact/domain/duplicate.h"
#include "services/contact/rpc/contact_ports.h"

// What FindDuplicates and ListDuplicateGroups share.
namespace crm::contact {

static_assert(static_cast<int>(DuplicateRule::kNameSimilar) == v1::DUPLICATE_RULE_NAME_SIMILAR);

// A contact that is like another one.
struct Like {
  Likeness likeness;
  Contact contact;
};

// The score of a request in parts of a thousand, or the usual one.
int LeastScore(double asked);

absl::Status BadDuplicateToken();

// All contacts that are like this one, the likest first.
absl::StatusOr<std::vector<Like>> LikesOf(const Ports& ports, const Contact& contact, int least,
                                          base::Deadline deadline);

template <class Message>
void ToProto(const Likeness& likeness, Message& message) {
  message.set_score(likeness.score / 1000.0);
  for (const FiredRule& fired : likeness.rules) {
    v1::FiredRule& rule = *message.add_rules();
    rule.set_rule(static_cast<v1::DuplicateRule>(static_cast<int>(fired.rule)));
    rule.set_similarity(fired.similarity / 1000.0);
  }
}

}  // namespace crm::contact
