#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>

#include "clients/crmctl/import/row_records.h"
#include "clients/crmctl/import/row_words.h"
#include "common/base/text.h"
#include "common/base/unicode.h"

namespace crm::crmctl {
namespace {

constexpr size_t kTitleLimit = 200;

void ReadWords(RowValues* values, DealRecord* deal) {
  ReadWord(values, "source", "LEAD_SOURCE_", type::v1::LeadSource_Parse, &deal->source);
  ReadWord(values, "buying_role", "BUYING_ROLE_", type::v1::BuyingRole_Parse, &deal->buying_role);
  ReadWord(values, "loss_reason", "LOSS_REASON_", opportunity::v1::LossReason_Parse,
           &deal->loss_reason);
  ReadWord(values, "disqualify_reason", "DISQUALIFY_REASON_", lead::v1::DisqualifyReason_Parse,
           &deal->disqualify_reason);
  ReadWord(values, "forecast_category", "FORECAST_CATEGORY_",
           opportunity::v1::ForecastCategory_Parse, &deal->forecast_category);
}

class DealReader {
 public:
  DealReader(const ImportIds& ids, const Mapping& mapping, const Known& known, RowValues* values)
      : ids_(ids), mapping_(mapping), known_(known), values_(*values) {}

  DealRecord Read() {
    deal_.entity = values_.mapping().entity;
    Identity();
    deal_.owner = values_.Text("owner");
    deal_.interests = values_.Texts("interest");
    deal_.source_detail = values_.Text("source_detail");
    deal_.loss_note = values_.Text("loss_note");
    deal_.disqualify_note = values_.Text("disqualify_note");
    deal_.attributes = values_.Attributes();
    // An opportunity has no place for the words beside its source.
    if (deal_.entity == Entity::kOpportunity && !deal_.source_detail.empty()) {
      deal_.attributes.try_emplace("source_detail", deal_.source_detail);
    }
    Contact();
    ReadWords(&values_, &deal_);
    deal_.opened = values_.Date("opened");
    if (const auto money = values_.Money("amount")) {
      deal_.amount.emplace();
      deal_.amount->set_amount_minor(money->minor);
      deal_.amount->set_currency_code(money->currency);
    }
    if (const auto day = values_.Day("expected_close")) {
      deal_.expected_close = absl::ToCivilDay(*day, mapping_.zone);
    }
    deal_.probability = values_.Whole("probability");
    Stage();
    Title();
    SetAsOf(mapping_, &values_, [this](std::string key, std::string value) {
      deal_.attributes[std::move(key)] = std::move(value);
    });
    return std::move(deal_);
  }

 private:
  void Identity() {
    deal_.key = values_.Key();
    // Leads of deals and leads by themselves share the external ids of the tenant, and so do
    // opportunities with and without a lead.
    switch (deal_.entity) {
      case Entity::kLead:
        deal_.lead_id = ids_.LoneLead(deal_.key);
        deal_.external_id = absl::StrCat("lead:", deal_.key);
        break;
      case Entity::kOpportunity:
        deal_.opportunity_id = ids_.Opportunity(deal_.key);
        deal_.external_id = deal_.key;
        break;
      default:
        deal_.lead_id = ids_.Lead(deal_.key);
        deal_.external_id = deal_.key;
    }
  }

  // Looks a reference up; its display name, or a problem.
  std::string Referred(const char* field, base::Uuid (ImportIds::*id)(absl::string_view) const,
                       KnownRows* rows, std::string* key) {
    *key = values_.Reference(field);
    if (key->empty()) return "";
    if (auto name = rows->Find((ids_.*id)(*key))) return *std::move(name);
    values_.Problem(field, NotImportable(*key));
    key->clear();
    return "";
  }

  // Who may be either; the display name.
  std::string Customer(std::string* person, std::string* organization) {
    std::string key = values_.Reference("customer");
    if (auto name = known_.organizations->Find(ids_.Organization(key))) {
      *organization = std::move(key);
      return *std::move(name);
    }
    if (auto name = known_.persons->Find(ids_.Person(key))) {
      *person = std::move(key);
      return *std::move(name);
    }
    if (!key.empty()) values_.Problem("customer", NotImportable(key));
    return "";
  }

  // What a deal's file says of a contact stays with the deal where its customer is another row.
  void KeepContact() {
    const auto keep = [&](const char* field, std::string value) {
      const auto source = values_.mapping().fields.find(field);
      const bool said = source != values_.mapping().fields.end() &&
                        source->second.from == ValueSource::From::kColumn;
      if (said && !value.empty()) deal_.attributes.try_emplace(field, std::move(value));
    };
    keep("contact_name", deal_.contact_name);
    keep("contact_email", absl::StrJoin(deal_.contact_emails, "; "));
    keep("contact_phone", absl::StrJoin(deal_.contact_phones, "; "));
  }

  void Contact() {
    std::string person, organization;
    const std::string person_name =
        Referred("contact", &ImportIds::Person, known_.persons.get(), &person);
    std::string name = Referred("organization", &ImportIds::Organization,
                                known_.organizations.get(), &organization);
    if (person.empty() && organization.empty()) name = Customer(&person, &organization);
    deal_.contact_name = values_.Text("contact_name");
    deal_.contact_emails = ReadEmails(&values_, "contact_email");
    deal_.contact_phones = values_.Texts("contact_phone");
    if (!person.empty() || !organization.empty()) {
      deal_.reference = person.empty() ? organization : person;
      deal_.contact_id = person.empty() ? ids_.Organization(organization) : ids_.Person(person);
      KeepContact();
      deal_.contact_name = person_name.empty() || !organization.empty() ? name : person_name;
      return;
    }
    if (deal_.entity == Entity::kOpportunity) {
      values_.Problem(values_.Maps("customer") ? "customer" : "organization",
                      "an opportunity needs an organization or a contact");
    }
    if (deal_.contact_name.empty() && !deal_.contact_emails.empty()) {
      deal_.contact_name = deal_.contact_emails[0];
    }
    if (deal_.contact_name.empty()) deal_.contact_name = absl::StrCat("Deal ", deal_.key);
    deal_.contact_id = ids_.DealContact(absl::StrCat(NameOf(deal_.entity), " ", deal_.key));
  }

  void Stage() {
    const std::string stage = values_.Text("stage");
    if (stage.empty()) return;
    const StageTarget* const place = values_.mapping().stages.Find(stage);
    if (place == nullptr) {
      values_.Day(ClosingField());  // all problems at once
      return values_.Problem("stage", absl::StrCat(Shown(stage), " is no stage of the mapping"));
    }
    deal_.target = place->target;
    deal_.given_up_later = IsGivenUpLater(stage);
    Closing();
    const auto need = [&](const char* field, bool there) {
      if (!there && values_.Text(field).empty()) {
        values_.Problem(field, absl::StrCat("is required for ", stage));
      }
    };
    const bool closed = deal_.target == Target::kWon || deal_.target == Target::kLost;
    if (closed || deal_.target == Target::kOpen) need("opened", deal_.opened.has_value());
    if (closed) need(ClosingField(), deal_.closed.has_value());
    if (deal_.target == Target::kWon) need("amount", deal_.amount.has_value());
    // Who gave up an enquiry, and did not say when it came, had it by then.
    if (!deal_.opened && deal_.closed) deal_.opened = deal_.closed;
    if (deal_.opened && deal_.closed && *deal_.closed < *deal_.opened) {
      values_.Problem(ClosingField(), "lies before the opening");
    }
    Moves(place->stage);
    if (deal_.target < Target::kOpen) KeepWithLead();
  }

  // Whether a part of the mapping behind this one, over the same file, says so.
  bool IsGivenUpLater(const std::string& stage) const {
    bool behind = false;
    bool given_up = false;
    for (const FileMapping& each : mapping_.files) {
      if (behind && each.entity == deal_.entity && each.file == values_.mapping().file) {
        const StageTarget* const place = each.stages.Find(stage);
        given_up = place != nullptr && place->target == Target::kDisqualified;
      }
      behind |= &each == &values_.mapping();
    }
    return given_up;
  }

  const char* ClosingField() const { return values_.Maps("close_date") ? "close_date" : "closed"; }

  // Expected while it is open, and when it was afterwards.
  void Closing() {
    const char* field = ClosingField();
    if (deal_.target == Target::kDisqualified || deal_.target > Target::kOpen) {
      deal_.closed = values_.Date(field);
    } else if (const auto day = values_.Day(field); day && !deal_.expected_close) {
      deal_.expected_close = absl::ToCivilDay(*day, mapping_.zone);
    }
  }

  void Moves(const std::string& last) {
    if (deal_.target < Target::kOpen) return;
    for (const auto& [stage, time] : values_.StageDates()) {
      TakeMove(absl::StrCat("stage_dates.", stage), stage, time);
    }
    for (const PastStage& past : values_.History()) {
      const StageTarget* const place = values_.mapping().stages.Find(past.stage);
      if (place == nullptr) {
        values_.Warning("stage_history",
                        absl::StrCat(Shown(past.stage), " is no stage of the mapping; left out"));
      } else if (!place->stage.empty()) {
        TakeMove("stage_history", place->stage, past.time);
      }
    }
    std::stable_sort(deal_.moves.begin(), deal_.moves.end(),
                     [](const StageMove& a, const StageMove& b) { return *a.time < *b.time; });
    if (last.empty() || deal_.target != Target::kOpen) return;
    if (deal_.moves.empty() || deal_.moves.back().stage != last) {
      deal_.moves.push_back({last, std::nullopt});
    }
  }

  void TakeMove(absl::string_view field, const std::string& stage, absl::Time time) {
    const bool within =
        (!deal_.opened || time >= *deal_.opened) && (!deal_.closed || time <= *deal_.closed);
    if (within) return deal_.moves.push_back({stage, time});
    values_.Warning(
        field, absl::StrCat(Shown(stage), " lies before the opening or behind the end; left out"));
  }

  // A lead has no amount and no expected end: they are kept as attributes, and become those of the
  // opportunity when an export says that there is one.
  void KeepWithLead() {
    if (deal_.amount) {
      deal_.attributes.try_emplace(
          "amount", FormatMinor(deal_.amount->amount_minor(), deal_.amount->currency_code()));
    }
    if (deal_.expected_close) {
      deal_.attributes.try_emplace("expected_close", absl::FormatCivilTime(*deal_.expected_close));
    }
  }

  void Title() {
    deal_.title = values_.Text("title");
    if (!deal_.title.empty() || deal_.entity == Entity::kLead) return;
    const std::string interest = deal_.interests.empty() ? "" : deal_.interests[0];
    deal_.title = absl::StrCat(deal_.contact_name, interest.empty() ? "" : " – ", interest);
    if (base::CodePoints(deal_.title) <= kTitleLimit) return;
    deal_.title = base::CutAtCharacter(deal_.title, kTitleLimit);
    values_.Warning("title", "name of customer and interest are longer than 200 characters; cut");
  }

  const ImportIds& ids_;
  const Mapping& mapping_;
  const Known& known_;
  RowValues& values_;
  DealRecord deal_;
};

}  // namespace

DealRecord ReadDeal(const ImportIds& ids, const Mapping& mapping, const Known& known,
                    RowValues* values) {
  return DealReader(ids, mapping, known, values).Read();
}

}  // namespace crm::crmctl
