#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {

using AssignmentStub = v1::AssignmentService::Stub;

// Rules, and leads that are dealt by them.
class AssignmentTest : public LeadServiceTest {
 protected:
  template <class Req, class Resp>
  absl::StatusOr<Resp> Rules(grpc::Status (AssignmentStub::*method)(grpc::ClientContext*,
                                                                    const Req&, Resp*),
                             const Req& request) {
    return CallOn(Service().assignment_stub(), method, request);
  }

  static v1::AssignmentRule Rule(const std::string& name, v1::AssignmentWay way,
                                 const std::vector<std::string>& team) {
    v1::AssignmentRule rule;
    rule.set_name(name);
    rule.set_way(way);
    for (const std::string& agent : team) rule.add_team(agent);
    return rule;
  }
  absl::StatusOr<v1::UpdateAssignmentRulesResponse> SetRules(
      const std::vector<v1::AssignmentRule>& rules, const std::string& etag = "",
      const std::string& request_id = "") {
    v1::UpdateAssignmentRulesRequest request;
    for (const v1::AssignmentRule& rule : rules) *request.mutable_rules()->add_rules() = rule;
    request.mutable_rules()->set_etag(etag);
    request.set_request_id(request_id);
    return Rules(&AssignmentStub::UpdateAssignmentRules, request);
  }

  // A lead that nobody owns.
  v1::Lead Unowned(type::v1::LeadSource source = type::v1::LEAD_SOURCE_WEB) {
    v1::CreateLeadRequest request = CreateRequest();
    request.mutable_lead()->clear_owner();
    request.mutable_lead()->set_source(source);
    return Create(request);
  }
  std::vector<std::string> UnownedNames(int count) {
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) names.push_back(Unowned().name());
    return names;
  }

  absl::StatusOr<v1::AssignLeadsResponse> Deal(const v1::AssignLeadsRequest& request) {
    return Call(&Stub::AssignLeads, request);
  }
  v1::AssignLeadsResponse Deal(const std::vector<std::string>& names) {
    v1::AssignLeadsRequest request;
    for (const std::string& name : names) request.add_leads(name);
    const auto response = Deal(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::AssignLeadsResponse();
  }
  static std::map<std::string, int> Got(const std::vector<v1::AssignLeadsResponse>& answers) {
    std::map<std::string, int> got;
    for (const auto& answer : answers) {
      for (const auto& one : answer.assignments()) {
        if (one.outcome() == v1::ASSIGNMENT_OUTCOME_ASSIGNED) ++got[one.owner()];
      }
    }
    return got;
  }
};

}  // namespace crm::lead::testing
