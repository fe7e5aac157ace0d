#pragma once

#include <functional>
#include <string>
#include <vector>

namespace crm::crmctl {

// One of the series that columns are stacked of.
struct Series {
  std::string name;
  std::string shade;
};

// A column: a part of each series, none of them negative.
struct StackedColumn {
  std::string label;
  std::vector<double> parts;
  std::string text;  // its figure; left out where columns are too narrow
};

struct ColumnChart {
  std::string label;  // what it shows
  std::vector<Series> series;
  std::vector<StackedColumn> columns;
  std::function<std::string(double)> tick;  // how the scale's values are written
};

// Has each column say its sum, as the scale does.
void WriteSums(ColumnChart& chart);

// As SVG of that width. Where labels have no room only every second, third … is written.
std::string DrawColumns(const ColumnChart& chart, double width);

}  // namespace crm::crmctl
