#include "services/contact/rpc/search_checks.h"

#include "common/rpc/request_checks.h"
#include "services/contact/domain/contact.h"
#include "services/contact/rpc/contact_checks.h"

namespace crm::contact {
namespace {

void CheckScore(double score, rpc::Validation& v) {
  if (!(score >= 0 && score <= 1)) v.Custom("min_score", "must be from 0 to 1");
}

}  // namespace

void Check(const v1::SearchContactsRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kContacts, v);
  v.Text("query", request.query(), {1, rpc::kNameLimit, rpc::kRequired})
      .Enum("kind", request.kind(), v1::ContactKind_IsValid(request.kind()), rpc::kOptional);
}

void Check(const v1::FindDuplicatesRequest& request, rpc::Validation& v) {
  v.Name("name", request.name(), kContacts, request.has_contact() ? rpc::kOptional : rpc::kRequired)
      .PageSize("page_size", request.page_size())
      .Text("page_token", request.page_token(), {.max = rpc::kPageTokenLimit});
  CheckScore(request.min_score(), v);
  if (!request.has_contact()) return;
  if (!request.name().empty()) v.Custom("contact", "must be absent where a name is given");
  CheckDraft(request.contact(), v);
}

void Check(const v1::ListDuplicateGroupsRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kContacts, v);
  v.TimestampField("create_time_from", request.has_create_time_from(), request.create_time_from(),
                   rpc::kOptional);
  CheckScore(request.min_score(), v);
}

}  // namespace crm::contact
