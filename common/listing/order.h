#pragma once

#include <cstdint>
#include <variant>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

// What a list can be ordered by; equal ones follow by id.
namespace crm::listing {

// What a row is ordered by. Never NULL: what is not set has a value that stands for it.
using OrderKey = std::variant<absl::Time, int64_t, absl::CivilDay>;

enum class OrderType { kTime, kNumber, kDay };  // as the alternatives of OrderKey

// All of it lives for ever.
struct Order {
  absl::string_view name;    // as callers write it
  absl::string_view column;  // or an expression, of which there is an index (tenant, it, id)
  OrderType type = OrderType::kTime;
  // Changes only to the time of the change. What changes while somebody pages forward would be
  // listed again; so pages end at the time of the first one.
  bool follows_clock = false;
};

inline constexpr Order kByCreateTime{"create_time", "create_time"};

// An order of the things A, with the key that one of them has.
template <class A>
struct OrderOf {
  Order order;
  OrderKey (*key)(const A& thing);
};

// The order of every list that knows no other.
template <class A>
inline constexpr OrderOf<A> kCreateTimeOrder[] = {
    {kByCreateTime, [](const A& thing) -> OrderKey { return thing.create_time; }}};

}  // namespace crm::listing
