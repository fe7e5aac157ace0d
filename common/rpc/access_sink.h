#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "common/rpc/admission.h"

namespace crm::rpc {

// That somebody was shown personal data.
struct Access {
  std::string tenant;
  absl::Time time;  // when the call arrived
  std::string actor;
  std::string method;              // "crm.contact.v1.ContactService/GetContact"
  std::vector<std::string> names;  // of what was shown
};

// Takes accesses in. Thread-safe; must not block, since gRPC's threads and workers call it.
class AccessSink {
 public:
  virtual ~AccessSink() = default;
  // Whether accesses to the tenant's data are asked for.
  virtual bool Wants(absl::string_view tenant) const = 0;
  virtual void Take(Access access) = 0;
};

// Whether answers of the method show personal data, and it changes nothing: what is changed has a
// history of its own. Its scope says so, which every method has, whatever its verb.
bool ShowsPersonalData(const MethodAccess& method);

// The names of the things that the answer shows: those in its fields; or, if it shows parts of one
// thing, that by which the request asks for it.
std::vector<std::string> NamesShown(const google::protobuf::Message& request,
                                    const google::protobuf::Message& response);

}  // namespace crm::rpc
