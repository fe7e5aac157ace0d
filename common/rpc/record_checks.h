#pragma once

#include <google/protobuf/map.h>
#include <google/protobuf/repeated_ptr_field.h>

#include <string>

#include "common/rpc/request_checks.h"
#include "common/rpc/validation.h"

// Checks of what people keep with the things they work on, the same for every kind of thing. `path`
// is that of the field: "lead.attributes".
namespace crm::rpc {

// At most 50 entries; keys of 1 to 63 characters [a-z0-9_], a letter first; values of 1 to 1000
// characters.
void CheckAttributes(const std::string& path,
                     const google::protobuf::Map<std::string, std::string>& attributes,
                     Validation& v);

// At most 50 products, each of 1 to 200 characters.
void CheckInterests(const std::string& path,
                    const google::protobuf::RepeatedPtrField<std::string>& interests,
                    Validation& v);

// A message with `text` and `due_date`: the text is required beside a due date.
template <class Step>
void CheckNextStep(const std::string& path, const Step& step, Validation& v) {
  v.Text(path + ".text", step.text(), {1, kTextLimit, step.has_due_date() ? kRequired : kOptional});
  v.DateField(path + ".due_date", step.has_due_date(), step.due_date(), kOptional);
}

}  // namespace crm::rpc
