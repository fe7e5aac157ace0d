#include "clients/crmctl/page/column_chart.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "clients/crmctl/page/picture.h"
#include "clients/crmctl/page/scale.h"

namespace crm::crmctl {
namespace {

constexpr double kColumnsTop = 22;  // room for figures
constexpr double kColumnsBottom = 24;
constexpr double kMostColumn = 64;

double Sum(const std::vector<double>& parts) {
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

struct ColumnLayout {
  double width, height, left, step, most;

  double Y(double value) const {
    return height - kColumnsBottom - value / most * (height - kColumnsBottom - kColumnsTop);
  }
  double Middle(size_t i) const { return left + step * (static_cast<double>(i) + 0.5); }
};

void DrawScale(const ColumnChart& chart, const std::vector<double>& ticks,
               const ColumnLayout& layout, Picture& picture) {
  for (const double tick : ticks) {
    const double y = layout.Y(tick);
    picture.Line(layout.left, y, layout.width, y, tick == 0 ? "axis" : "grid");
    picture.Text(layout.left - 6, y + 4, WithoutZeros(chart.tick(tick)), Anchor::kEnd, "quiet");
  }
}

// How many columns there are to one label.
size_t LabelStep(const ColumnChart& chart, double step) {
  double widest = 0;
  for (const StackedColumn& column : chart.columns) {
    widest = std::max(widest, TextWidth(column.label) + 6);
  }
  return static_cast<size_t>(std::max(1.0, std::ceil(widest / step)));
}

void DrawColumn(const ColumnChart& chart, size_t i, const ColumnLayout& layout, Picture& picture) {
  const StackedColumn& column = chart.columns[i];
  const double width = std::min(layout.step * 0.72, kMostColumn);
  const double left = layout.Middle(i) - width / 2;
  double sum = 0;
  for (size_t part = 0; part < column.parts.size(); ++part) {
    const double bottom = layout.Y(sum);
    sum += column.parts[part];
    picture.Rect(left, layout.Y(sum), width, bottom - layout.Y(sum), chart.series[part].shade);
  }
  if (TextWidth(column.text) <= layout.step) {
    picture.Text(layout.Middle(i), layout.Y(sum) - 6, column.text, Anchor::kMiddle, "figure");
  }
}

}  // namespace

void WriteSums(ColumnChart& chart) {
  for (StackedColumn& column : chart.columns) {
    const double sum = Sum(column.parts);
    if (sum > 0) column.text = chart.tick(sum);
  }
}

std::string DrawColumns(const ColumnChart& chart, double width) {
  double most = 0;
  for (const StackedColumn& column : chart.columns) most = std::max(most, Sum(column.parts));
  const std::vector<double> ticks = Ticks(most, 4);
  ColumnLayout layout{width, IsNarrow(width) ? 220.0 : 260.0, 0, 0, ticks.back()};
  for (const double tick : ticks) {
    layout.left = std::max(layout.left, TextWidth(WithoutZeros(chart.tick(tick))) + 8);
  }
  layout.step =
      (width - layout.left) / std::max<double>(1, static_cast<double>(chart.columns.size()));
  Picture picture;
  DrawScale(chart, ticks, layout, picture);
  const size_t every = LabelStep(chart, layout.step);
  for (size_t i = 0; i < chart.columns.size(); ++i) {
    DrawColumn(chart, i, layout, picture);
    if (i % every != 0) continue;
    picture.Text(layout.Middle(i), layout.height - 6, chart.columns[i].label, Anchor::kMiddle);
  }
  return picture.Svg(width, layout.height, chart.label);
}

}  // namespace crm::crmctl
