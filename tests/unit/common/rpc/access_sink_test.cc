#include "common/rpc/access_sink.h"

#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "crm/contact/v1/search_service.pb.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "crm/lead/v1/prediction_service.pb.h"
#include "crm/opportunity/v1/opportunity_service.pb.h"

namespace crm::rpc {
namespace {

const google::protobuf::FileDescriptor* const kFiles[] = {
    contact::v1::SearchContactsRequest::descriptor()->file(),
    lead::v1::GetLeadRequest::descriptor()->file(),
    lead::v1::GetModelRequest::descriptor()->file(),
    opportunity::v1::GetOpportunityRequest::descriptor()->file(),
};

bool Shows(absl::string_view name) {
  for (const auto* const file : kFiles) {
    for (int i = 0; i < file->service_count(); ++i) {
      const auto* const method = file->service(i)->FindMethodByName(std::string(name));
      if (method != nullptr) return ShowsPersonalData(AccessOf(*method, method->full_name()));
    }
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
