#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace crm::testing {

// Puts `name` into every field that holds the name of a thing, and into those of the messages in
// it, down to this depth.
void NameEverywhere(google::protobuf::Message& message, const std::string& name, int depth);

}  // namespace crm::testing
