#include "common/rpc/resource_name.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

namespace crm::rpc {
namespace {

std::optional<absl::string_view> IdPart(absl::string_view name, absl::string_view collection) {
  if (name.size() <= collection.size() + 1 || name[collection.size()] != '/' ||
      name.substr(0, collection.size()) != collection) {
    return std::nullopt;
  }
  return name.substr(collection.size() + 1);
}

}  // namespace

std::optional<base::Uuid> ParseName(absl::string_view name, absl::string_view collection) {
  const auto id = IdPart(name, collection);
  return id ? base::Uuid::Parse(*id) : std::nullopt;
}

std::string FormatName(absl::string_view collection, const base::Uuid& id) {
  std::string name;
  name.reserve(collection.size() + 1 + base::Uuid::kTextSize);
  absl::StrAppend(&name, collection, "/");
  id.AppendTo(&name);
  return name;
}

std::optional<absl::string_view> ParseSlugName(absl::string_view name,
                                               absl::string_view collection) {
  const auto slug = IdPart(name, collection);
  if (!slug || !IsSlug(*slug)) return std::nullopt;
  return slug;
}

std::string FormatSlugName(absl::string_view collection, absl::string_view slug) {
  return absl::StrCat(collection, "/", slug);
}

bool IsSlug(absl::string_view text) {
  if (text.empty() || text.size() > 63 || !absl::ascii_islower(text.front()) ||
      text.back() == '-') {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
  });
}

}  // namespace crm::rpc
