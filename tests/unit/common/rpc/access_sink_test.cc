#include "common/rpc/access_sink.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"

namespace crm::rpc {
namespace {

constexpr char const* kServices[] = {
    "crm.contact.v1.ContactSearchService",
    "crm.lead.v1.LeadService",
    "crm.lead.v1.PredictionService",
    "crm.opportunity.v1.OpportunityService",
};

bool Shows(absl::string_view name) {
  for (const char* const service : kServices) {
    const auto* const found =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
    if (found == nullptr) ADD_FAILURE() << "no service " << service;
    const auto* const method =
        found == nullptr ? nullptr : found->FindMethodByName(std::string(name));
    if (method != nullptr) return ShowsPersonalData(AccessOf(*method, method->full_name()));
  }
  ADD_FAILURE() << "no method " << name;
  return false;
}

TEST(AccessSinkTest, WhatReadsShowsPersonalDataWhateverItsVerb) {
  for (const auto name :
       absl::StrSplit("GetLead BatchGetLeads ListLeads ListActivities ListRevisions EvaluateLead "
                      "EvaluateLeads "
                      "PredictConversion SearchContacts FindDuplicates GetOpportunity CheckMove "
                      "ListStageChanges",
                      ' ')) {
    EXPECT_TRUE(Shows(name)) << name;
  }
}

TEST(AccessSinkTest, WhatChangesSomethingHasAHistoryOfItsOwn) {
  for (const auto name :
       absl::StrSplit("CreateLead UpdateLead LogActivity AssessCriterion CaptureLead AssignLeads "
                      "TrainModel OpenOpportunity MoveOpportunity BatchMoveOpportunities",
                      ' ')) {
    EXPECT_FALSE(Shows(name)) << name;
  }
}

TEST(AccessSinkTest, AMethodWithoutAScopeShowsNothing) {
  EXPECT_FALSE(ShowsPersonalData({"crm.x.v1.X/GetX", "", ""}));
}

}  // namespace
}  // namespace crm::rpc
