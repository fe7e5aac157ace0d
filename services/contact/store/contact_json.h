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
std::string EmailsJson(const std::vector<Email>& emails);
std::optional<std::vector<Email>> ReadEmails(absl::string_view json);
std::string PhonesJson(const std::vector<Phone>& phones);
std::optional<std::vector<Phone>> ReadPhones(absl::string_view json);
std::string SumsJson(const std::map<std::string, int64_t>& sums);
std::optional<std::map<std::string, int64_t>> ReadSums(absl::string_view json);

}  // namespace crm::contact
