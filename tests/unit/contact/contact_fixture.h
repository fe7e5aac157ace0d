#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/contact/domain/contact.h"
#include "tests/unit/contact/fake_phones.h"

// A person of an organization, as a draft and as a contact.
namespace crm::contact::testing {

inline const absl::Time kToday = absl::FromUnixSeconds(1'790'000'000);
inline const base::Uuid kId(1, 1);
inline const base::Uuid kOrganization(1, 2);

inline Occasion ByMe() {
  return {.now = kToday,
          .effective_time = std::nullopt,
          .event_id = base::Uuid(9, 9),
          .actor = "me",
          .request_id = "request",
          .traceparent = "trace"};
}

inline Contact PersonDraft() {
  Contact draft;
  draft.tenant = "acme";
  draft.id = kId;
  draft.body = Person{"Anna", "Snelling"};
  draft.employments = {{kOrganization, "Buyer"}};
  draft.emails = {{"Anna@Example.com", "", "work", false}, {"a@home.example", "", "", false}};
  draft.phones = {{"0446681800", "", "desk"}, {"none", "", ""}};
  draft.owner = "agent";
  draft.external_id = "x-1";
  return draft;
}

// As it reads back.
inline Contact Live() {
  Contact contact = PersonDraft();
  EXPECT_TRUE(Open(contact, FakePhones(), ByMe()).ok());
  contact.stage_changes.clear();
  return contact;
}

}  // namespace crm::contact::testing
