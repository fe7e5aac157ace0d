#include "common/rpc/request_checks.h"

#include "tests/support/proto/probe.pb.h"

namespace crm::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kId[] = "018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e";
constexpr char kName[] = "probes/018f6d3a-7b1c-7e55-8c1e-0d9a4b3c2d1e";
constexpr MaskPath kTable[] = {{"owner"}, {"tags"}};

std::vector<std::string> FieldsOf(const Validation& v) {
  std::vector<std::string> fields;
  for (const error::FieldViolation& violation : v.violations()) fields.push_back(violation.field);
  return fields;
}

template <class Req>
std::vector<std::string> Problems(const Req& request) {
  Validation v(absl::Now());
  CheckCommonFields(request, "probes", v);
  return FieldsOf(v);
}

std::vector<std::string> ProblemsOfUpdate(const probe::v1::UpdateRequest& request) {
  Validation v(absl::Now());
  CheckUpdate(request, "probe", request.has_probe(), request.probe(), "probes", kTable, v);
  return FieldsOf(v);
}

TEST(RequestChecks, EveryFieldThatARequestHasIsChecked) {
  probe::v1::WriteRequest write;
  EXPECT_THAT(Problems(write), ElementsAre("name"));
  write.set_name("boxes/1");
  write.set_etag("old");
  write.set_request_id("7");
  write.mutable_effective_time()->set_nanos(-1);
  EXPECT_THAT(Problems(write), ElementsAre("name", "etag", "request_id", "effective_time"));
  write.set_name(kName);
  write.set_etag("12");
  write.set_request_id(kId);
  write.mutable_effective_time()->set_nanos(1);
  EXPECT_THAT(Problems(write), IsEmpty());
}

TEST(RequestChecks, ListsHaveBoundedArguments) {
  probe::v1::ListRequest list;
  EXPECT_THAT(Problems(list), IsEmpty());
  list.set_page_size(-1);
  list.set_page_token(std::string(kPageTokenLimit + 1, 'x'));
  list.set_filter(std::string(kFilterLimit + 1, 'x'));
  list.set_order_by(std::string(kOrderByLimit + 1, 'x'));
  EXPECT_THAT(Problems(list), ElementsAre("page_size", "page_token", "filter", "order_by"));
}

TEST(RequestChecks, NamesAreWellFormedAndDistinct) {
  probe::v1::BatchRequest batch;
  EXPECT_THAT(Problems(batch), ElementsAre("names"));
  batch.add_names(kName);
  EXPECT_THAT(Problems(batch), IsEmpty());
  batch.add_names("boxes/1");
  batch.add_names(kName);
  batch.add_names("");
  EXPECT_THAT(Problems(batch), ElementsAre("names[1]", "names[2]", "names[3]"));
  for (size_t i = 0; i < kMostNames; ++i) batch.add_names(kName);
  EXPECT_THAT(Problems(batch), ElementsAre("names")) << "too many to look at each";
}

TEST(RequestChecks, AnUpdateHasItsThingAndAMask) {
  probe::v1::UpdateRequest update;
  update.set_request_id("7");
  EXPECT_THAT(ProblemsOfUpdate(update), ElementsAre("request_id", "probe"));
  update.mutable_probe()->set_etag("old");
  update.mutable_update_mask()->add_paths("size");
  EXPECT_THAT(ProblemsOfUpdate(update),
              ElementsAre("request_id", "probe.name", "probe.etag", "update_mask"));
  update.clear_request_id();
  update.mutable_probe()->set_name(kName);
  update.mutable_probe()->set_etag("3");
  update.mutable_update_mask()->set_paths(0, "owner");
  EXPECT_THAT(ProblemsOfUpdate(update), IsEmpty());
}

}  // namespace
}  // namespace crm::rpc
