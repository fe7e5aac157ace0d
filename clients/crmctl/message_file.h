#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <google/protobuf/message.h>

#include <nlohmann/json.hpp>
#include <string>

// Messages that people write into files: as YAML or as proto3 JSON, by the names of the proto or
// those of JSON. Words of enums may lack their prefix ("COMMIT"), amounts may be texts ("1000.00
// EUR"), and a text where a message is wanted is its first field.
namespace crm::crmctl {

enum class FileFormat { kYaml, kJson };

// JSON if the path says so, else YAML.
FileFormat FormatOf(const std::string& path);

// All that stands in the file; "-" is standard input.
absl::StatusOr<std::string> TextOfFile(const std::string& path);

// The fields in the text, as JSON as they are written. INVALID_ARGUMENT with the place of what
// cannot be read, or is written twice.
absl::StatusOr<nlohmann::json> ReadFields(absl::string_view text, FileFormat format);

// Fills the message with them. INVALID_ARGUMENT with the path of what is no field, or none of its
// values.
absl::Status TakeFields(nlohmann::json fields, google::protobuf::Message* message);

// Both, of a file. Errors name it.
absl::Status ReadMessageFile(const std::string& path, google::protobuf::Message* message);

}  // namespace crm::crmctl
