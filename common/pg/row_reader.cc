#include "common/pg/row_reader.h"

#include "absl/strings/str_cat.h"
#include "common/error/error.h"

namespace crm::pg {

absl::Status RowReader::Damage(absl::string_view resource_name) const {
  return error::DataDamaged(resource_name)
      .Private(absl::StrCat("column ", damaged_, " of ", resource_name, " cannot be read"));
}

}  // namespace crm::pg
