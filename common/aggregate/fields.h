#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "common/aggregate/field_json.h"
#include "common/aggregate/revision.h"
#include "common/aggregate/stored_json.h"

// The fields of a thing, as a table: what field history records.
namespace crm::aggregate {

// One field that is stored, named as in the thing's message; "field.part" if it is a part of one.
template <class A>
struct Field {
  const char* name;
  bool (*same)(const A& a, const A& b);
  // Appends the value as JSON (field_json.h); "null" if it is empty.
  void (*append)(const A& thing, std::string& json);
  // The reverse; null gives the value that a new A has. Throws, as ReadJson allows, on what
  // `append` cannot have made.
  void (*take)(const Json& json, A& thing);
};

template <class A>
using Fields = absl::Span<const Field<A>>;

// The row of a field that `kAccess` leads to: a pointer to member, or a lambda from `auto& thing`
// to a reference. `kNames` is the table of names if it is an enum.
template <class A, auto kAccess, const auto&... kNames>
constexpr Field<A> FieldOf(const char* name) {
  return {name,
          [](const A& a, const A& b) { return std::invoke(kAccess, a) == std::invoke(kAccess, b); },
          [](const A& thing, std::string& json) {
            AppendJson(json, std::invoke(kAccess, thing), kNames...);
          },
          [](const Json& json, A& thing) {
            static const A kNew;
            auto& value = std::invoke(kAccess, thing);
            value = std::invoke(kAccess, kNew);
            if (!json.is_null()) TakeJson(json, value, kNames...);
          }};
}

// What differs, as [[field, before, after], …]: compact, in the order of the table.
template <class A>
std::string ChangesOf(const A& before, const A& after, Fields<A> fields) {
  std::string json = "[";
  for (const Field<A>& field : fields) {
    if (field.same(before, after)) continue;
    absl::StrAppend(&json, json.size() > 1 ? ",[\"" : "[\"", field.name, "\",");
    field.append(before, json);
    json += ',';
    field.append(after, json);
    json += ']';
  }
  json += ']';
  return json;
}

// Sets in `before` and `after` (where not null) the values that `changes` give for their fields,
// and lists those in `listed` (the same). [field] alone is a change whose values were erased: they
// are taken for empty. A field that this program does not know is left out: a newer one wrote it,
// and nothing of it is in A. False if `changes` cannot be understood in full.
template <class A>
bool ReadChanges(absl::string_view changes, Fields<A> fields, A* before, A* after,
                 std::vector<ReadChange>* listed = nullptr) {
  const auto read = ReadJson(changes, [&](const Json& json) {
    static const Json kErased;
    for (const Json& change : json.get_ref<const Json::array_t&>()) {
      const auto& name = change.at(0).get_ref<const std::string&>();
      const bool erased = change.size() == 1;
      const Json& old_value = erased ? kErased : change.at(1);
      const Json& new_value = erased ? kErased : change.at(2);
      for (const Field<A>& field : fields) {
        if (name != field.name) continue;
        if (before != nullptr) field.take(old_value, *before);
        if (after != nullptr) field.take(new_value, *after);
        if (listed != nullptr) listed->push_back({name, erased});
        break;
      }
    }
    return true;
  });
  return read.has_value();
}

}  // namespace crm::aggregate
