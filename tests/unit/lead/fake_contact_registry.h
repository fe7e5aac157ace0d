#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/synchronization/mutex.h"
#include "common/base/status.h"
#include "common/error/refusals.h"
#include "services/lead/domain/contact_registry.h"

namespace crm::lead::testing {

// Contacts in memory, by the rules of the contact service: addresses and domains are unique among
// those that are not deleted, ids among all. A number is understood if it begins with '+'.
class FakeContactRegistry final : public ContactRegistry {
 public:
  absl::StatusOr<FoundContact> Find(const RegistryCaller& caller,
                                    const ContactFacts& facts) override {
    if (ContactRegistry* const other = other_) return other->Find(caller, facts);
    absl::MutexLock lock(&mutex_);
    ++calls_;
    CRM_RETURN_IF_ERROR(status_);
    FoundContact found;
    found.email = absl::AsciiStrToLower(facts.email);
    if (!facts.phone.empty() && facts.phone[0] == '+') found.e164 = facts.phone;
    found.domain = absl::AsciiStrToLower(facts.domain);
    const auto first = [&](const auto& is) -> std::optional<base::Uuid> {
      for (const auto& [key, one] : made_) {
        if (key.first == caller.tenant && !one.deleted && is(one.draft)) return key.second;
      }
      return std::nullopt;
    };
    const auto named = [&](const ContactDraft& draft) {
      return facts.display_name.empty() || draft.display_name == facts.display_name;
    };
    if (!found.domain.empty()) {
      found.organization =
          first([&](const auto& d) { return !d.person && d.domain == found.domain; });
    }
    if (!found.email.empty()) {
      found.contact =
          first([&](const auto& d) { return absl::AsciiStrToLower(d.email) == found.email; });
      found.by_email = found.contact.has_value();
    }
    if (!found.contact && !found.e164.empty()) {
      found.contact = first([&](const auto& d) { return d.phone == found.e164 && named(d); });
    }
    if (!found.contact && found.organization) {
      found.contact = facts.display_name.empty() ? found.organization : first([&](const auto& d) {
        return d.organization == found.organization && named(d);
      });
    }
    return found;
  }

  absl::Status Create(const RegistryCaller& caller, const ContactDraft& draft) override {
    if (ContactRegistry* const other = other_) return other->Create(caller, draft);
    absl::MutexLock lock(&mutex_);
    ++calls_;
    CRM_RETURN_IF_ERROR(status_);
    const auto taken = [&](const auto& is) {
      return std::any_of(made_.begin(), made_.end(), [&](const auto& one) {
        return one.first.first == caller.tenant && !one.second.deleted && is(one.second.draft);
      });
    };
    if (made_.contains({caller.tenant, draft.id})) {
      return error::DuplicateId("contact_id", "contacts/" + draft.id.ToString());
    }
    if ((!draft.email.empty() && taken([&](const auto& d) { return d.email == draft.email; })) ||
        (!draft.domain.empty() && taken([&](const auto& d) { return d.domain == draft.domain; }))) {
      return error::Error(absl::StatusCode::kAlreadyExists, "DUPLICATE_CONTACT", "taken");
    }
    made_[{caller.tenant, draft.id}] = {draft};
    return absl::OkStatus();
  }

  // Another one answers from now on; nullptr: this one again.
  void Ask(ContactRegistry* other) { other_ = other; }
  // Every call fails with it; OK: none.
  void SetStatus(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    status_ = std::move(status);
  }
  void Delete(const std::string& tenant, const base::Uuid& contact) {
    absl::MutexLock lock(&mutex_);
    made_.at({tenant, contact}).deleted = true;
  }
  // The contacts of a tenant that were made, deleted ones too.
  std::vector<ContactDraft> Made(const std::string& tenant) const {
    absl::MutexLock lock(&mutex_);
    std::vector<ContactDraft> drafts;
    for (const auto& [key, one] : made_) {
      if (key.first == tenant) drafts.push_back(one.draft);
    }
    return drafts;
  }
  int calls() const {
    absl::MutexLock lock(&mutex_);
    return calls_;
  }

 private:
  struct Entry {
    ContactDraft draft;
    bool deleted = false;
  };

  std::atomic<ContactRegistry*> other_{nullptr};
  mutable absl::Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<std::string, base::Uuid>, Entry> made_ ABSL_GUARDED_BY(mutex_);
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace crm::lead::testing
