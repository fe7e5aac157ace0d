#include "services/contact/contact_streams.h"

#include "common/base/status.h"
#include "common/neighbours/neighbour_channel.h"
#include "common/stage/envelope.h"
#include "services/contact/erasure/erasure_answers.h"
#include "services/contact/lifecycle/lifecycle_effect.h"

namespace crm::contact {

serving::SubscriptionPlan LifecycleOf(const serving::Process& process,
                                      const ContactOptions& options, const std::string& neighbour) {
  return {.consumer = kLifecycleConsumer,
          .neighbour = neighbour,
          .decode = stage::DecodeEntry,
          .effect = WithErasureAnswers(LifecycleEffect(process.clock, process.ids)),
          .aged_out = serving::AgedOutNamed(options.aged_out_events),
          .rebuilds = true};
}

absl::StatusOr<std::vector<serving::Followed>> FollowedStreams(const serving::Process& process,
                                                               const ContactOptions& options) {
  CRM_ASSIGN_OR_RETURN(const auto lead, neighbours::EventChannelTo(options.lead_address,
                                                                   process.neighbour_credentials));
  CRM_ASSIGN_OR_RETURN(
      const auto opportunity,
      neighbours::EventChannelTo(options.opportunity_address, process.neighbour_credentials));
  return std::vector<serving::Followed>{
      {LifecycleOf(process, options, "lead"), lead},
      {LifecycleOf(process, options, "opportunity"), opportunity}};
}

absl::StatusOr<Logs> LogsOf(const std::shared_ptr<grpc::Channel>& channel) {
  Logs logs;
  logs.push_back(std::make_unique<serving::GrpcStageEventSource>(channel, "crm-contact"));
  CRM_ASSIGN_OR_RETURN(const int partitions, logs[0]->CountPartitions());
  for (int partition = 1; partition < partitions; ++partition) {
    logs.push_back(
        std::make_unique<serving::GrpcStageEventSource>(channel, "crm-contact", partition));
  }
  return logs;
}

}  // namespace crm::contact
