#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <utility>
#include <vector>

#include "clients/crmctl/message_fields.h"
#include "clients/crmctl/report/figure_text.h"

namespace crm::crmctl {

// One column of a table of messages: its title, the path of the field, and whether 0 is no value.
struct Column {
  std::string title;
  std::string path;
  bool zero_is_none = false;
};

// Rows of texts, aligned, each on one line; numbers to the right. Titles in bold on a terminal.
void PrintTable(const std::vector<std::string>& titles,
                const std::vector<std::vector<std::string>>& texts);

// One message: as JSON, or as a line per field.
void PrintMessage(const google::protobuf::Message& message, bool json);

// Many messages of one kind: as a JSON array, or as a table. `more`: the list was cut there.
template <class Messages>
void PrintMessages(const Messages& messages, const std::vector<Column>& columns, bool json,
                   bool more);

// Whether standard output is a terminal that takes colours (NO_COLOR is honoured).
bool Coloured();

void PrintPointers(const std::vector<const google::protobuf::Message*>& messages,
                   const std::vector<Column>& columns, bool json, bool more);

template <class Messages>
void PrintMessages(const Messages& messages, const std::vector<Column>& columns, bool json,
                   bool more) {
  std::vector<const google::protobuf::Message*> pointers;
  for (const auto& message : messages) pointers.push_back(&message);
  PrintPointers(pointers, columns, json, more);
}

}  // namespace crm::crmctl
