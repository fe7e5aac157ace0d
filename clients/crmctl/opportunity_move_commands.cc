#include "clients/crmctl/arguments.h"

namespace crm::crmctl {
namespace {

struct MoveOptions {
  std::string name, etag, request_id, effective_time;
  std::string amount, stage, reason, override_reason, loss_reason, note, competitor, pipeline;
  int64_t version = 0;
};

// A move of one opportunity: the common fields, then `fill`'s.
template <class Request>
CLI::App* AddOpportunityMove(CLI::App* group, Session* session,
                             const std::shared_ptr<MoveOptions>& o, const char* name,
                             const char* help, std::function<void(Arguments*, Request*)> fill) {
  CLI::App* command = AddCommand(group, name, help, session, [session, o, fill] {
    Arguments arguments;
    Request request;
    request.set_name(arguments.Name(o->name, "opportunities"));
    request.set_etag(o->etag);
    request.set_request_id(o->request_id);
    arguments.SetTime("--effective-time", o->effective_time,
                      [&] { return request.mutable_effective_time(); });
    fill(&arguments, &request);
    return PrintCall(*session, arguments, request, [](const auto& r) { return r.opportunity(); });
  });
  command->add_option("name", o->name, "opportunities/<uuid>")->required();
  command->add_option("--etag", o->etag, "refuse if it has changed since");
  command->add_option("--request-id", o->request_id, "UUID that makes the call repeatable");
  command->add_option("--effective-time", o->effective_time, "when it happened; default: now");
  return command;
}

// What a move would need, without making it.
void AddCheck(CLI::App* group, Session* session, const std::shared_ptr<MoveOptions>& o) {
  CLI::App* check = AddCommand(
      group, "check-move", "what a move would need; changes nothing", session, [session, o] {
        Arguments arguments;
        opportunity::v1::CheckMoveRequest request;
        request.set_name(arguments.Name(o->name, "opportunities"));
        request.set_stage(o->stage);
        arguments.SetMoney("--amount", o->amount, [&] { return request.mutable_amount(); });
        CRM_RETURN_IF_ERROR(arguments.status());
        CRM_ASSIGN_OR_RETURN(const client::Client client, session->Client());
        CRM_ASSIGN_OR_RETURN(auto response, client.Call(request));
        if (session->settings.json()) {
          PrintMessage(response, true);
          return absl::OkStatus();
        }
        const auto gates = response.gates();
        response.clear_gates();
        PrintMessage(response, false);
        PrintMessages(gates, {{"GATE", "gate"}, {"MET", "met"}, {"ASKS FOR", "demand"}}, false,
                      false);
        return absl::OkStatus();
      });
  check->add_option("name", o->name, "opportunities/<uuid>")->required();
  check->add_option("--stage", o->stage, "key of the stage")->required();
  check->add_option("--amount", o->amount, "the amount it would be won with");
}

void AddCorrection(CLI::App* group, Session* session, const std::shared_ptr<MoveOptions>& o) {
  CLI::App* correct = AddOpportunityMove<opportunity::v1::CorrectStageChangeRequest>(
      group, session, o, "correct", "a stage change that was recorded wrongly",
      [o](Arguments*, auto* request) {
        request->set_version(o->version);
        request->set_stage(o->stage);
        request->set_reason(o->reason);
      });
  correct->add_option("--version", o->version, "which one, as history tells")->required();
  correct->add_option("--stage", o->stage, "the open stage that it led to in truth");
  correct->get_option("--effective-time")->description("when it happened in truth");
  correct->add_option("--reason", o->reason, "why")->required();
}

// Losing, and coming back.
void AddClosing(CLI::App* group, Session* session, const std::shared_ptr<MoveOptions>& o) {
  CLI::App* lose = AddOpportunityMove<opportunity::v1::LoseOpportunityRequest>(
      group, session, o, "lose", "it did not", [o](Arguments* arguments, auto* request) {
        request->set_loss_reason(
            arguments->Word<opportunity::v1::LossReason>("--reason", o->loss_reason));
        request->set_note(o->note);
        request->set_competitor(o->competitor);
      });
  lose->add_option("--reason", o->loss_reason, Words<opportunity::v1::LossReason>())->required();
  lose->add_option("--note", o->note, "required for OTHER");
  lose->add_option("--competitor", o->competitor, "who won it");
  CLI::App* reopen = AddOpportunityMove<opportunity::v1::ReopenOpportunityRequest>(
      group, session, o, "reopen", "a closed one, to an open stage",
      [o](Arguments*, auto* request) {
        request->set_stage(o->stage);
        request->set_reason(o->reason);
      });
  reopen->add_option("--stage", o->stage, "key of an open stage")->required();
  reopen->add_option("--reason", o->reason, "why")->required();
}

void AddPipelineChange(CLI::App* group, Session* session, const std::shared_ptr<MoveOptions>& o) {
  CLI::App* change = AddOpportunityMove<opportunity::v1::MoveToPipelineRequest>(
      group, session, o, "change-pipeline", "to a stage of another pipeline",
      [o](Arguments* arguments, auto* request) {
        request->set_pipeline(arguments->Name(o->pipeline, "pipelines"));
        request->set_stage(o->stage);
        request->set_reason(o->reason);
        request->set_override_reason(o->override_reason);
      });
  change->add_option("--pipeline", o->pipeline, "pipelines/<id>")->required();
  change->add_option("--stage", o->stage, "key of an open stage there")->required();
  change->add_option("--reason", o->reason, "why")->required();
  change->add_option("--override-reason", o->override_reason, "pass unmet gates, and why");
}

}  // namespace

void AddOpportunityMoves(CLI::App* group, Session* session) {
  auto o = std::make_shared<MoveOptions>();
  CLI::App* move = AddOpportunityMove<opportunity::v1::MoveOpportunityRequest>(
      group, session, o, "move", "to another open stage", [o](Arguments*, auto* request) {
        request->set_stage(o->stage);
        request->set_reason(o->reason);
        request->set_override_reason(o->override_reason);
      });
  move->add_option("--stage", o->stage, "key of the stage, e.g. proposal")->required();
  move->add_option("--reason", o->reason, "why");
  CLI::App* win = AddOpportunityMove<opportunity::v1::WinOpportunityRequest>(
      group, session, o, "win", "it became a sale", [o](Arguments* arguments, auto* request) {
        arguments->SetMoney("--amount", o->amount, [&] { return request->mutable_amount(); });
        request->set_override_reason(o->override_reason);
      });
  win->add_option("--amount", o->amount, "the final amount, e.g. '1054.00 USD'");
  for (CLI::App* command : {move, win}) {
    command->add_option("--override-reason", o->override_reason, "pass unmet gates, and why");
  }
  AddClosing(group, session, o);
  AddCheck(group, session, o);
  AddCorrection(group, session, o);
  AddPipelineChange(group, session, o);
}

}  // namespace crm::crmctl
