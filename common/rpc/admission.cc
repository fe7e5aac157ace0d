#include "common/rpc/admission.h"

#include <utility>

#include "common/base/status.h"
#include "common/rpc/metadata.h"
#include "crm/auth/v1/auth.pb.h"

namespace crm::rpc {
namespace {

class OpenAdmission final : public Admission {
 public:
  absl::StatusOr<CallContext> Admit(const grpc::ServerContextBase& context,
                                    const MethodAccess& access, absl::Time now) const override {
    CallMetadata stated = ReadMetadata(context, access.method, now);
    CRM_RETURN_IF_ERROR(stated.problem);
    stated.context.all_tenants = !access.all_tenants_scope.empty();
    return std::move(stated.context);
  }
};

}  // namespace

MethodAccess AccessOf(const google::protobuf::MethodDescriptor& descriptor,
                      absl::string_view method) {
  const google::protobuf::MethodOptions& options = descriptor.options();
  return {method, options.GetExtension(auth::v1::scope),
          options.GetExtension(auth::v1::all_tenants_scope)};
}

const Admission& Admission::Open() {
  static const auto* const open = new OpenAdmission();
  return *open;
}

}  // namespace crm::rpc
