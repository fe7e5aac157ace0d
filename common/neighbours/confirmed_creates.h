#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/error/refusals.h"
#include "common/neighbours/contact_directory.h"
#include "common/rpc/resource_name.h"
#include "common/serving/batch_write.h"

// Creations that name a contact, which another service keeps.
namespace crm::neighbours {

// How the contact of a creation is confirmed. `reads` has FirstAnswer(tenant, request, deadline) as
// idempotency::FirstAnswer.
template <class Req, class Reads>
struct ContactCheck {
  ContactDirectory& contacts;
  const Reads& reads;
  absl::string_view field;                             // "lead.contact"
  std::function<const std::string&(const Req&)> name;  // "contacts/…", as the request has it
};

// What a call gets that cannot go on: `refusal`, unless it is the retry of one that succeeded.
template <class Reads, class CallType>
absl::StatusOr<std::string> FirstAnswerOr(const Reads& reads, const CallType& call,
                                          const absl::Status& refusal, base::Deadline deadline) {
  if (const auto request = serving::RequestOf(call.context(), call.request())) {
    auto first = reads.FirstAnswer(call.context().tenant, *request, deadline);
    if (!first.ok()) return first.status();
    if (first->has_value()) return **std::move(first);
  }
  return refusal;
}

// Which contacts there are, of the calls that are members of the round.
template <class Check, class CallType>
std::vector<absl::Status> FindContacts(const Check& check, absl::Span<CallType* const> calls,
                                       const serving::BatchRounds& round) {
  std::vector<ContactKey> contacts;
  contacts.reserve(round.members().size());
  for (const size_t i : round.members()) {
    const CallType& call = *calls[i];
    contacts.push_back(
        {call.context().tenant, *rpc::ParseName(check.name(call.request()), "contacts")});
  }
  std::vector<absl::Status> findings(contacts.size());
  check.contacts.Check(contacts, absl::MakeSpan(findings), round.end());
  return findings;
}

// Hands on the calls of which `find(round)` finds OK, by `proceed(calls)`, which finishes them. The
// others end with what `refuse(call, finding, deadline)` makes of the finding.
template <class CallType, class Find, class Refuse, class Proceed>
void ProceedConfirmed(absl::Span<CallType* const> calls, const Find& find, const Refuse& refuse,
                      const Proceed& proceed) {
  for (serving::BatchRounds rounds(serving::DeadlinesOf(calls)); !rounds.over(); rounds.Next()) {
    const std::vector<absl::Status> findings = find(rounds);
    std::vector<CallType*> confirmed;
    auto finding = findings.begin();
    for (const size_t i : rounds.members()) {
      const absl::Status& found = *finding++;
      if (found.ok()) {
        confirmed.push_back(calls[i]);
        continue;
      }
      const absl::StatusOr<std::string> answer = refuse(*calls[i], found, rounds.end());
      if (answer.ok()) {
        calls[i]->FinishSerialized(*answer, /*replayed=*/true);
      } else if (!rounds.GoesOn(i, answer.status())) {
        calls[i]->Finish(answer.status());
      }
    }
    proceed(absl::Span<CallType* const>(confirmed));
  }
}

// serving::CreateBatch of the calls whose contact is there. The others end with FAILED_PRECONDITION
// REFERENCE_NOT_FOUND, or with what the directory says if it does not know; a retry of a call that
// succeeded gets its first answer, whatever became of the contact.
template <class A, class CallType, class Check, class Make>
void CreateConfirmed(aggregate::Repository<A>& repository, absl::Span<CallType* const> calls,
                     const Check& check, const Make& make) {
  ProceedConfirmed(
      calls, [&](const serving::BatchRounds& round) { return FindContacts(check, calls, round); },
      [&](const CallType& call, const absl::Status& finding, base::Deadline deadline) {
        const absl::Status refusal =
            absl::IsNotFound(finding)
                ? absl::Status(error::ReferenceNotFound(check.field, check.name(call.request())))
                : finding;
        return FirstAnswerOr(check.reads, call, refusal, deadline);
      },
      [&](absl::Span<CallType* const> confirmed) {
        serving::CreateBatch(repository, confirmed, make);
      });
}

}  // namespace crm::neighbours
