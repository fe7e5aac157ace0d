#include <absl/strings/str_cat.h>

#include <utility>

#include "clients/crmctl/import/json_checks.h"
#include "common/base/money.h"

namespace crm::crmctl {
namespace {

using nlohmann::json;

bool IsTime(FieldKind kind) {
  return kind == FieldKind::kDate || kind == FieldKind::kDay || kind == FieldKind::kClosing;
}

class SourceReader {
 public:
  SourceReader(const json& node, const std::string& at, const FieldRule& rule, JsonChecks* checks)
      : node_(node), at_(at), rule_(rule), checks_(*checks) {}

  ValueSource Read() {
    if (node_.is_string()) {  // short for {"column": …}
      source_.text = node_.get<std::string>();
      if (rule_.kind == FieldKind::kMoney) checks_.Violation(at_, "needs a currency");
      return source_;
    }
    if (!node_.is_object()) {
      checks_.Violation(at_, "must be the name of a column, or an object");
      return source_;
    }
    checks_.Known(
        node_, at_,
        {"column", "constant", "template", "values", "default", "currency", "scale", "decimal",
         "thousands", "round", "range", "format", "split", "too_long", "on_error", "listed_in"});
    Origin();
    source_.words = checks_.WordsIn(node_, at_, "values");
    source_.fallback = checks_.Text(node_, at_, "default", false);
    Money();
    Numbers();
    Times();
    Texts();
    Errors();
    Listing();
    return source_;
  }

 private:
  bool Has(const char* key) const { return node_.contains(key); }
  // That none of `keys` is given, which are for another kind of field.
  bool Only(bool fits, const std::vector<const char*>& keys, const char* whose) {
    for (const char* key : keys) {
      if (!fits && Has(key)) checks_.Violation(JsonChecks::Path(at_, key), whose);
    }
    return fits;
  }

  void Origin() {
    using From = ValueSource::From;
    int origins = 0;
    for (const auto& [key, from] : {std::pair{"column", From::kColumn},
                                    {"constant", From::kConstant},
                                    {"template", From::kTemplate}}) {
      if (!Has(key)) continue;
      ++origins;
      source_.from = from;
      if (from == From::kColumn) {
        Columns();
      } else {
        source_.text = checks_.Text(node_, at_, key, true);
      }
    }
    if (origins != 1) checks_.Violation(at_, "needs exactly one of column, constant, template");
  }

  // One, or several of which the first that is not empty counts.
  void Columns() {
    std::vector<std::string> columns = checks_.Texts(node_, at_, "column");
    for (const std::string& column : columns) {
      if (column.empty()) {
        checks_.Violation(JsonChecks::Path(at_, "column"), "must be a text, not empty");
      }
    }
    if (columns.empty()) return;
    source_.text = std::move(columns.front());
    source_.others.assign(columns.begin() + 1, columns.end());
  }

  void Currency() {
    const std::string here = JsonChecks::Path(at_, "currency");
    const auto it = node_.find("currency");
    if (it == node_.end() || it->is_string()) {
      source_.currency = checks_.Text(node_, at_, "currency", true);
    } else {
      checks_.Known(*it, here, {"column", "values", "symbols", "default"});
      if (!it->is_object()) return;
      source_.currency = checks_.Text(*it, here, "default", false);
      source_.currency_column = checks_.Text(*it, here, "column", false);
      source_.currency_words = checks_.WordsIn(*it, here, "values");
      Symbols(*it, here);
      if (source_.currency_column.empty() && source_.symbols.empty()) {
        checks_.Violation(here, "needs a column or symbols");
      }
    }
    CheckCurrency(here, source_.currency);
  }

  void Symbols(const json& node, const std::string& at) {
    const auto symbols = node.find("symbols");
    if (symbols == node.end()) return;
    const std::string here = JsonChecks::Path(at, "symbols");
    if (!symbols->is_object()) return checks_.Violation(here, "must be an object of texts");
    for (const auto& [symbol, code] : symbols->items()) {
      source_.symbols[symbol] = checks_.Text(*symbols, here, symbol.c_str(), true);
      CheckCurrency(here, source_.symbols[symbol]);
    }
  }

  void CheckCurrency(const std::string& at, const std::string& code) {
    if (!code.empty() && !base::IsCurrency(code)) checks_.Violation(at, "is no ISO 4217 code");
  }

  void Money() {
    const bool money = rule_.kind == FieldKind::kMoney;
    if (!Only(money, {"currency", "scale"}, "is for amounts of money only")) return;
    Currency();
    const auto scale = node_.find("scale");
    if (scale == node_.end()) return;
    if (scale->is_number_integer() && *scale >= 1 && *scale <= 1'000'000'000'000) {
      source_.scale = scale->get<int64_t>();
    } else {
      checks_.Violation(JsonChecks::Path(at_, "scale"),
                        "must be a whole number from 1 to 1000000000000");
    }
  }

  void Numbers() {
    const bool whole = rule_.kind == FieldKind::kWhole;
    Only(whole, {"range"}, "is for whole numbers only");
    const bool number =
        whole || rule_.kind == FieldKind::kMoney || rule_.kind == FieldKind::kPercent;
    if (!Only(number, {"decimal", "thousands", "round"}, "is for numbers only")) return;
    source_.number.round = checks_.Word(node_, at_, "round", {"", "half_even"}) == 1;
    source_.range =
        static_cast<Range>(checks_.Word(node_, at_, "range", {"", "low", "high", "mid", "drop"}));
    const std::string decimal = checks_.Text(node_, at_, "decimal", false);
    if (decimal.size() > 1) {
      checks_.Violation(JsonChecks::Path(at_, "decimal"), "must be one character");
    } else if (!decimal.empty()) {
      source_.number.decimal = decimal[0];
    }
    source_.number.thousands = checks_.Text(node_, at_, "thousands", false);
    if (source_.number.thousands == std::string(1, source_.number.decimal)) {
      checks_.Violation(JsonChecks::Path(at_, "thousands"),
                        "must be another sign than that of the decimals");
    }
  }

  void Times() {
    if (!Only(IsTime(rule_.kind), {"format"}, "is for dates only")) return;
    source_.formats = checks_.Texts(node_, at_, "format");
    for (const std::string& format : source_.formats) {
      if (IsTimeFormat(format)) continue;
      checks_.Violation(JsonChecks::Path(at_, "format"),
                        absl::StrCat("\"", format, "\" is no format of dates"));
    }
  }

  void Texts() {
    const bool texts = rule_.kind == FieldKind::kTexts;
    Only(texts || rule_.kind == FieldKind::kReference, {"split"},
         "is for fields that take several values, and for references");
    source_.split = checks_.Text(node_, at_, "split", false);
    if (!Only(texts || rule_.kind == FieldKind::kText, {"too_long"}, "is for texts only")) return;
    source_.cut = checks_.Word(node_, at_, "too_long", {"refuse", "cut"}) == 1;
  }

  void Errors() {
    source_.drop = checks_.Word(node_, at_, "on_error", {"refuse", "drop"}) == 1;
    if (source_.drop && rule_.required) {
      checks_.Violation(JsonChecks::Path(at_, "on_error"), "is not for fields that are required");
    }
  }

  void Listing() {
    const auto listed = node_.find("listed_in");
    if (listed == node_.end()) return;
    const std::string here = JsonChecks::Path(at_, "listed_in");
    checks_.Known(*listed, here, {"file", "column"});
    if (!listed->is_object()) return;
    source_.listed_file = checks_.Text(*listed, here, "file", true);
    source_.listed_column = checks_.Text(*listed, here, "column", true);
  }

  const json& node_;
  const std::string& at_;
  const FieldRule& rule_;
  JsonChecks& checks_;
  ValueSource source_;
};

}  // namespace

ValueSource ReadSource(const json& node, const std::string& at, const FieldRule& rule,
                       JsonChecks* checks) {
  return SourceReader(node, at, rule, checks).Read();
}

}  // namespace crm::crmctl
