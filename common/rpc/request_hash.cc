#include "common/rpc/request_hash.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "common/base/digest.h"

namespace crm::rpc {

std::string RequestHash(absl::string_view method, const google::protobuf::MessageLite& request) {
  static thread_local std::string text;
  // A method's name holds no NUL byte, so the two parts cannot be confused.
  text.assign(method.data(), method.size());
  text.push_back('\0');
  {
    google::protobuf::io::StringOutputStream stream(&text);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    request.SerializeToCodedStream(&coded);
  }
  return std::string(base::AsText(base::Sha256(text)).substr(0, 16));
}

}  // namespace crm::rpc
