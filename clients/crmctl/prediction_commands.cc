#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <cstdio>

#include "clients/crmctl/arguments.h"

namespace crm::crmctl {
namespace {

struct PredictionOptions {
  std::string name, request_id;
  int64_t revision = 0;
};
using Shared = std::shared_ptr<PredictionOptions>;

std::string Percent(double share) { return absl::StrFormat("%.1f %%", share * 100); }
std::string Signed(double log_odds) { return absl::StrFormat("%+.2f", log_odds); }

void PrintModel(const lead::v1::PredictionModel& model) {
  lead::v1::PredictionModel head = model;
  head.clear_factors();
  PrintMessage(head, false);
  std::vector<std::vector<std::string>> rows;
  for (const auto& factor : model.factors()) {
    for (const auto& value : factor.values()) {
      rows.push_back({FieldText(factor, "factor"), value.value(), absl::StrCat(value.converted()),
                      absl::StrCat(value.not_converted()), Signed(value.weight())});
    }
  }
  std::printf("\n");
  PrintTable({"FACTOR", "VALUE", "CONVERTED", "NOT", "WEIGHT"}, rows);
}

std::string ValueText(const lead::v1::FactorContribution& row) {
  switch (row.use()) {
    case lead::v1::FACT_USE_NOT_KNOWN:
      return "(not known)";
    case lead::v1::FACT_USE_NOT_LEARNED:
      return row.value() + " (not learned)";
    default:
      return row.value();
  }
}

void PrintPrediction(const lead::v1::Prediction& prediction) {
  std::printf("%s: %s, by model revision %s\n\n", prediction.lead().c_str(),
              Percent(prediction.probability()).c_str(),
              absl::StrCat(prediction.model_revision()).c_str());
  std::vector<std::vector<std::string>> rows = {
      {"(before any fact)", "", "", "", Signed(prediction.prior_log_odds())}};
  for (const auto& row : prediction.contributions()) {
    const bool counted = row.use() == lead::v1::FACT_USE_COUNTED;
    rows.push_back(
        {FieldText(row, "factor"), ValueText(row), counted ? absl::StrCat(row.converted()) : "",
         counted ? absl::StrCat(row.not_converted()) : "", counted ? Signed(row.log_odds()) : ""});
  }
  rows.push_back({"sum", "", "", "", Signed(prediction.log_odds())});
  PrintTable({"FACTOR", "VALUE", "CONVERTED", "NOT", "ADDS"}, rows);
}

void PrintQuality(const char* title, const lead::v1::PredictionQuality& quality) {
  std::printf("\n%s: AUC %s, Brier score %s\n", title,
              quality.has_auc() ? absl::StrFormat("%.3f", quality.auc()).c_str() : "unknown",
              absl::StrFormat("%.4f", quality.brier_score()).c_str());
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : quality.reliability()) {
    if (row.leads() == 0) continue;
    rows.push_back({absl::StrFormat("%.0f-%.0f %%", row.lower() * 100, row.upper() * 100),
                    absl::StrCat(row.leads()), Percent(row.mean_predicted()),
                    Percent(row.share_converted())});
  }
  PrintTable({"SAID", "LEADS", "MEAN SAID", "CONVERTED"}, rows);
}

void PrintEvaluation(const lead::v1::PredictionEvaluation& found) {
  std::printf(
      "Learned from the older 80 %%: %s converted, %s not. Tested on the newest 20 %%: %s "
      "converted, %s not.\nAlways saying the share of the older ones: Brier score %.4f\n",
      absl::StrCat(found.learned_converted()).c_str(),
      absl::StrCat(found.learned_not_converted()).c_str(),
      absl::StrCat(found.tested_converted()).c_str(),
      absl::StrCat(found.tested_not_converted()).c_str(), found.reference_brier_score());
  PrintQuality("Without the findings", found.without_findings());
  PrintQuality("All factors", found.all_factors());
}

// Calls and prints one part of the answer: as JSON, or by `print`.
template <class Request, class Part, class Print>
absl::Status Show(const Session& session, const Request& request, const Part& part,
                  const Print& print) {
  CRM_ASSIGN_OR_RETURN(const client::Client client, session.Client());
  CRM_ASSIGN_OR_RETURN(const auto response, client.Call(request));
  session.settings.json() ? PrintMessage(part(response), true) : print(part(response));
  return absl::OkStatus();
}

void AddModels(CLI::App* group, Session* session, const Shared& o) {
  CLI::App* train =
      AddCommand(group, "train", "learn from the finished leads now", session, [session, o] {
        lead::v1::TrainModelRequest request;
        request.set_request_id(o->request_id);
        return PrintCall(*session, Arguments(), request, [](const auto& r) { return r.model(); });
      });
  train->add_option("--request-id", o->request_id, "UUID that makes the call repeatable");
  CLI::App* show = AddCommand(group, "show", "the model with its weights", session, [session, o] {
    lead::v1::GetModelRequest request;
    request.set_revision(o->revision);
    return Show(
        *session, request, [](const auto& r) { return r.model(); }, PrintModel);
  });
  show->add_option("--revision", o->revision, "default: the current one");
  AddCommand(group, "list", "all revisions, the newest first", session,
             [session]() -> absl::Status {
               CRM_ASSIGN_OR_RETURN(const client::Client client, session->Client());
               lead::v1::ListModelsRequest request;
               lead::v1::ListModelsResponse all;
               CRM_RETURN_IF_ERROR(client.ForEachPage(request, [&](const auto& page) {
                 all.MergeFrom(page);
                 return true;
               }));
               PrintMessages(all.models(),
                             {{"REVISION", "revision"},
                              {"LEARNED", "train_time"},
                              {"BY", "actor"},
                              {"CONVERTED", "converted"},
                              {"NOT", "not_converted"}},
                             session->settings.json(), false);
               return absl::OkStatus();
             });
}

}  // namespace

void AddPredictionCommands(CLI::App* app, Session* session) {
  CLI::App* group =
      app->add_subcommand("prediction", "the chance of leads, learned from how others ended");
  group->require_subcommand(1);
  auto o = std::make_shared<PredictionOptions>();
  AddModels(group, session, o);
  CLI::App* predict =
      AddCommand(group, "predict", "the chance of a lead, and why", session, [session, o] {
        Arguments arguments;
        lead::v1::PredictConversionRequest request;
        request.set_name(arguments.Name(o->name, "leads"));
        request.set_model_revision(o->revision);
        return Show(
            *session, request, [](const auto& r) { return r.prediction(); }, PrintPrediction);
      });
  predict->add_option("name", o->name, "leads/<uuid>")->required();
  predict->add_option("--revision", o->revision, "of the model; default: the current one");
  AddCommand(group, "evaluate", "how well the older leads foretell the newest", session,
             [session, o] {
               return Show(
                   *session, lead::v1::EvaluateModelRequest(),
                   [](const auto& r) { return r.evaluation(); }, PrintEvaluation);
             });
}

}  // namespace crm::crmctl
