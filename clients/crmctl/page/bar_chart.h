#pragma once

#include <optional>
#include <string>
#include <vector>

namespace crm::crmctl {

// A horizontal bar: from `start` to `end`, which may lie on either side of 0.
struct Bar {
  std::string label;
  double start = 0;
  double end = 0;
  std::optional<double> part;  // up to there it is drawn fully, the rest of it pale
  std::string text;            // its figure
  std::string shade = "s1";
};

struct BarChart {
  std::string label;  // what it shows
  std::vector<Bar> bars;
  double most = 0;         // where the scale ends; 0: with the longest bar
  bool connected = false;  // each bar begins where the one before ends
};

// As SVG of that width. Wide: a line for each bar; narrow: its label stands above it.
std::string DrawBars(const BarChart& chart, double width);

}  // namespace crm::crmctl
