#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {

// Calls of CaptureLead.
class CaptureTest : public LeadServiceTest {
 protected:
  static v1::CaptureLeadRequest Form(const std::string& email) {
    v1::CaptureLeadRequest request;
    request.mutable_contact()->set_display_name("Anna Snelling");
    request.mutable_contact()->set_email(email);
    request.set_interest("Presses");
    request.set_note("Please call me.");
    request.set_request_id(NewUuid());
    return request;
  }
  static v1::CaptureLeadRequest Again(v1::CaptureLeadRequest request) {
    request.set_request_id(NewUuid());
    return request;
  }
  v1::CaptureLeadResponse Capture(const v1::CaptureLeadRequest& request) {
    const auto response = Call(&Stub::CaptureLead, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::CaptureLeadResponse();
  }
  std::string Count(const std::string& table) {
    return Service().Sql("SELECT count(*) FROM " + table + " WHERE tenant = '" + tenant() + "'");
  }
};

}  // namespace crm::lead::testing
