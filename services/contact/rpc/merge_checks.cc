#include "services/contact/rpc/merge_checks.h"

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/rpc/request_checks.h"
#include "services/contact/domain/contact_merge.h"

namespace crm::contact {
namespace {

constexpr size_t kMostChoices = 50;

template <class Req>
void CheckOthers(const Req& request, rpc::Validation& v) {
  v.Count("others", static_cast<size_t>(request.others_size()), kMostMerged, 1);
  absl::flat_hash_set<std::string> seen{absl::AsciiStrToLower(request.survivor())};
  for (int i = 0; i < request.others_size(); ++i) {
    const std::string path = absl::StrCat("others[", i, "]");
    v.Name(path, request.others(i), kContacts, rpc::kRequired);
    if (!seen.insert(absl::AsciiStrToLower(request.others(i))).second) {
      v.Custom(path, "is named already");
    }
  }
}

template <class Req>
void CheckChoices(const Req& request, rpc::Validation& v) {
  v.Count("choices", static_cast<size_t>(request.choices_size()), kMostChoices);
  absl::flat_hash_set<std::string> seen;
  for (int i = 0; i < request.choices_size(); ++i) {
    const v1::MergeChoice& choice = request.choices(i);
    const std::string path = absl::StrCat("choices[", i, "]");
    v.Text(absl::StrCat(path, ".field"), choice.field(), {.max = 100, .presence = rpc::kRequired})
        .Name(absl::StrCat(path, ".contact"), choice.contact(), kContacts, rpc::kRequired);
    if (!choice.field().empty() && !IsMergeField(choice.field())) {
      v.Custom(
          absl::StrCat(path, ".field"),
          absl::StrCat("must be one of ", absl::StrJoin(MergeFields(), ", "), ", attributes.KEY"));
    }
    if (!seen.insert(choice.field()).second) {
      v.Custom(absl::StrCat(path, ".field"), "is chosen already");
    }
  }
}

template <class Req>
void CheckMerge(const Req& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kContacts, v);
  v.Name("survivor", request.survivor(), kContacts, rpc::kRequired);
  CheckOthers(request, v);
  CheckChoices(request, v);
}

}  // namespace

void Check(const v1::PreviewMergeRequest& request, rpc::Validation& v) { CheckMerge(request, v); }

void Check(const v1::MergeContactsRequest& request, rpc::Validation& v) {
  CheckMerge(request, v);
  v.Text("plan_token", request.plan_token(), {.max = 64});
}

void Check(const v1::UnmergeContactRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, kContacts, v);
}

}  // namespace crm::contact
