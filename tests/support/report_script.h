#pragma once

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "crm/opportunity/v1/report_service.pb.h"
#include "tests/support/command.h"

namespace crm::testing {

// Compares what a script makes of exported events with what a ReportService answers: by default
// clients/examples/reports.py with that of opportunities.
class ReportScript {
 public:
  explicit ReportScript(std::string script = "clients/examples/reports.py")
      : script_(std::move(script)) {}

  // Notes a question and its answer.
  template <class Request, class Response>
  void Expect(const std::string& method, const Request& request, Response answer) {
    ClearUnpublished(answer);
    absl::StrAppend(&requests_, method, "\t", JsonOf(request), "\n");
    checks_.push_back([answer = std::move(answer),
                       what = method + " " + JsonOf(request)](const std::string& json) {
      Response told;
      ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &told).ok()) << json;
      ExpectSame(answer, told, what);
    });
  }

  // Asks the script all of them; `events` is a file of crmctl events export.
  void Run(const std::filesystem::path& events) {
    const std::filesystem::path requests = events.parent_path() / "requests";
    std::ofstream(requests) << requests_;
    const auto outcome =
        RunScript(absl::StrCat("exec /usr/bin/python3 -B ", script_, " ", Quoted(events.string()),
                               " --requests ", Quoted(requests.string())));
    ASSERT_EQ(outcome.code, 0) << outcome.output;
    const std::vector<std::string> answers =
        absl::StrSplit(outcome.output, '\n', absl::SkipEmpty());
    ASSERT_EQ(answers.size(), checks_.size()) << outcome.output;
    for (size_t i = 0; i < checks_.size(); ++i) checks_[i](answers[i]);
  }

  static std::string JsonOf(const google::protobuf::Message& message) {
    std::string json;
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &json).ok());
    return json;
  }

 private:
  // Whole numbers must be the same; fractions may differ in their last bits.
  static void ExpectSame(const google::protobuf::Message& answer,
                         const google::protobuf::Message& told, const std::string& what) {
    google::protobuf::util::MessageDifferencer differencer;
    differencer.set_float_comparison(differencer.APPROXIMATE);
    Allow(answer.GetDescriptor(), differencer);
    std::string differences;
    differencer.ReportDifferencesToString(&differences);
    EXPECT_TRUE(differencer.Compare(answer, told)) << what << "\n" << differences;
  }

  static void Allow(const google::protobuf::Descriptor* type,
                    google::protobuf::util::MessageDifferencer& differencer) {
    for (int i = 0; i < type->field_count(); ++i) {
      const google::protobuf::FieldDescriptor* const field = type->field(i);
      if (field->cpp_type() == field->CPPTYPE_DOUBLE) {
        differencer.SetFractionAndMargin(field, 1e-9, 1e-9);
      } else if (field->message_type() != nullptr) {
        Allow(field->message_type(), differencer);
      }
    }
  }

  // Display names: those of things are in no event, nor those of stages that nothing has entered.
  template <class Response>
  static void ClearUnpublished(Response& response) {
    response.clear_basis();
    if constexpr (requires { response.total().stages(); }) {
      ClearNames(*response.mutable_total()->mutable_stages());
      for (auto& row : *response.mutable_rows()) ClearNames(*row.mutable_stages());
    } else if constexpr (requires { response.rows(0).curve(); }) {
      ClearNames(*response.mutable_rows());
    } else if constexpr (requires { response.things(); }) {
      ClearNames(*response.mutable_things());
    } else if constexpr (requires { response.net(); }) {
      for (auto& part : *response.mutable_net()) ClearNames(*part.mutable_things());
      for (auto& part : *response.mutable_gross()) ClearNames(*part.mutable_things());
    }
  }
  template <class Messages>
  static void ClearNames(Messages& messages) {
    for (auto& message : messages) message.clear_display_name();
  }

  const std::string script_;
  std::string requests_;
  std::vector<std::function<void(const std::string&)>> checks_;
};

}  // namespace crm::testing
