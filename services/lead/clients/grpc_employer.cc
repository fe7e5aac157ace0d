#include "services/lead/clients/grpc_employer.h"

namespace crm::lead {

std::string EmployerOf(const contact::v1::Contact& person) {
  for (const contact::v1::Employment& employment : person.employments()) {
    if (employment.primary()) return employment.organization();
  }
  return "";
}

}  // namespace crm::lead
