#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/money.h"
#include "common/base/uuid.h"

namespace crm::base {

// Reads stored JSON front to back without building a tree. The grammar has been checked by whoever
// stored it (PostgreSQL's json types do), so commas and colons are taken for granted; text of
// another shape than the caller expects, or cut off, is a programming error and aborts. Refers to
// the text, which must outlive it. One thread at a time.
class JsonReader {
 public:
  explicit JsonReader(absl::string_view text) : rest_(text) {}

  // Steps into the object or array that comes next.
  void Enter();
  // Whether it has a further member or element; when not, steps out of it.
  bool More();
  // The string that comes next as it is written, escapes and all: a member's key, whose value
  // follows, or text that never needs escapes.
  absl::string_view RawString();

  std::string String();
  int64_t Int();
  bool Bool();
  void Skip();  // any value

 private:
  char Peek();  // what the next token begins with
  void AppendEscaped(std::string& out);
  uint32_t Hex4();

  absl::string_view rest_;
};

// Each reads the value that comes next. Times are microseconds since the epoch, days and ids text,
// money is [currency, minor units].
void Take(JsonReader& json, std::string& value);
void Take(JsonReader& json, int64_t& value);
void Take(JsonReader& json, int& value);
void Take(JsonReader& json, bool& value);
void Take(JsonReader& json, absl::Time& value);
void Take(JsonReader& json, absl::CivilDay& value);
void Take(JsonReader& json, Uuid& value);
void Take(JsonReader& json, Money& value);

template <class T>
void Take(JsonReader& json, std::optional<T>& value) {
  Take(json, value.emplace());
}

template <class T>
void Take(JsonReader& json, std::vector<T>& values) {
  for (json.Enter(); json.More();) Take(json, values.emplace_back());
}

// Where a member's value goes.
template <class T>
struct JsonMember {
  absl::string_view key;
  T& value;
};
template <class T>
JsonMember(const char*, T&) -> JsonMember<T>;

// Reads the object that comes next: the members named, in any order; members that are missing leave
// their values alone, others are skipped. Types of other namespaces bring a Take of their own.
template <class... T>
void TakeObject(JsonReader& json, JsonMember<T>... members) {
  for (json.Enter(); json.More();) {
    const absl::string_view key = json.RawString();
    const bool known = ((key == members.key && (Take(json, members.value), true)) || ...);
    if (!known) json.Skip();
  }
}

}  // namespace crm::base
