#include "clients/crmctl/page/bar_chart.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "clients/crmctl/page/picture.h"

namespace crm::crmctl {
namespace {

constexpr double kGap = 8;
constexpr double kMostLabel = 0.3;  // of the width

struct BarLayout {
  bool narrow = false;
  double width = 0;
  double left = 0;   // where bars begin
  double right = 0;  // where they end
  double row = 0;    // height of a row
  double least = 0;  // the scale
  double most = 0;

  double Place(double value) const {
    const double range = most - least;
    return left + (range > 0 ? (value - least) / range : 0) * (right - left);
  }
};

BarLayout LayOut(const BarChart& chart, double width) {
  BarLayout layout;
  layout.width = width;
  layout.narrow = IsNarrow(width);
  layout.most = chart.most;
  double label = 0;
  double text = 0;
  for (const Bar& bar : chart.bars) {
    layout.least = std::min({layout.least, bar.start, bar.end});
    layout.most = std::max({layout.most, bar.start, bar.end});
    label = std::max(label, TextWidth(bar.label));
    text = std::max(text, TextWidth(bar.text));
  }
  layout.right = width;
  layout.row = 44;
  if (!layout.narrow) {
    layout.row = 30;
    layout.left = std::min(label, width * kMostLabel) + kGap;
    layout.right = width - text - kGap;
    layout.right = std::max(layout.right, layout.left + width * 0.2);
  }
  return layout;
}

void DrawBody(const Bar& bar, const BarLayout& layout, double top, double height,
              Picture& picture) {
  const double from = layout.Place(std::min(bar.start, bar.end));
  const double to = layout.Place(std::max(bar.start, bar.end));
  const double length = bar.start == bar.end ? 0 : std::max(to - from, 1.5);
  if (bar.part) {
    picture.Rect(from, top, length, height, absl::StrCat(bar.shade, " pale"));
    picture.Rect(from, top, layout.Place(*bar.part) - from, height, bar.shade);
  } else {
    picture.Rect(from, top, length, height, bar.shade);
  }
}

void DrawBar(const Bar& bar, const BarLayout& layout, double top, Picture& picture) {
  if (layout.narrow) {
    const double room = layout.width - TextWidth(bar.text) - kGap;
    picture.Text(0, top + 14, Fitted(bar.label, room));
    picture.Text(layout.width, top + 14, bar.text, Anchor::kEnd, "figure");
    DrawBody(bar, layout, top + 20, 14, picture);
    return;
  }
  picture.Text(layout.left - kGap, top + 19, Fitted(bar.label, layout.left - kGap), Anchor::kEnd);
  DrawBody(bar, layout, top + 4, 22, picture);
  picture.Text(layout.Place(std::max(bar.start, bar.end)) + kGap, top + 19, bar.text,
               Anchor::kStart, "figure");
}

}  // namespace

std::string DrawBars(const BarChart& chart, double width) {
  const BarLayout layout = LayOut(chart, width);
  const double height = layout.row * static_cast<double>(chart.bars.size()) + 4;
  Picture picture;
  double top = 0;
  for (const Bar& bar : chart.bars) {
    DrawBar(bar, layout, top, picture);
    if (chart.connected && &bar != &chart.bars.back()) {
      const double x = layout.Place(bar.end);
      const double from = top + (layout.narrow ? 34 : 26);
      picture.Line(x, from, x, from + (layout.narrow ? 30 : 8), "thread");
    }
    top += layout.row;
  }
  const double zero = layout.Place(0);
  if (!layout.narrow || layout.least < 0) picture.Line(zero, 0, zero, height, "axis");
  return picture.Svg(width, height, chart.label);
}

}  // namespace crm::crmctl
