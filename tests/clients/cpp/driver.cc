// Does with the C++ package what it is told: a JSON object a line in, one a line out; see
// drivers.py.

#include <crm/lead/v1/lead_service.grpc.pb.h>
#include <crm/pipeline/client.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/create_channel.h>

#include <chrono>
#include <ctime>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <string>

namespace {

using google::protobuf::ListValue;
using google::protobuf::Message;
using google::protobuf::Struct;
using google::protobuf::util::JsonStringToMessage;
using google::protobuf::util::MessageToJsonString;

namespace pipeline = crm::pipeline;

std::optional<pipeline::Client> client;

std::string Json(const Message& message) {
  std::string text;
  if (!MessageToJsonString(message, &text).ok()) std::abort();
  return text;
}

std::string Text(const Struct& order, const std::string& key) {
  const auto found = order.fields().find(key);
  return found == order.fields().end() ? "" : found->second.string_value();
}

double Number(const Struct& order, const std::string& key, double otherwise) {
  const auto found = order.fields().find(key);
  return found == order.fields().end() || found->second.has_null_value()
             ? otherwise
             : found->second.number_value();
}

template <class Request>
Request RequestOf(const Struct& order) {
  Request request;
  if (!JsonStringToMessage(Json(order.fields().at("request")), &request).ok()) std::abort();
  return request;
}

// "NOT_FOUND", as the others call it.
std::string CodeOf(const absl::Status& error) { return absl::StatusCodeToString(error.code()); }

std::string Told(const absl::Status& status) {
  const pipeline::ErrorDetails details = pipeline::DetailsOf(status);
  Struct error;
  auto& fields = *error.mutable_fields();
  fields["code"].set_string_value(CodeOf(status));
  fields["reason"].set_string_value(details.reason);
  fields["message"].set_string_value(std::string(status.message()));
  auto& metadata = *fields["metadata"].mutable_struct_value()->mutable_fields();
  for (const auto& [key, value] : details.metadata) metadata[key].set_string_value(value);
  const auto add = [](ListValue* list, const std::vector<std::string>& words) {
    ListValue* row = list->add_values()->mutable_list_value();
    for (const std::string& word : words) row->add_values()->set_string_value(word);
  };
  ListValue* violations = fields["violations"].mutable_list_value();
  for (const auto& each : details.violations) add(violations, {each.field, each.description});
  ListValue* preconditions = fields["preconditions"].mutable_list_value();
  for (const auto& each : details.preconditions) {
    add(preconditions, {each.type, each.subject, each.description});
  }
  return "{\"error\":" + Json(error) + "}";
}

template <class Request>
std::string Call(const Struct& order) {
  const absl::Duration otherwise = pipeline::MethodOf<Request>::kDeadline;
  const absl::Duration limit =
      absl::Seconds(Number(order, "timeout", absl::ToDoubleSeconds(otherwise)));
  const auto response = client->Call(RequestOf<Request>(order), limit);
  return response.ok() ? "{\"response\":" + Json(*response) + "}" : Told(response.status());
}

template <class Request>
std::string ListAll(const Struct& order) {
  std::string items;
  const absl::Status status = client->ListAll(RequestOf<Request>(order), [&](const Message& item) {
    items += (items.empty() ? "" : ",") + Json(item);
    return true;
  });
  return status.ok() ? "{\"items\":[" + items + "]}" : Told(status);
}

std::string Watch(const Struct& order) {
  const std::map<std::string, pipeline::Server> servers = {
      {"contact", pipeline::Server::kContact},
      {"lead", pipeline::Server::kLead},
      {"opportunity", pipeline::Server::kOpportunity}};
  crm::event::v1::SubscribeStageEventsRequest from;
  from.set_after_sequence(static_cast<int64_t>(Number(order, "after", 0)));
  const auto subjects = order.fields().find("subjects");
  if (subjects != order.fields().end()) {
    for (const auto& each : subjects->second.list_value().values()) {
      from.add_subjects(each.string_value());
    }
  }
  pipeline::StageEventWatch watch =
      client->WatchStageEvents(servers.at(Text(order, "watch")), from);
  std::string events;
  for (int left = static_cast<int>(Number(order, "count", 1)); left > 0; --left) {
    const auto event = watch.Next();
    if (!event.ok()) return Told(event.status());
    events += (events.empty() ? "" : ",") + Json(*event);
  }
  return "{\"events\":[" + events + "]}";
}

// Seconds and CPU seconds for `calls` of GetLead in turns by the bare stub and by the package.
std::string Throughput(const Struct& order) {
  namespace lead = crm::lead::v1;
  const auto stub = lead::LeadService::NewStub(
      grpc::CreateChannel(Text(order, "address"), grpc::InsecureChannelCredentials()));
  lead::GetLeadRequest request;
  request.set_name(Text(order, "name"));
  const std::function<bool()> ways[] = {
      [&] {
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
        lead::GetLeadResponse response;
        return stub->GetLead(&context, request, &response).ok();
      },
      [&] { return client->Call(request).ok(); }};
  double spent[2][2] = {};
  for (int turn = 0; turn < 2 * static_cast<int>(Number(order, "rounds", 1)); ++turn) {
    const std::function<bool()>& way = ways[turn % 2];
    if (!way()) std::abort();
    const auto begun = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
    for (int left = static_cast<int>(Number(order, "calls", 1)); left > 0; --left) way();
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begun;
    spent[turn % 2][0] += passed.count();
    spent[turn % 2][1] += static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
  }
  std::ostringstream told;
  told << "{\"bare\":[" << spent[0][0] << "," << spent[0][1] << "],\"package\":[" << spent[1][0]
       << "," << spent[1][1] << "]}";
  return told.str();
}

std::string Connect(const Struct& settings) {
  const auto of = [&](const char* key) { return Text(settings, key); };
  auto made = pipeline::Client::Connect({.contact = of("contact"),
                                         .lead = of("lead"),
                                         .opportunity = of("opportunity"),
                                         .token_file = of("token_file")},
                                        of("stack"));
  if (!made.ok()) return Told(made.status());
  client = *std::move(made);
  return "{}";
}

std::string Obey(const Struct& order) {
  using namespace crm;  // NOLINT: the packages of the protos
  static const std::map<std::string, std::function<std::string(const Struct&)>> kCalls = {
      {"contact.create_contact", Call<contact::v1::CreateContactRequest>},
      {"lead.capture_lead", Call<lead::v1::CaptureLeadRequest>},
      {"lead.assess_criterion", Call<lead::v1::AssessCriterionRequest>},
      {"lead.qualify_lead", Call<lead::v1::QualifyLeadRequest>},
      {"lead.convert_lead", Call<lead::v1::ConvertLeadRequest>},
      {"lead.log_activity", Call<lead::v1::LogActivityRequest>},
      {"lead.get_lead", Call<lead::v1::GetLeadRequest>},
      {"opportunity.win_opportunity", Call<opportunity::v1::WinOpportunityRequest>},
      {"lead.list_assessments", ListAll<lead::v1::ListAssessmentsRequest>},
      {"lead.list_activities", ListAll<lead::v1::ListActivitiesRequest>},
      {"opportunity.list_stage_changes", ListAll<opportunity::v1::ListStageChangesRequest>}};
  const auto settings = order.fields().find("connect");
  if (settings != order.fields().end()) return Connect(settings->second.struct_value());
  if (!Text(order, "throughput").empty()) return Throughput(order);
  if (!Text(order, "watch").empty()) return Watch(order);
  return kCalls.at(Text(order, "call") + Text(order, "list_all"))(order);
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    Struct order;
    if (!JsonStringToMessage(line, &order).ok()) return 2;
    std::cout << Obey(order) << std::endl;
  }
}
