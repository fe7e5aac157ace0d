#include "services/lead/store/report_fields.h"

#include "services/lead/store/lead_json.h"

namespace crm::lead {
namespace {

template <auto kMember, const auto&... kNames>
constexpr aggregate::Field<LeadFacts> Fact(const char* name) {
  return aggregate::FieldOf<LeadFacts, kMember, kNames...>(name);
}

constexpr aggregate::Field<LeadFacts> kReportFields[] = {
    Fact<&LeadFacts::state, kLeadStateNames>("state"),
    Fact<&LeadFacts::stage_version>("stage_version"),
    Fact<&LeadFacts::owner>("owner"),
    Fact<&LeadFacts::source, kLeadSourceNames>("source"),
    Fact<&LeadFacts::source_detail>("source_detail"),
    Fact<&LeadFacts::attributes>("attributes"),
    Fact<&LeadFacts::first_response>("first_response_time"),
    {"verdict", [](const LeadFacts& a, const LeadFacts& b) { return a.verdict == b.verdict; },
     [](const LeadFacts& facts, std::string& json) {
       json += VerdictToJson(facts.verdict).value_or("null");
     },
     [](const aggregate::Json& json, LeadFacts& facts) {
       facts.verdict.reset();
       if (!json.is_null()) facts.verdict = VerdictFromJson(aggregate::JsonText(json)).value();
     }},
    Fact<&LeadFacts::qualification_overridden>("qualification_overridden"),
    Fact<&LeadFacts::disqualify_reason, kDisqualifyReasonNames>("disqualify_reason"),
    Fact<&LeadFacts::delete_time>("delete_time"),
};

}  // namespace

aggregate::Fields<LeadFacts> ReportFieldTable() { return kReportFields; }

}  // namespace crm::lead
