#pragma once

#include <pqxx/result>
#include <utility>

namespace crm::pg {

// What Rows share. Private to common/pg: nobody else sees libpqxx.
class ResultSet {
 public:
  explicit ResultSet(pqxx::result result) : result_(std::move(result)) {}
  const pqxx::result& result() const { return result_; }

 private:
  pqxx::result result_;
};

}  // namespace crm::pg
