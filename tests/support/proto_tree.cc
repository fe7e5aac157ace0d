#include "tests/support/proto_tree.h"

#include <google/protobuf/descriptor.pb.h>

#include "tests/support/command.h"
#include "tests/support/server_folder.h"

namespace crm::testing {
namespace {

constexpr char kDescribe[] =
    "find proto -name '*.proto' -printf '%P\\n' | "
    "xargs protoc -Iproto --include_imports --descriptor_set_out=/dev/stdout";

}  // namespace

ProtoTree::ProtoTree() {
  const struct Outcome described = RunScript(kDescribe);
  google::protobuf::FileDescriptorSet files;
  if (described.code != 0 || !files.ParseFromString(described.output)) {
    Abort("protoc: " + described.output);
  }
  for (const auto& file : files.file()) {  // what they import comes before them
    if (pool_.BuildFile(file) == nullptr) Abort(file.name());
  }
}

const google::protobuf::ServiceDescriptor* ProtoTree::Service(const std::string& name) const {
  return pool_.FindServiceByName(name);
}

const google::protobuf::MethodDescriptor* ProtoTree::Method(const std::string& service,
                                                            const std::string& method) const {
  const auto* const found = Service(service);
  return found == nullptr ? nullptr : found->FindMethodByName(method);
}

std::unique_ptr<google::protobuf::Message> ProtoTree::New(
    const google::protobuf::Descriptor* type) {
  return std::unique_ptr<google::protobuf::Message>(factory_.GetPrototype(type)->New());
}

}  // namespace crm::testing
