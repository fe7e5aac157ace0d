#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/status_bridge.h"
#include "common/serving/batch_write.h"
#include "common/serving/requests.h"
#include "services/contact/domain/contact_upsert.h"
#include "services/contact/rpc/contact_handlers.h"
#include "services/contact/rpc/contact_proto.h"
#include "services/contact/rpc/upsert_checks.h"

namespace crm::contact {
namespace {

using Creation = aggregate::Creation<Contact>;
using ChangeOfContact = aggregate::Change<Contact>;
using Kind = UpsertStep::Kind;

constexpr absl::string_view kErrorDomain = "crm.contact.v1";
// Others may take, free or delete in between what an upsert has found or not found.
constexpr int kMostTries = 3;

v1::UpsertRule RuleOf(KeyKind kind) {
  switch (kind) {
    case KeyKind::kExternalId:
      return v1::UPSERT_RULE_EXTERNAL_ID;
    case KeyKind::kEmail:
      return v1::UPSERT_RULE_EMAIL;
    case KeyKind::kDomain:
      return v1::UPSERT_RULE_DOMAIN;
  }
  return v1::UPSERT_RULE_UNSPECIFIED;
}

std::string AnswerOf(const Contact& contact, v1::UpsertOutcome outcome, v1::UpsertRule rule) {
  v1::UpsertedContact answer;
  answer.set_name(ContactName(contact.id));
  answer.set_etag(EtagOf(contact));
  answer.set_outcome(outcome);
  answer.set_rule(rule);
  return answer.SerializeAsString();
}

// One upsert of the call.
struct Upsert {
  const v1::UpsertContactRequest& request;
  v1::UpsertContactResult& result;
  Contact given;  // telephone numbers read
  std::vector<ContactKey> keys = {};
  UpsertStep step = {};
  int tries = 0;
  int64_t revision = 0;      // that its contact had before it
  absl::Status status = {};  // the latest
};

// All of one call, done in rounds: in each, those that need not wait for another one.
class Upserts {
 public:
  Upserts(const Ports& ports, const rpc::CallContext& context) : ports_(ports), context_(context) {}

  void Add(const v1::UpsertContactRequest& request, v1::UpsertContactResult& result) {
    Upsert& upsert = all_.emplace_back(Upsert{request, result, FromProto(request.contact())});
    upsert.given.tenant = context_.tenant;
    NormalizePhones(upsert.given, ports_.phones);
    Contact normal = upsert.given;
    Normalize(normal);
    upsert.keys = KeysOf(normal);
    upsert.status = CheckUpsert(request, normal, ports_.clock.Now());
  }

  // OK if at least one was tried; the results are set then.
  absl::Status Run() {
    for (Upsert& upsert : all_) {
      if (upsert.status.ok()) {
        pending_.push_back(&upsert);
      } else {
        Fail(upsert);
      }
    }
    while (!pending_.empty()) Round();
    const bool none = std::all_of(all_.begin(), all_.end(), [](const Upsert& upsert) {
      return serving::Unreached(upsert.status);
    });
    return none ? all_.front().status : absl::OkStatus();
  }

 private:
  void Fail(Upsert& upsert) {
    rpc::ToRpcStatus(upsert.status, kErrorDomain, upsert.result.mutable_error());
  }

  absl::Status Plan() {
    std::vector<ContactKey> wanted;
    std::vector<std::vector<ContactKey>> keys;
    for (const Upsert* upsert : pending_) {
      wanted.insert(wanted.end(), upsert->keys.begin(), upsert->keys.end());
      keys.push_back(upsert->keys);
    }
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    CRM_ASSIGN_OR_RETURN(const KeyHolders holders,
                         ports_.reads.HoldersOf(context_.tenant, wanted, context_.deadline));
    const std::vector<UpsertStep> steps = PlanUpserts(keys, holders);
    for (size_t i = 0; i < steps.size(); ++i) pending_[i]->step = steps[i];
    return absl::OkStatus();
  }

  void Round() {
    if (const absl::Status status = Plan(); !status.ok()) {
      for (Upsert* upsert : std::exchange(pending_, {})) {
        upsert->status = status;
        Fail(*upsert);
      }
      return;
    }
    std::vector<Upsert*> creating, changing, left;
    for (Upsert* upsert : pending_) {
      std::vector<Upsert*>& group = upsert->step.kind == Kind::kWait     ? left
                                    : upsert->step.kind == Kind::kCreate ? creating
                                                                         : changing;
      group.push_back(upsert);
    }
    Create(creating);
    Change(changing);
    std::erase_if(pending_, [](const Upsert* upsert) { return IsDone(*upsert); });
  }

  // Whether this one is answered; if not, it is planned anew.
  static bool IsDone(const Upsert& upsert) {
    return upsert.result.result_case() != v1::UpsertContactResult::RESULT_NOT_SET;
  }

  void Create(absl::Span<Upsert* const> upserts) {
    std::vector<Creation> creations;
    std::vector<Upsert*> callers;
    for (Upsert* upsert : upserts) {
      absl::StatusOr<Creation> creation = CreationOf(*upsert);
      upsert->status = creation.status();
      if (!creation.ok()) {
        Fail(*upsert);
        continue;
      }
      creations.push_back(*std::move(creation));
      callers.push_back(upsert);
    }
    std::vector<Creation*> pointers;
    for (Creation& creation : creations) pointers.push_back(&creation);
    ports_.contacts.Create(pointers, context_.deadline);
    for (size_t i = 0; i < creations.size(); ++i) {
      Settle(*callers[i], creations[i].outcome, absl::StatusCode::kAlreadyExists);
    }
  }

  absl::StatusOr<Creation> CreationOf(const Upsert& upsert) const {
    CRM_RETURN_IF_ERROR(CheckNew(upsert.request, ports_.clock.Now()));
    Creation creation;
    creation.aggregate = upsert.given;
    creation.aggregate.id = ports_.ids.New();
    CRM_RETURN_IF_ERROR(Open(creation.aggregate, ports_.phones,
                             serving::OccasionOf(ports_, context_, upsert.request)));
    creation.request = serving::RequestOf(context_, upsert.request);
    creation.author = serving::AuthorOf(context_);
    creation.answer = [](const Contact& contact) {
      return AnswerOf(contact, v1::UPSERT_OUTCOME_CREATED, v1::UPSERT_RULE_UNSPECIFIED);
    };
    return creation;
  }

  void Change(absl::Span<Upsert* const> upserts) {
    std::vector<ChangeOfContact> changes;
    for (Upsert* upsert : upserts) changes.push_back(ChangeFor(*upsert));
    std::vector<ChangeOfContact*> pointers;
    for (ChangeOfContact& change : changes) pointers.push_back(&change);
    ports_.contacts.Update(pointers, context_.deadline);
    for (size_t i = 0; i < changes.size(); ++i) {
      Settle(*upserts[i], changes[i].outcome, absl::StatusCode::kFailedPrecondition);
    }
  }

  // The rule notes which revision it was given, anew each time that it is run.
  ChangeOfContact ChangeFor(Upsert& upsert) const {
    ChangeOfContact change;
    change.key = {context_.tenant, upsert.step.contact};
    change.request = serving::RequestOf(context_, upsert.request);
    change.author = serving::AuthorOf(context_);
    change.apply = [&upsert, &phones = ports_.phones](Contact& contact) -> absl::Status {
      upsert.revision = contact.revision;
      CRM_RETURN_IF_ERROR(CheckLive(contact));
      CRM_RETURN_IF_ERROR(CheckSame(contact, upsert.given, upsert.step.rule));
      return error::Under("contact", Edit(contact, Additions(contact, upsert.given), phones));
    };
    change.answer = [&upsert](const Contact& contact) {
      const bool same = contact.revision == upsert.revision;
      return AnswerOf(contact, same ? v1::UPSERT_OUTCOME_UNCHANGED : v1::UPSERT_OUTCOME_UPDATED,
                      RuleOf(upsert.step.rule));
    };
    return change;
  }

  // `lost`: the code by which the repository says that things are not as they were found.
  void Settle(Upsert& upsert, const absl::StatusOr<aggregate::Answer>& outcome,
              absl::StatusCode lost) {
    upsert.status = outcome.status();
    if (outcome.ok()) {
      upsert.result.mutable_upserted()->ParseFromString(outcome->bytes);
    } else if (outcome.status().code() != lost || ++upsert.tries == kMostTries) {
      Fail(upsert);
    }
  }

  const Ports& ports_;
  const rpc::CallContext& context_;
  std::vector<Upsert> all_;
  std::vector<Upsert*> pending_;
};

}  // namespace

absl::Status UpsertContacts(const Ports& ports, const rpc::CallContext& context,
                            const v1::UpsertContactsRequest& request,
                            v1::UpsertContactsResponse& response) {
  Upserts upserts(ports, context);
  for (const v1::UpsertContactRequest& one : request.requests()) {
    upserts.Add(one, *response.add_results());
  }
  return upserts.Run();
}

}  // namespace crm::contact
