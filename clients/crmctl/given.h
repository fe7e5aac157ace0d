#pragma once

#include <google/protobuf/message.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <initializer_list>
#include <string>

// What of a command's options was named: that is changed, to nothing too, and all else is kept.
namespace crm::crmctl {

struct GivenText {
  const char* flag;
  const char* field;
  const std::string& text;
};

// Sets the texts whose flags were given, also to nothing.
inline void SetGiven(const CLI::App& command, google::protobuf::Message* message,
                     std::initializer_list<GivenText> texts) {
  for (const auto& [flag, field, text] : texts) {
    if (command.count(flag) == 0) continue;
    message->GetReflection()->SetString(message, message->GetDescriptor()->FindFieldByName(field),
                                        text);
  }
}

inline bool Names(const CLI::App& command, std::initializer_list<const char*> flags) {
  return std::any_of(flags.begin(), flags.end(),
                     [&](const char* flag) { return command.count(flag) > 0; });
}

}  // namespace crm::crmctl
