#pragma once

#include <string>
#include <vector>

// The scales of pictures, and how figures are written beside them.
namespace crm::crmctl {

// Round values from 0 to the first that is not below `most`: about `wanted` of them, of steps of 1,
// 2 or 5 times a power of ten. {0, 1} where there is nothing.
std::vector<double> Ticks(double most, int wanted);

// "950", "12.4k", "1.20M": three digits that tell.
std::string Short(double number);

// A scale's value: "1.50M" as "1.5M", "2.00M USD" as "2M USD".
std::string WithoutZeros(const std::string& text);

// A sum of minor units, shortened: "12.4k", "12.4k USD".
std::string ShortAmount(double minor, const std::string& currency);
std::string ShortMoney(double minor, const std::string& currency);

// "2026-03" as "Mar"; of January and where `first`: "Jan 26". Other texts as they are.
std::string MonthLabel(const std::string& month, bool first);

// All months from one to the other: "2026-03", "2026-04".
std::vector<std::string> MonthsBetween(const std::string& first, const std::string& last);

}  // namespace crm::crmctl
