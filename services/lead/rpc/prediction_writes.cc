#include "common/serving/batch_write.h"
#include "services/lead/rpc/prediction_handlers.h"
#include "services/lead/rpc/prediction_proto.h"

namespace crm::lead {

void TrainModels(const PredictionPorts& ports,
                 rpc::Calls<v1::TrainModelRequest, v1::TrainModelResponse> calls) {
  for (auto* call : calls) {
    const auto answer =
        ports.predictions.Train({call->context().tenant, call->context().actor,
                                 serving::RequestOf(call->context(), call->request()),
                                 [](const ModelRevision& revision) {
                                   v1::TrainModelResponse response;
                                   ToProto(revision, *response.mutable_model());
                                   return response.SerializeAsString();
                                 }},
                                call->context().deadline);
    if (answer.ok()) {
      call->FinishSerialized(answer->bytes, answer->replayed);
    } else {
      call->Finish(answer.status());
    }
  }
}

}  // namespace crm::lead
