#pragma once

#include <cstdint>
#include <string>

#include "crm/contact/v1/contact_service.pb.h"
#include "crm/lead/v1/lead_service.pb.h"

// What the customers of a load are called and what is asked for them. Ids are derived from a
// number, so that nothing is looked up.
namespace crm::bench {

// Seeds of ids, so that runs and rounds do not meet: each use of a job takes a fresh one.
uint64_t FreshSeed();
std::string IdOf(uint64_t seed, uint64_t n);  // a UUID
std::string LeadName(uint64_t seed, uint64_t n);
std::string ContactName(uint64_t seed, uint64_t n);
// Of the steps of one customer, each its own.
std::string RequestId(uint64_t seed, uint64_t n, int step);

// Steps 1 to 4.
contact::v1::CreateContactRequest NewContact(uint64_t seed, uint64_t n);
lead::v1::CreateLeadRequest NewLead(uint64_t seed, uint64_t n, const std::string& contact_name);
lead::v1::QualifyLeadRequest Qualify(uint64_t seed, uint64_t n);
lead::v1::ConvertLeadRequest ConvertRequest(uint64_t seed, uint64_t n);

}  // namespace crm::bench
