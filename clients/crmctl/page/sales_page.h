#pragma once

#include "clients/crmctl/page/page.h"
#include "clients/crmctl/page/sales_figures.h"

namespace crm::crmctl {

// The page of sales: what is open and expected, what was won, how long it takes and where it gets
// lost. Without its JSON.
Page SalesPage(const SalesFigures& figures);

// Its parts.
Section PipelineSection(const SalesFigures& figures);
Section ForecastSection(const SalesFigures& figures);
Section WinsSection(const SalesFigures& figures);
Section FunnelSection(const SalesFigures& figures);
Section StageTimeSection(const SalesFigures& figures);
Section FlowSection(const SalesFigures& figures);
Section RiskSection(const SalesFigures& figures);
std::vector<Card> SalesCards(const SalesFigures& figures);

// What stages are called: as the reports say, else by their keys.
std::string StageName(const SalesFigures& figures, const std::string& stage_key);

}  // namespace crm::crmctl
