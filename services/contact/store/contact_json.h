#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/aggregate/stored_json.h"
#include "services/contact/domain/account.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// The small owned collections as JSON in their row. The readers give nothing for what the writers
// cannot have made.
std::string EmailsToJson(const std::vector<Email>& emails);
std::optional<std::vector<Email>> EmailsFromJson(absl::string_view json);
std::string PhonesToJson(const std::vector<Phone>& phones);
std::optional<std::vector<Phone>> PhonesFromJson(absl::string_view json);
std::string EmploymentsToJson(const std::vector<Employment>& employments);
std::optional<std::vector<Employment>> EmploymentsFromJson(absl::string_view json);
// The parts that members of an account play, where they are known.
using RolesOfMembers = std::map<base::Uuid, BuyingRole>;
std::string RolesToJson(const std::vector<AccountMember>& members);
std::optional<RolesOfMembers> RolesFromJson(absl::string_view json);
std::string SumsToJson(const std::map<std::string, int64_t>& sums);
std::optional<std::map<std::string, int64_t>> SumsFromJson(absl::string_view json);

// What has columns of its own, for the field history: what is empty is left out. The reverse
// throws, as aggregate::ReadJson allows, on what ToJson cannot have made.
aggregate::Json ToJson(const Organization& organization);
aggregate::Json ToJson(const Email& email);
aggregate::Json ToJson(const Phone& phone);
aggregate::Json ToJson(const Employment& employment);
aggregate::Json ToJson(const AccountMember& member);
void FromJson(const aggregate::Json& json, Organization& organization);
void FromJson(const aggregate::Json& json, Email& email);
void FromJson(const aggregate::Json& json, Phone& phone);
void FromJson(const aggregate::Json& json, Employment& employment);
// Also the id alone, as it was while members had no role.
void FromJson(const aggregate::Json& json, AccountMember& member);

// A person as its field history had it while a contact had one organization at most.
void TakeFormerPerson(const aggregate::Json& json, Contact& contact);

}  // namespace crm::contact
