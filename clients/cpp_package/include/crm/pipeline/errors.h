#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace crm::pipeline {

// What is wrong with a field: its path from the request on, and what would be right.
struct Violation {
  std::string field;
  std::string description;
};

// What must hold first: "GATE", "CRITERION" …, its key, and how to supply it.
struct Precondition {
  std::string type;
  std::string subject;
  std::string description;
};

// What an error tells beyond its code and message.
struct ErrorDetails {
  std::string reason;  // a value of an ErrorReason; empty where it was not the server that refused
  std::string domain;  // who answers, "crm.lead.v1"
  std::map<std::string, std::string> metadata;
  std::vector<Violation> violations;
  std::vector<Precondition> preconditions;
  std::optional<absl::Duration> retry_delay;  // wait at least so long before the next attempt
};

// Of a status that a Client returned; empty details for any other.
ErrorDetails DetailsOf(const absl::Status& status);

}  // namespace crm::pipeline
