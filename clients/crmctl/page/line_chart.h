#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace crm::crmctl {

// A line through points, in the order of their x.
struct Curve {
  std::string name;
  std::string shade;  // "l1" …: colour and dashes
  std::vector<std::pair<double, double>> points;
  bool stepped = false;  // it keeps its height up to the next point
};

struct LineChart {
  std::string label;  // what it shows
  std::vector<Curve> curves;
  double most_y = 1;
  std::function<std::string(double)> tick_x;
  std::function<std::string(double)> tick_y;
};

// As SVG of that width; both scales begin with 0.
std::string DrawLines(const LineChart& chart, double width);

}  // namespace crm::crmctl
