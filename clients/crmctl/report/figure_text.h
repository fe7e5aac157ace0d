#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// How figures and words of reports are written, at a terminal and on a page.
namespace crm::crmctl {

// Whether `text` is a number: digits, perhaps with a sign, a decimal part and a unit behind a
// space.
bool IsFigure(const std::string& text);

// A number with its thousands apart: "-1234.50 USD" as "-1,234.50 USD"; other texts as they are.
std::string Grouped(const std::string& text);
std::string Grouped(int64_t number);

// Sums of several currencies, "1234.50 USD, 10 EUR = 1100 EUR", each for itself: "1,234.50 USD",
// "10 EUR", "= 1,100 EUR". Also of a single figure. Nothing for what is no figure.
std::vector<std::string> FigureLines(const std::string& text);

// "12.3", one decimal; empty for nothing.
std::string DaysText(const std::optional<double>& days);
// "63.2 %"; empty for nothing.
std::string PercentText(const std::optional<double>& share);

// "PULLED_IN" as "pulled in".
std::string Spoken(const std::string& word);

// As much of the beginning of a text as takes `columns` columns, of which there is one at least,
// the last of them "…" if there is more.
std::string Cut(const std::string& text, size_t columns);

}  // namespace crm::crmctl
