#include "services/contact/erasure/erasure_command.h"

#include <cstdio>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {
namespace {

constexpr absl::Duration kCallPatience = absl::Seconds(30);
constexpr int kPage = 500;

using Requests = std::map<base::TenantKey, ErasureRequest>;

// Calls `each` for all, or those that are not done.
template <class Each>
absl::Status ForAll(const ErasureStore& erasures, bool all, const Each& each) {
  for (base::TenantKey last;;) {
    CRM_ASSIGN_OR_RETURN(const std::vector<Erasure> page,
                         erasures.After(last, all, kPage, base::Deadline::After(kCallPatience)));
    for (const Erasure& erasure : page) each(erasure);
    if (page.empty()) return absl::OkStatus();
    last = {page.back().tenant, page.back().contact};
  }
}

absl::Status Print(const ErasureStore& erasures) {
  return ForAll(erasures, false, [](const Erasure& erasure) {
    std::vector<std::string> waiting;
    for (const ErasurePart& part : erasure.parts) {
      if (!part.last_time.has_value()) waiting.push_back(part.service);
    }
    std::printf(
        "%s\t%s\t%s\t%s\n", erasure.tenant.c_str(), ContactName(erasure.contact).c_str(),
        absl::FormatTime(absl::RFC3339_sec, erasure.erase_time, absl::UTCTimeZone()).c_str(),
        absl::StrJoin(waiting, ",").c_str());
  });
}

ErasureRequest RequestFor(const base::TenantKey& contact, ErasureReason reason,
                          const std::string& actor) {
  ErasureRequest request{contact, reason, actor};
  request.again = true;
  return request;
}

// Those that a neighbour has answered and this database may not know.
absl::Status CollectAnswered(event::EventSource& log, Requests& requests) {
  for (int64_t position = 0;;) {
    CRM_ASSIGN_OR_RETURN(const event::SourcePage read, log.After(position, kPage));
    const std::vector<event::Event>& page = read.events;
    if (page.empty()) return absl::OkStatus();
    for (const event::Event& event : page) {
      event::v1::StageEvent stage;
      if (!stage.ParseFromString(event.payload)) {
        return error::DataDamaged(absl::StrCat("stage event ", event.sequence));
      }
      CRM_ASSIGN_OR_RETURN(const auto answer, stage::ErasureIn(stage.change()));
      if (!answer.has_value()) continue;
      const base::TenantKey contact{answer->tenant, answer->contact};
      requests.try_emplace(
          contact,
          RequestFor(
              contact,
              base::ValueOf(kErasureReasonNames, answer->reason).value_or(ErasureReason::kOther),
              answer->actor));
    }
    position = page.back().sequence;
  }
}

absl::Status Replay(const ErasureStore& erasures, absl::Span<event::EventSource* const> logs,
                    const base::Clock& clock) {
  Requests requests;
  CRM_RETURN_IF_ERROR(ForAll(erasures, true, [&requests](const Erasure& erasure) {
    const base::TenantKey contact{erasure.tenant, erasure.contact};
    requests.emplace(contact, RequestFor(contact, erasure.reason, erasure.actor));
  }));
  for (event::EventSource* const log : logs) {
    CRM_RETURN_IF_ERROR(CollectAnswered(*log, requests));
  }
  int made = 0;
  int unknown = 0;
  for (const auto& [contact, request] : requests) {
    const absl::Status status =
        erasures.Erase(request, clock.Now(), base::Deadline::After(kCallPatience)).status();
    if (absl::IsNotFound(status)) {
      ++unknown;  // made after the backup, and lost with what came after it
      continue;
    }
    CRM_RETURN_IF_ERROR(status);
    ++made;
  }
  std::printf("%d erasures made again; %d of contacts that are not there\n", made, unknown);
  return absl::OkStatus();
}

}  // namespace

absl::Status RunErasures(const ErasureStore& erasures, absl::Span<event::EventSource* const> logs,
                         const base::Clock& clock, const std::vector<std::string>& arguments) {
  if (arguments.empty()) return Print(erasures);
  if (arguments.size() == 1 && arguments[0] == "replay") return Replay(erasures, logs, clock);
  return absl::InvalidArgumentError("usage: erasures [replay]");
}

}  // namespace crm::contact
