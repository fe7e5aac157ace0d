#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {

// The small owned collections as JSON in their row. The readers give nothing for what the writers
// cannot have made.
std::string EmailsToJson(const std::vector<Email>& emails);
std::optional<std::vector<Email>> EmailsFromJson(absl::string_view json);
std::string PhonesToJson(const std::vector<Phone>& phones);
std::optional<std::vector<Phone>> PhonesFromJson(absl::string_view json);
std::string SumsToJson(const std::map<std::string, int64_t>& sums);
std::optional<std::map<std::string, int64_t>> SumsFromJson(absl::string_view json);

}  // namespace crm::contact
