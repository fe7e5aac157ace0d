#pragma once

#include <string>

#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/pg/pool.h"
#include "common/rpc/service.h"
#include "common/serving/stage_event_service.h"
#include "common/webhook/url.h"

namespace crm::serving {

struct WebhookPorts {
  pg::Pool& pool;
  const base::Clock& clock;
  base::IdGenerator& ids;
  std::string service;  // "lead"
  bool on = false;      // whether webhooks are sent anything
  webhook::UrlPolicy policy = {};
  const Feeds* feeds = nullptr;  // of the log; nullptr: it has one partition
};

// WebhookService over a service's own tables. What is sent is a webhook::Dispatcher's business, of
// this process or of another.
class WebhookService final : public rpc::Service<WebhookPorts> {
 public:
  WebhookService(const rpc::Binding& binding, const WebhookPorts& ports);
};

}  // namespace crm::serving
