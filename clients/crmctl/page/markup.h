#pragma once

#include <absl/strings/string_view.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace crm::crmctl {

// Writes HTML that is well-formed XML too: what is opened is closed, and every text and value is
// escaped, so that no name ever becomes markup. Characters that XML cannot hold become U+FFFD.
class Markup {
 public:
  struct Attribute {
    absl::string_view name;
    std::string value;
  };
  using Attributes = std::initializer_list<Attribute>;

  Markup& Open(absl::string_view tag, Attributes attributes = {});
  Markup& Close();  // what was opened last
  Markup& Text(absl::string_view text);
  // An element that holds nothing, as of pictures.
  Markup& Leaf(absl::string_view tag, Attributes attributes);
  Markup& Element(absl::string_view tag, Attributes attributes, absl::string_view text);
  Markup& Element(absl::string_view tag, absl::string_view text) { return Element(tag, {}, text); }
  // What is markup already.
  Markup& Raw(absl::string_view markup);

  // All of it; everything must be closed.
  std::string Take();

 private:
  void Begin(absl::string_view tag, Attributes attributes);

  std::string text_;
  std::vector<std::string> open_;
};

// `text` as the contents of an element or, within double quotes, a value.
std::string Escaped(absl::string_view text);

}  // namespace crm::crmctl
