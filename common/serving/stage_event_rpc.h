#pragma once

#include <grpcpp/grpcpp.h>

#include "common/pg/pool.h"
#include "common/rpc/method.h"
#include "crm/event/v1/stage_event_service.grpc.pb.h"

namespace crm::serving {

// StageEventService over a service's own event log: the complete, ordered record from which any
// subscriber can catch up, however old its position. DATA_LOSS where a page would begin with a
// damaged event; those before it are listed.
class StageEventRpc final
    : public event::v1::StageEventService::WithRawCallbackMethod_ListStageEvents<
          event::v1::StageEventService::Service> {
 public:
  StageEventRpc(const rpc::Binding& binding, pg::Pool& pool);

  grpc::ServerUnaryReactor* ListStageEvents(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) override;

 private:
  rpc::Method<event::v1::ListStageEventsRequest, event::v1::ListStageEventsResponse> list_;
};

}  // namespace crm::serving
