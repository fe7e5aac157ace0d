#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>

namespace crm::testing {

// The interface as the proto files of the repository have it: whatever service a server names is
// known here, linked or not. Used by one thread.
class ProtoTree {
 public:
  // Reads every file below proto/, by protoc; one that cannot be read ends the test program.
  ProtoTree();

  // nullptr for those that there are none of.
  const google::protobuf::ServiceDescriptor* Service(const std::string& name) const;
  const google::protobuf::MethodDescriptor* Method(const std::string& service,
                                                   const std::string& method) const;

  // An empty message, which must not outlive this.
  std::unique_ptr<google::protobuf::Message> New(const google::protobuf::Descriptor* type);

 private:
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
};

}  // namespace crm::testing
