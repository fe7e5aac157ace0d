#include "clients/crmctl/import/records.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>

#include "clients/crmctl/import/row_values.h"
#include "common/error/error.h"
#include "common/rpc/resource_name.h"

namespace crm::crmctl {
namespace {

using rpc::FormatName;

// Reads a field that is the word of an enum value: `prefix` and the word, in any case.
template <class Enum>
void ReadWord(RowValues* values, const char* field, const char* prefix,
              bool (*parse)(google::protobuf::ConstStringParam, Enum*), Enum* value) {
  const std::string word = values->Text(field);
  if (word.empty() || parse(absl::StrCat(prefix, absl::AsciiStrToUpper(word)), value)) return;
  values->Problem(field, absl::StrCat("\"", word, "\" is not known"));
}

class Loader {
 public:
  Loader(const Mapping& mapping, const std::string& folder, const ImportIds& ids, absl::Time now)
      : mapping_(mapping), folder_(folder), ids_(ids), now_(now) {}

  absl::StatusOr<std::vector<LoadedFile>> Load() {
    std::vector<LoadedFile> files;
    error::Error problems = error::InvalidFields();
    for (const FileMapping& each : mapping_.files) {
      LoadedFile& file = files.emplace_back();
      file.mapping = &each;
      absl::StatusOr<CsvTable> table = CsvTable::Read(PathOf(each.file));
      if (!table.ok()) {
        problems.Violation(each.file, std::string(table.status().message()));
        continue;
      }
      file.table = *std::move(table);
    }
    if (problems.HasViolations()) return problems;
    std::vector<FileReader> readers;
    for (LoadedFile& file : files) {
      readers.emplace_back(
          *file.mapping, file.table, now_,
          [this](const std::string& name, const std::string& column) {
            return Listed(name, column);
          },
          &problems);
    }
    if (problems.HasViolations()) return problems;
    for (size_t i = 0; i < files.size(); ++i) ReadRows(readers[i], &files[i]);
    return files;
  }

 private:
  std::string PathOf(const std::string& file) const {
    return folder_.empty() ? file : absl::StrCat(folder_, "/", file);
  }

  absl::StatusOr<FileReader::Listing> Listed(const std::string& file, const std::string& column) {
    absl::StatusOr<CsvTable> table = CsvTable::Read(PathOf(file));
    if (!table.ok()) return table.status();
    const std::optional<size_t> position = table->Column(column);
    if (!position) return absl::NotFoundError(absl::StrCat("there is no column ", column));
    auto values = std::make_shared<absl::flat_hash_set<std::string>>();
    for (const CsvRow& row : table->rows()) {
      if (row.problem.empty()) values->insert(row.fields[*position]);
    }
    return values;
  }

  void ReadRows(const FileReader& reader, LoadedFile* file) {
    absl::flat_hash_map<std::string, int64_t> lines;  // of keys
    for (size_t i = 0; i < file->table.rows().size(); ++i) {
      const CsvRow& row = file->table.rows()[i];
      if (!row.problem.empty()) {
        file->rejected.push_back({i, row.problem});
        continue;
      }
      RowValues values = reader.Row(row);
      const bool deal = file->mapping->entity == Entity::kDeal;
      const std::string key = deal ? ReadDeal(i, &values, file) : ReadContact(i, &values, file);
      const auto [known, fresh] = lines.try_emplace(key, row.line);
      if (!fresh && !key.empty()) {
        values.Problem(file->mapping->key,
                       absl::StrCat("stands on line ", known->second, " already"));
      }
      if (values.problems().empty()) continue;
      deal ? file->deals.pop_back() : file->contacts.pop_back();
      file->rejected.push_back({i, absl::StrJoin(values.problems(), "; ")});
    }
    if (file->mapping->entity == Entity::kOrganization) PutParentsFirst(file);
    for (const ContactRecord& contact : file->contacts) {
      (file->mapping->entity == Entity::kOrganization ? organizations_ : persons_)
          .insert(contact.key);
    }
  }

  std::string ReadContact(size_t index, RowValues* values, LoadedFile* file) {
    ContactRecord& record = file->contacts.emplace_back();
    contact::v1::Contact& contact = record.contact;
    record.row = index;
    record.key = values->Key();
    record.id = ids_.Contact(record.key);
    contact.set_external_id(record.key);
    contact.set_display_name(values->Text("display_name"));
    contact.set_owner(values->Text("owner"));
    if (std::string email = values->Text("email"); !email.empty()) {
      if (email.find('@') == std::string::npos) values->Problem("email", "is no e-mail address");
      contact.add_emails()->set_address(std::move(email));
    }
    if (std::string phone = values->Text("phone"); !phone.empty()) {
      contact.add_phones()->set_number(std::move(phone));
    }
    record.effective = values->Date("effective");
    if (file->mapping->entity == Entity::kOrganization) {
      ReadOrganization(values, &record);
    } else {
      ReadPerson(values, &record);
    }
    return record.key;
  }

  void ReadOrganization(RowValues* values, ContactRecord* record) {
    contact::v1::Organization& organization = *record->contact.mutable_organization();
    organization.set_domain(values->Text("domain"));
    organization.set_industry(values->Text("industry"));
    organization.set_location(values->Text("location"));
    if (const auto count = values->Whole("employee_count")) organization.set_employee_count(*count);
    if (const auto year = values->Whole("founded_year")) organization.set_founded_year(*year);
    if (const auto revenue = values->Minor("annual_revenue")) {
      organization.mutable_annual_revenue()->set_amount_minor(*revenue);
      organization.mutable_annual_revenue()->set_currency_code(
          values->mapping().fields.at("annual_revenue").currency);
    }
    record->reference = values->Text("parent");
    if (!record->reference.empty()) {
      organization.set_parent_organization(FormatName("contacts", ids_.Contact(record->reference)));
    }
  }

  void ReadPerson(RowValues* values, ContactRecord* record) {
    contact::v1::Person& person = *record->contact.mutable_person();
    person.set_given_name(values->Text("given_name"));
    person.set_family_name(values->Text("family_name"));
    if (person.given_name().empty() && person.family_name().empty() &&
        record->contact.display_name().empty()) {
      values->Problem("display_name", "one of given, family and display name is required");
    }
    record->reference = values->Text("organization");
    if (record->reference.empty()) return;
    contact::v1::Employment& employment = *record->contact.add_employments();
    employment.set_organization(FormatName("contacts", ids_.Contact(record->reference)));
    employment.set_job_title(values->Text("job_title"));
    employment.set_department(values->Text("department"));
    if (!organizations_.contains(record->reference)) {
      values->Problem("organization", NotImportable(record->reference));
    }
  }

  static std::string NotImportable(const std::string& key) {
    return absl::StrCat("\"", key, "\" is not among the rows that can be imported");
  }

  std::string ReadDeal(size_t index, RowValues* values, LoadedFile* file) {
    DealRecord& deal = file->deals.emplace_back();
    deal.row = index;
    deal.key = values->Key();
    deal.lead_id = ids_.Lead(deal.key);
    deal.owner = values->Text("owner");
    deal.interest = values->Text("interest");
    deal.source_detail = values->Text("source_detail");
    ReadDealContact(values, &deal);
    ReadDealWords(values, &deal);
    deal.opened = values->Date("opened");
    deal.closed = values->Date("closed");
    if (const auto minor = values->Minor("amount")) {
      deal.amount.emplace();
      deal.amount->set_amount_minor(*minor);
      deal.amount->set_currency_code(values->mapping().fields.at("amount").currency);
    }
    CheckStage(values, &deal);
    deal.title = values->Text("title");
    if (deal.title.empty()) {
      deal.title =
          absl::StrCat(deal.contact_name, deal.interest.empty() ? "" : " – ", deal.interest);
      // Both parts may be 200 characters long, and the title too.
      if (deal.title.size() > 200) deal.title = deal.contact_name;
    }
    return deal.key;
  }

  void ReadDealContact(RowValues* values, DealRecord* deal) {
    const std::string person = values->Text("contact");
    const std::string organization = values->Text("organization");
    deal->contact_name = values->Text("contact_name");
    deal->reference = person.empty() ? organization : person;
    if (deal->reference.empty()) {
      if (deal->contact_name.empty()) deal->contact_name = absl::StrCat("Deal ", deal->key);
      deal->contact_id = ids_.Contact(deal->key);
      return;
    }
    deal->contact_name = organization.empty() ? person : organization;
    deal->contact_id = ids_.Contact(deal->reference);
    if (!person.empty() && !persons_.contains(person)) {
      values->Problem("contact", NotImportable(person));
    }
    if (!organization.empty() && !organizations_.contains(organization)) {
      values->Problem("organization", NotImportable(organization));
    }
  }

  static void ReadDealWords(RowValues* values, DealRecord* deal) {
    ReadWord(values, "source", "LEAD_SOURCE_", lead::v1::LeadSource_Parse, &deal->source);
    ReadWord(values, "buying_role", "BUYING_ROLE_", type::v1::BuyingRole_Parse, &deal->buying_role);
    ReadWord(values, "loss_reason", "LOSS_REASON_", opportunity::v1::LossReason_Parse,
             &deal->loss_reason);
  }

  static void CheckStage(RowValues* values, DealRecord* deal) {
    const std::string stage = values->Text("stage");
    const auto target = values->mapping().stages.find(stage);
    if (target == values->mapping().stages.end()) {
      if (!stage.empty()) {
        values->Problem("stage", absl::StrCat("\"", stage, "\" is no stage of the mapping"));
      }
      return;
    }
    deal->target = target->second;
    const bool closed = deal->target == Target::kWon || deal->target == Target::kLost;
    const auto need = [&](const char* field) {
      if (values->Text(field).empty()) {
        values->Problem(field, absl::StrCat("is required for ", stage));
      }
    };
    if (deal->target != Target::kWorking) need("opened");
    if (closed) need("closed");
    if (deal->target == Target::kWon) need("amount");
    if (deal->opened && deal->closed && *deal->closed < *deal->opened) {
      values->Problem("closed", "lies before the opening");
    }
  }

  // Gives every organization its level; rejects those whose parent is unknown, rejected or in a
  // circle with them.
  void PutParentsFirst(LoadedFile* file) {
    std::vector<ContactRecord> placed;
    std::vector<ContactRecord> waiting = std::move(file->contacts);
    absl::flat_hash_set<std::string> ready = organizations_;
    for (int level = 0; !waiting.empty(); ++level) {
      std::vector<ContactRecord> later;
      const size_t first = placed.size();
      for (ContactRecord& record : waiting) {
        const bool free = record.reference.empty() || ready.contains(record.reference);
        record.level = level;
        (free ? placed : later).push_back(std::move(record));
      }
      if (placed.size() == first) {
        waiting = std::move(later);
        break;
      }
      for (size_t i = first; i < placed.size(); ++i) ready.insert(placed[i].key);
      waiting = std::move(later);
    }
    for (const ContactRecord& record : waiting) {
      file->rejected.push_back(
          {record.row, absl::StrCat("parent: \"", record.reference,
                                    "\" is unknown, cannot be imported, or is below this one")});
    }
    file->contacts = std::move(placed);
  }

  const Mapping& mapping_;
  const std::string& folder_;
  const ImportIds& ids_;
  const absl::Time now_;
  absl::flat_hash_set<std::string> organizations_;
  absl::flat_hash_set<std::string> persons_;
};

}  // namespace

absl::StatusOr<std::vector<LoadedFile>> LoadFiles(const Mapping& mapping, const std::string& folder,
                                                  const ImportIds& ids, absl::Time now) {
  return Loader(mapping, folder, ids, now).Load();
}

}  // namespace crm::crmctl
