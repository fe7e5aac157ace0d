// Which lead of its contact a capture is.

#include "services/lead/domain/capture.h"

#include <gmock/gmock.h>

#include "services/lead/domain/lead_assignment.h"

namespace crm::lead {
namespace {

const base::Uuid kContact(0x018f6d3a7b1c7e55, 0x8c1e0d9a4b3c2d1e);

Lead LeadIn(LeadState state, uint64_t id, const std::string& interest, int day = 1) {
  Lead lead;
  lead.id = base::Uuid(1, id);
  lead.contact = kContact;
  lead.state = state;
  if (!interest.empty()) lead.interests = {"Something else", interest};
  lead.create_time = absl::FromUnixSeconds(0) + absl::Hours(24 * day);
  return lead;
}

TEST(Capture, OneExhaustiveTableOfStates) {
  const struct {
    LeadState state;
    CaptureOutcome outcome;
  } rows[] = {
      {LeadState::kNew, CaptureOutcome::kExisting},
      {LeadState::kWorking, CaptureOutcome::kExisting},
      {LeadState::kQualified, CaptureOutcome::kExisting},
      {LeadState::kConverting, CaptureOutcome::kExisting},
      {LeadState::kConverted, CaptureOutcome::kCreated},
      {LeadState::kDisqualified, CaptureOutcome::kReopened},
  };
  static_assert(std::size(rows) == std::size(kLeadStateNames) - 1);
  for (const auto& row : rows) {
    const std::vector<Lead> leads = {LeadIn(row.state, 7, "Presses")};
    const CapturePlace place = PlaceOf(kContact, " presses", leads);
    EXPECT_EQ(place.outcome, row.outcome) << NameOf(kLeadStateNames, row.state);
    EXPECT_EQ(place.lead == leads[0].id, row.outcome != CaptureOutcome::kCreated);
    if (row.outcome != CaptureOutcome::kCreated) {
      EXPECT_TRUE(StillThere(leads[0], place));
    }
    // It is about something else.
    EXPECT_EQ(PlaceOf(kContact, "Folders", leads).outcome, CaptureOutcome::kCreated);
    // It is about nothing in particular.
    EXPECT_EQ(PlaceOf(kContact, "", leads).outcome, row.outcome);
  }
}

TEST(Capture, TheNewestLiveOneBeforeTheNewestDisqualifiedOne) {
  const std::vector<Lead> leads = {
      LeadIn(LeadState::kNew, 1, "Presses", 1), LeadIn(LeadState::kWorking, 2, "Presses", 3),
      LeadIn(LeadState::kNew, 3, "Presses", 2), LeadIn(LeadState::kDisqualified, 4, "Presses", 5),
      LeadIn(LeadState::kDisqualified, 5, "Presses", 4)};
  EXPECT_EQ(PlaceOf(kContact, "Presses", leads).lead, base::Uuid(1, 2));
  const auto given_up = absl::MakeConstSpan(leads).subspan(3);
  EXPECT_EQ(PlaceOf(kContact, "Presses", given_up).lead, base::Uuid(1, 4));
}

TEST(Capture, ThoseWhoSeeTheSameMakeTheSame) {
  const CapturePlace one = PlaceOf(kContact, "Presses", {});
  EXPECT_EQ(PlaceOf(kContact, "PRESSES ", {}).lead, one.lead);
  EXPECT_NE(PlaceOf(kContact, "Folders", {}).lead, one.lead);
  EXPECT_NE(PlaceOf(base::Uuid(1, 1), "Presses", {}).lead, one.lead);
  // Leads that were made otherwise do not change which id comes next, captured ones do.
  const std::vector<Lead> others = {LeadIn(LeadState::kConverted, 7, "Presses")};
  EXPECT_EQ(PlaceOf(kContact, "Presses", others).lead, one.lead);
  Lead captured = LeadIn(LeadState::kConverted, 7, "Renamed since");
  captured.id = one.lead;
  const CapturePlace next = PlaceOf(kContact, "Presses", absl::MakeConstSpan(&captured, 1));
  EXPECT_EQ(next.outcome, CaptureOutcome::kCreated);
  EXPECT_NE(next.lead, one.lead);
}

TEST(Capture, ADeletedLeadIsNoPlaceAndKeepsItsId) {
  Lead deleted = LeadIn(LeadState::kNew, 7, "Presses");
  deleted.id = PlaceOf(kContact, "Presses", {}).lead;
  deleted.delete_time = absl::FromUnixSeconds(1);
  const CapturePlace place = PlaceOf(kContact, "Presses", absl::MakeConstSpan(&deleted, 1));
  EXPECT_EQ(place.outcome, CaptureOutcome::kCreated);
  EXPECT_NE(place.lead, deleted.id);
  EXPECT_FALSE(StillThere(deleted, {CaptureOutcome::kExisting, deleted.id}));
}

TEST(Capture, AMessageThatComesInIsNoWork) {
  Lead lead = LeadIn(LeadState::kNew, 1, "Presses");
  Activity message;
  message.type = ActivityType::kMessage;
  message.direction = ActivityDirection::kInbound;
  Receive(lead, message);
  EXPECT_EQ(lead.state, LeadState::kNew);
  EXPECT_EQ(lead.activities.count, 1);
  EXPECT_TRUE(lead.activities.two_way);
  EXPECT_EQ(lead.new_activities.size(), 1);
}

TEST(Assign, GivesTheLeadButNotWhileItIsConverted) {
  Lead lead = LeadIn(LeadState::kWorking, 1, "");
  const Assignment assignment{"on holiday", "", 0, "boss", absl::FromUnixSeconds(1)};
  ASSERT_TRUE(Assign(lead, "bert", assignment).ok());
  EXPECT_EQ(lead.owner, "bert");
  EXPECT_EQ(lead.assignment, assignment);
  lead.state = LeadState::kConverting;
  EXPECT_FALSE(Assign(lead, "anna", assignment).ok());
}

}  // namespace
}  // namespace crm::lead
