#pragma once

#include <absl/strings/string_view.h>
#include <absl/types/span.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/repeated_ptr_field.h>

#include <string>

#include "common/rpc/field_mask.h"
#include "common/rpc/validation.h"

// What requests have in common: fields that mean the same in every method are checked by one rule.
namespace crm::rpc {

// The greatest lengths of texts, in code points.
inline constexpr size_t kNameLimit = 200;   // of what people and things are called
inline constexpr size_t kIdLimit = 128;     // of what other systems give, and of actors
inline constexpr size_t kTextLimit = 4000;  // of notes and reasons
inline constexpr size_t kFilterLimit = 1000;
inline constexpr size_t kOrderByLimit = 100;
inline constexpr size_t kPageTokenLimit = 1000;
inline constexpr size_t kMostNames = 1000;

// 1 to kMostNames names of `collection`, each once.
void CheckNames(const google::protobuf::RepeatedPtrField<std::string>& names,
                absl::string_view collection, Validation& v);

// Those of these fields that the request has: name (required) or names, both of `collection`, etag,
// request_id, effective_time, page_size, page_token, filter, order_by.
template <class Req>
void CheckCommonFields(const Req& request, absl::string_view collection, Validation& v) {
  if constexpr (requires { request.names(); }) CheckNames(request.names(), collection, v);
  if constexpr (requires { request.name(); }) {
    v.Name("name", request.name(), collection, kRequired);
  }
  if constexpr (requires { request.etag(); }) v.Etag("etag", request.etag(), kOptional);
  if constexpr (requires { request.request_id(); }) {
    v.Uuid("request_id", request.request_id(), kOptional);
  }
  if constexpr (requires { request.effective_time(); }) {
    v.TimestampField("effective_time", request.has_effective_time(), request.effective_time(),
                     kOptional);
  }
  if constexpr (requires { request.page_size(); }) v.PageSize("page_size", request.page_size());
  if constexpr (requires { request.page_token(); }) {
    v.Text("page_token", request.page_token(), {.max = kPageTokenLimit});
  }
  if constexpr (requires { request.filter(); }) {
    v.Text("filter", request.filter(), {.max = kFilterLimit});
  }
  if constexpr (requires { request.order_by(); }) {
    v.Text("order_by", request.order_by(), {.max = kOrderByLimit});
  }
}

// Of a request to update `thing`, which is its field `field` ("lead"): the thing is there, has a
// name of `collection` and perhaps an etag, and the mask names what `table` allows.
template <class Req, class Thing>
void CheckUpdate(const Req& request, absl::string_view field, bool present, const Thing& thing,
                 absl::string_view collection, absl::Span<const MaskPath> table, Validation& v) {
  CheckCommonFields(request, collection, v);
  v.Present(field, present);
  if (!present) return;
  v.Name(std::string(field) + ".name", thing.name(), collection, kRequired)
      .Etag(std::string(field) + ".etag", thing.etag(), kOptional);
  CheckMask(request.update_mask(), table, thing, v);
}

}  // namespace crm::rpc
