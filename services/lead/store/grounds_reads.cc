#include "services/lead/store/grounds_reads.h"

#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace crm::lead {
namespace {

// The policy of each question; each tenant, time and revision is asked for once.
std::vector<absl::StatusOr<PolicyRevision>> FindPolicies(
    const PolicyStore& store, absl::Span<const GroundsQuestion> questions,
    base::Deadline deadline) {
  std::vector<PolicyQuestion> wanted;
  std::vector<size_t> place_of;
  std::map<std::tuple<std::string, int64_t, std::optional<absl::Time>>, size_t> places;
  for (const GroundsQuestion& question : questions) {
    PolicyQuestion policy{question.lead.tenant, question.policy_revision};
    if (policy.revision == 0) policy.time = question.time;
    const auto [at, fresh] =
        places.try_emplace({policy.tenant, policy.revision, policy.time}, wanted.size());
    if (fresh) wanted.push_back(policy);
    place_of.push_back(at->second);
  }
  const auto found = store.Find(wanted, deadline);
  std::vector<absl::StatusOr<PolicyRevision>> policies;
  policies.reserve(questions.size());
  for (const size_t place : place_of) policies.push_back(found[place]);
  return policies;
}

}  // namespace

std::vector<absl::StatusOr<Grounds>> GroundsReads::Find(absl::Span<const GroundsQuestion> questions,
                                                        base::Deadline deadline) const {
  std::vector<absl::StatusOr<Grounds>> found;
  found.reserve(questions.size());
  for (auto& policy : FindPolicies(policies_, questions, deadline)) {
    if (policy.ok()) {
      found.emplace_back(Grounds{*std::move(policy), {}});
    } else {
      found.emplace_back(policy.status());
    }
  }
  std::vector<PastLead> past;
  std::vector<size_t> askers;
  for (size_t i = 0; i < questions.size(); ++i) {
    if (!questions[i].time.has_value() || !found[i].ok()) continue;
    if (questions[i].lead.id.IsNil()) continue;
    past.push_back({questions[i].lead, *questions[i].time});
    askers.push_back(i);
  }
  auto assessments = leads_.AssessmentsAsOf(past, deadline);
  for (size_t i = 0; i < askers.size(); ++i) {
    if (assessments[i].ok()) {
      found[askers[i]]->then = *std::move(assessments[i]);
    } else {
      found[askers[i]] = assessments[i].status();
    }
  }
  return found;
}

}  // namespace crm::lead
