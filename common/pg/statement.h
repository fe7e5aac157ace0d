#pragma once

namespace crm::pg {

// A named SQL statement with parameters $1, $2, …; each parameter carries an explicit cast
// ($1::uuid[]), since values travel as text. Statements are constants with static storage: `name`
// is unique within a service and is the key under which a connection prepares it, once, on first
// use.
struct Statement {
  const char* name;
  const char* sql;
};

}  // namespace crm::pg
