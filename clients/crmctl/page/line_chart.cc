#include "clients/crmctl/page/line_chart.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "clients/crmctl/page/picture.h"
#include "clients/crmctl/page/scale.h"

namespace crm::crmctl {
namespace {

constexpr double kLinesTop = 10;
constexpr double kLinesBottom = 26;

struct LineLayout {
  double width, height, left, right, most_x, most_y;

  double X(double x) const { return left + x / most_x * (width - left - right); }
  double Y(double y) const {
    return height - kLinesBottom - y / most_y * (height - kLinesBottom - kLinesTop);
  }
};

std::string PathOf(const Curve& curve, const LineLayout& layout) {
  std::string path;
  double height = 0;
  for (const auto& [x, y] : curve.points) {
    if (path.empty()) {
      absl::StrAppend(&path, "M", Length(layout.X(x)), " ", Length(layout.Y(y)));
    } else {
      if (curve.stepped) absl::StrAppend(&path, "H", Length(layout.X(x)));
      if (!curve.stepped || y != height) {
        absl::StrAppend(&path, "L", Length(layout.X(x)), " ", Length(layout.Y(y)));
      }
    }
    height = y;
  }
  return path;
}

}  // namespace

std::string DrawLines(const LineChart& chart, double width) {
  double most_x = 0;
  for (const Curve& curve : chart.curves) {
    if (!curve.points.empty()) most_x = std::max(most_x, curve.points.back().first);
  }
  const bool narrow = IsNarrow(width);
  std::vector<double> across = Ticks(most_x, narrow ? 4 : 8);
  const std::vector<double> up = Ticks(chart.most_y, 4);
  LineLayout layout{width, narrow ? 220.0 : 280.0, 0, 18, std::max(most_x, 1.0), up.back()};
  for (const double tick : up) {
    layout.left = std::max(layout.left, TextWidth(chart.tick_y(tick)) + 8);
  }
  Picture picture;
  for (const double tick : up) {
    const double y = layout.Y(tick);
    picture.Line(layout.left, y, width, y, tick == 0 ? "axis" : "grid");
    picture.Text(layout.left - 6, y + 4, chart.tick_y(tick), Anchor::kEnd, "quiet");
  }
  for (const double tick : across) {
    if (tick > layout.most_x) continue;
    picture.Text(layout.X(tick), layout.height - 6, chart.tick_x(tick), Anchor::kMiddle, "quiet");
  }
  for (const Curve& curve : chart.curves) {
    if (!curve.points.empty()) picture.Path(PathOf(curve, layout), "line " + curve.shade);
  }
  return picture.Svg(width, layout.height, chart.label);
}

}  // namespace crm::crmctl
