#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/uuid.h"
#include "crm/event/v1/stage_event.pb.h"

// What a receiver gets.
namespace crm::webhook {

inline constexpr char kContentType[] = "application/cloudevents+json; charset=utf-8";

// The body: a CloudEvent in JSON with the attributes of the entry on the stream, and all of the
// event in `data`, byte for byte what stands there; and in which partition of the log it is.
std::string BodyOf(const crm::event::v1::StageEvent& event, int partition);

// The header lines. `attempt` counts from 1.
std::vector<std::string> HeadersOf(const crm::event::v1::StageChanged& change,
                                   absl::string_view body, const base::Uuid& webhook,
                                   absl::Span<const std::string> secrets, absl::Time now,
                                   int64_t attempt);

// "crm.<service>.webhook.disabled.v1", that a webhook is sent nothing any more.
crm::event::v1::StageChanged DisabledNotice(absl::string_view service, const std::string& tenant,
                                            const base::Uuid& webhook, const base::Uuid& event_id,
                                            absl::string_view reason, absl::Time now);

// "crm.<service>.webhook.tested.v1".
std::string TestType(absl::string_view service);
crm::event::v1::StageChanged TestEvent(absl::string_view service, const std::string& tenant,
                                       const base::Uuid& webhook, const base::Uuid& event_id,
                                       absl::Time now);

}  // namespace crm::webhook
