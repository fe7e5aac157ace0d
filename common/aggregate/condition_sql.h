#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "common/listing/query.h"
#include "common/pg/params.h"

namespace crm::aggregate {

// Writes a query twice at once: with $n for the prepared shape, with literals for plain text.
class QueryText {
 public:
  // What is added and contains `expression` gets `column` in its place, unless that is empty.
  explicit QueryText(absl::string_view begin, absl::string_view expression = {},
                     absl::string_view column = {})
      : shape_(begin), plain_(begin), expression_(expression), column_(column) {}

  void Add(absl::string_view text) {
    const std::string named =
        column_.empty() ? std::string(text) : absl::StrReplaceAll(text, {{expression_, column_}});
    absl::StrAppend(&shape_, named);
    absl::StrAppend(&plain_, named);
  }
  // A value with its type: "text", "uuid[]".
  template <class T>
  void AddValue(const T& value, absl::string_view type) {
    params_.Add(value);
    absl::StrAppend(&shape_, "$", ++count_, "::", type);
    absl::StrAppend(&plain_, pg::MakeParams(value).sql(), "::", type);
  }
  const std::string& shape() const { return shape_; }
  const std::string& plain() const { return plain_; }
  const pg::Params& params() const { return params_; }

 private:
  std::string shape_;
  std::string plain_;
  absl::string_view expression_;
  absl::string_view column_;
  pg::Params params_;
  int count_ = 0;
};

// Adds the condition as SQL in parentheses or of one comparison; `show_deleted` as of its query.
void AddCondition(const listing::Condition& condition, bool show_deleted, QueryText& text);

// Adds "(key, id) > (…)", or "<" if descending.
void AddPosition(const listing::Order& order, const listing::Cursor& after, bool descending,
                 QueryText& text);

}  // namespace crm::aggregate
