#include <array>

#include "clients/crmctl/import/draft.h"

namespace crm::crmctl {
namespace {

// The first part that a stage's name holds decides.
constexpr std::array kLeadStages = {DraftStage{"disqualif", "DISQUALIFIED"},
                                    DraftStage{"unqualified", "DISQUALIFIED"},
                                    DraftStage{"not qualified", "DISQUALIFIED"},
                                    DraftStage{"junk", "DISQUALIFIED"},
                                    DraftStage{"lost", "DISQUALIFIED"},
                                    DraftStage{"perdid", "DISQUALIFIED"},
                                    DraftStage{"not converted", "DISQUALIFIED"},
                                    DraftStage{"converted", "QUALIFIED"},
                                    DraftStage{"won", "QUALIFIED"},
                                    DraftStage{"ganad", "QUALIFIED"},
                                    DraftStage{"not contacted", "NEW"},
                                    DraftStage{"pre qualified", "WORKING"},
                                    DraftStage{"qualified", "QUALIFIED"},
                                    DraftStage{"new", "NEW"},
                                    DraftStage{"nuevo", "NEW"},
                                    DraftStage{"", "WORKING"}};

// Behind the colon the stage of the default pipeline.
constexpr std::array kDealStages = {DraftStage{"disqualif", "DISQUALIFIED"},
                                    DraftStage{"unqualified", "DISQUALIFIED"},
                                    DraftStage{"junk", "DISQUALIFIED"},
                                    DraftStage{"closedwon", "WON"},
                                    DraftStage{"won", "WON"},
                                    DraftStage{"ganad", "WON"},
                                    DraftStage{"closedlost", "LOST"},
                                    DraftStage{"lost", "LOST"},
                                    DraftStage{"perdid", "LOST"},
                                    DraftStage{"cancel", "LOST"},
                                    DraftStage{"contract", "OPEN:contract"},
                                    DraftStage{"contrato", "OPEN:contract"},
                                    DraftStage{"sign", "OPEN:contract"},
                                    DraftStage{"close", "OPEN:contract"},
                                    DraftStage{"negotia", "OPEN:payment_terms"},
                                    DraftStage{"negocia", "OPEN:payment_terms"},
                                    DraftStage{"decision", "OPEN:payment_terms"},
                                    DraftStage{"propos", "OPEN:proposal"},
                                    DraftStage{"quote", "OPEN:proposal"},
                                    DraftStage{"presupuesto", "OPEN:proposal"},
                                    DraftStage{"oferta", "OPEN:proposal"},
                                    DraftStage{"offer", "OPEN:proposal"},
                                    DraftStage{"demo", "OPEN:needs_confirmed"},
                                    DraftStage{"presentation", "OPEN:needs_confirmed"},
                                    DraftStage{"need", "OPEN:needs_confirmed"},
                                    DraftStage{"develop", "OPEN:needs_confirmed"},
                                    DraftStage{"qualified", "OPEN:needs_confirmed"},
                                    DraftStage{"", "OPEN"}};

}  // namespace

absl::Span<const DraftStage> DraftStages(Entity entity) {
  if (entity == Entity::kLead) return kLeadStages;
  return kDealStages;
}

}  // namespace crm::crmctl
