#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "clients/crmctl/import/json_checks.h"
#include "clients/crmctl/import/mapping.h"

// The parts of a mapping's file, each read into its place of FileMapping. `at`: where the file
// stands in the mapping ("files[1]").
namespace crm::crmctl {

// How it is read: `encoding`, `delimiter`, `rows`, `from`.
void ReadFileForm(const nlohmann::json& node, const std::string& at, FileMapping* file,
                  JsonChecks* checks);
// `key`.
void ReadKey(const nlohmann::json& node, const std::string& at, KeySource* key, JsonChecks* checks);
// Where things are: `stages`, `stage_dates`, `stage_history`. Needs the entity.
void ReadStages(const nlohmann::json& node, const std::string& at, FileMapping* file,
                JsonChecks* checks);

// {"own": …, "other": …}: the columns of two files that must agree.
void ReadAgreement(const nlohmann::json& node, const std::string& at, std::string* own,
                   std::string* other, JsonChecks* checks);

}  // namespace crm::crmctl
