#pragma once

#include <string>

#include "common/event/relay.h"
#include "common/feed/feed.h"
#include "common/pg/connection.h"
#include "common/rpc/executor.h"
#include "common/rpc/server.h"
#include "common/rpc/tenant_limits.h"
#include "common/serving/common_options.h"
#include "common/serving/service.h"
#include "common/tls/certificates.h"

// What the options of a program and the definition of its service mean for each of its parts.
namespace crm::serving {

// The connections to a service's schema under `url`.
pg::ConnectionOptions DatabaseOf(const ServiceDefinition& definition, const std::string& url);
// The same for threads that wait on nobody's behalf.
pg::ConnectionOptions BackgroundOf(pg::ConnectionOptions database);
// How many connections all workers and the background need at once.
int ConnectionsOf(const ServiceDefinition& definition, const CommonOptions& options);

rpc::ExecutorOptions ExecutorOptionsOf(const ServiceDefinition& definition,
                                       const CommonOptions& options);
rpc::TenantLimitOptions TenantLimitsOf(const CommonOptions& options);
// `certificates`: null without TLS.
rpc::ServerOptions ServerOptionsOf(const CommonOptions& options,
                                   const tls::Certificates* certificates);

// Of one partition of the service's stream.
event::RelayOptions RelayOptionsOf(const ServiceDefinition& definition,
                                   const CommonOptions& options, int partition);
feed::FeedOptions FeedOptionsOf(const ServiceDefinition& definition, const CommonOptions& options,
                                int partition);

}  // namespace crm::serving
