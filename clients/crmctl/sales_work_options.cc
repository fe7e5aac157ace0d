#include "clients/crmctl/sales_work_options.h"

#include <absl/strings/str_split.h>
#include <absl/strings/string_view.h>
#include <absl/strings/strip.h>

#include <cstdint>
#include <iterator>
#include <optional>

#include "clients/crmctl/import/money_text.h"

namespace crm::crmctl {
namespace {

using opportunity::v1::Opportunity;

std::pair<std::string, std::string> SplitAt(char sign, const std::string& text) {
  return absl::StrSplit(text, absl::MaxSplits(sign, 1));
}

// "GTX Pro=2.5 x 4821.00 USD" or "GTX Pro=2.5 x 4821.00 USD -7.5%".
void FillLineItem(const std::string& text, Arguments* arguments, Opportunity* opportunity) {
  const auto [product, rest] = SplitAt('=', text);
  const std::vector<std::string> words = absl::StrSplit(rest, ' ', absl::SkipEmpty());
  const auto wrong = [&] {
    arguments->Problem("--line-item",
                       "must be PRODUCT=QUANTITY x PRICE CURRENCY, with a discount in percent "
                       "after it if there is one: 'GTX Pro=2.5 x 4821.00 USD -7.5%'");
  };
  if (product.empty() || words.size() < 4 || words.size() > 5 || words[1] != "x") return wrong();
  const std::optional<int64_t> quantity = ParseDecimal(words[0], 3);
  if (!quantity) return wrong();
  opportunity::v1::LineItem& item = *opportunity->add_line_items();
  item.set_product(product);
  item.set_quantity_thousandths(*quantity);
  arguments->SetMoney("--line-item", words[2] + " " + words[3],
                      [&] { return item.mutable_unit_price(); });
  if (words.size() == 4) return;
  absl::string_view discount = words[4];
  if (!absl::ConsumePrefix(&discount, "-") || !absl::ConsumeSuffix(&discount, "%")) return wrong();
  const std::optional<int64_t> per_mille = ParseDecimal(discount, 1);
  if (!per_mille || *per_mille > 1000) return wrong();
  item.set_discount_per_mille(static_cast<int32_t>(*per_mille));
}

}  // namespace

const std::vector<std::pair<const char*, const char*>>& SalesWorkOptions::Fields() {
  static const auto* const fields = [] {
    auto* const all = new std::vector<std::pair<const char*, const char*>>{
        {"--line-item", "line_items"}, {"--competitor", "competitors"}, {"--team", "team"}};
    all->insert(all->end(), std::begin(KeptOptions::kFields), std::end(KeptOptions::kFields));
    return all;
  }();
  return *fields;
}

void SalesWorkOptions::AddTo(CLI::App* command) {
  command->add_option("--line-item", line_items,
                      "PRODUCT=QUANTITY x PRICE, e.g. 'GTX Pro=2.5 x 4821.00 USD -7.5%'; may be "
                      "repeated; the amount is their sum");
  command->add_option("--competitor", competitors,
                      "NAME=STATUS, where STATUS is " + Words<opportunity::v1::CompetitorStatus>() +
                          "; may be repeated");
  command->add_option("--team", team, "ACTOR=PART, who works on it; may be repeated");
  kept.AddTo(command);
}

void SalesWorkOptions::Fill(Arguments* arguments, Opportunity* opportunity) const {
  for (const std::string& text : line_items) FillLineItem(text, arguments, opportunity);
  for (const std::string& text : competitors) {
    const auto [name, status] = SplitAt('=', text);
    opportunity::v1::Competitor& competitor = *opportunity->add_competitors();
    competitor.set_display_name(name);
    competitor.set_status(
        arguments->Word<opportunity::v1::CompetitorStatus>("--competitor", status));
  }
  for (const std::string& text : team) {
    const auto [actor, part] = SplitAt('=', text);
    opportunity::v1::TeamMember& member = *opportunity->add_team();
    member.set_actor(actor);
    member.set_role(part);
  }
  kept.Fill(arguments, opportunity);
}

}  // namespace crm::crmctl
