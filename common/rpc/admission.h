#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/server_context.h>

#include <string>

#include "common/rpc/call_context.h"

namespace crm::rpc {

// What a method asks of its callers: the options of crm/auth/v1/auth.proto.
struct MethodAccess {
  absl::string_view method;       // "crm.lead.v1.LeadService/CreateLead"; outlives every call
  std::string scope;              // "crm.leads.write"; empty: the proto gives none
  std::string all_tenants_scope;  // of those who see every tenant; empty: nobody does
};

// The options of `descriptor`; `method` must outlive the calls.
MethodAccess AccessOf(const google::protobuf::MethodDescriptor& descriptor,
                      absl::string_view method);

// Decides who calls, as which tenant and actor, and whether they may: the one place where that is
// decided. Every method asks it before anything else of a call is looked at.
class Admission {
 public:
  virtual ~Admission() = default;

  // The context of a call, or why it is refused. On gRPC's thread: must not block. Thread-safe.
  virtual absl::StatusOr<CallContext> Admit(const grpc::ServerContextBase& context,
                                            const MethodAccess& access, absl::Time now) const = 0;

  // Admits everybody as whom their metadata says, with a view of all tenants where a
  // method knows one: for servers without authentication.
  static const Admission& Open();
};

}  // namespace crm::rpc
