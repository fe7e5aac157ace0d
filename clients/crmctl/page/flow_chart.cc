#include "clients/crmctl/page/flow_chart.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

#include "clients/crmctl/page/picture.h"
#include "clients/crmctl/report/figure_text.h"

namespace crm::crmctl {
namespace {

constexpr double kThickness = 12;
constexpr double kLane = 9;         // between links that lead back
constexpr double kLastLabel = 104;  // of the last column, wide

class FlowDrawing {
 public:
  FlowDrawing(const FlowChart& chart, double width) : chart_(chart), width_(width) {
    size_t columns = 1;
    for (const FlowNode& node : chart.nodes) columns = std::max(columns, node.column + 1);
    last_ = columns - 1;
    const auto steps = static_cast<double>(std::max<size_t>(1, last_));
    if (narrow()) {
      space_ = {84, kThickness, width - 60, 10};
    } else {
      space_ = {(width - kLastLabel - kThickness) / steps, kThickness, 250, 16};
    }
    layout_ = LayOutFlow(chart.nodes, chart.links, space_);
  }

  std::string Draw() {
    for (const PlacedLink& link : layout_.links) lanes_ += link.back ? 1 : 0;
    for (size_t i = 0; i < chart_.links.size(); ++i) DrawLink(i);
    for (size_t i = 0; i < chart_.nodes.size(); ++i) DrawNode(i);
    const double across = layout_.end + kLane * (static_cast<double>(lanes_) + 2);
    const double along = static_cast<double>(last_) * space_.step + kThickness;
    return narrow() ? picture_.Svg(width_, along + 26, chart_.label)
                    : picture_.Svg(width_, std::max(across, 60.0), chart_.label);
  }

 private:
  bool narrow() const { return IsNarrow(width_); }

  std::string At(double along, double across) const {
    // Links that lead back need room before the first column.
    return narrow() ? absl::StrCat(Length(across + 1), " ", Length(along + 2))
                    : absl::StrCat(Length(along), " ", Length(across + 2));
  }

  void DrawLink(size_t i) {
    const PlacedLink& link = layout_.links[i];
    if (link.points.size() < 2) return;
    std::string path = link.back ? BackPath(link) : ForwardPath(link);
    const std::string& shade = chart_.nodes[chart_.links[i].to].shade;
    picture_.Band(path, link.back ? "flow back" : absl::StrCat("flow ", shade),
                  link.back ? std::min(link.size, 4.0) : link.size);
  }

  std::string ForwardPath(const PlacedLink& link) const {
    const FlowPoint& first = link.points.front();
    std::string path = "M" + At(first.along, first.across);
    for (size_t i = 1; i < link.points.size(); ++i) {
      const FlowPoint& from = link.points[i - 1];
      const FlowPoint& to = link.points[i];
      const double middle = (from.along + to.along) / 2;
      absl::StrAppend(&path, "C", At(middle, from.across), " ", At(middle, to.across), " ",
                      At(to.along, to.across));
    }
    return path;
  }

  std::string BackPath(const PlacedLink& link) {
    const FlowPoint& from = link.points.front();
    const FlowPoint& to = link.points.back();
    const double lane = layout_.end + kLane * static_cast<double>(++lane_);
    const double out = from.along + 18;
    const double in = std::max(to.along - 18, -8.0);
    return absl::StrCat("M", At(from.along, from.across), "C", At(out, from.across), " ",
                        At(out, lane), " ", At(from.along, lane), "L", At(to.along, lane), "C",
                        At(in, lane), " ", At(in, to.across), " ", At(to.along, to.across));
  }

  void DrawNode(size_t i) {
    const FlowNode& node = chart_.nodes[i];
    const PlacedNode& placed = layout_.nodes[i];
    const std::string count = Grouped(static_cast<int64_t>(placed.value));
    const double across = placed.start.across;
    const double along = placed.start.along;
    if (narrow()) {
      picture_.Rect(across + 1, along + 2, placed.size, kThickness, node.shade);
      const bool right = across > width_ / 2;
      picture_.Text(right ? across + placed.size + 1 : across + 1, along + kThickness + 16,
                    absl::StrCat(node.label, " ", count), right ? Anchor::kEnd : Anchor::kStart,
                    "halo");
      return;
    }
    picture_.Rect(along, across + 2, kThickness, placed.size, node.shade);
    const double room = node.column == last_ ? kLastLabel - 8 : space_.step - kThickness - 10;
    const double x = along + kThickness + 6;
    const double y = across + std::clamp(placed.size / 2, 12.0, 40.0);
    picture_.Text(x, y, Fitted(node.label, room), Anchor::kStart, "halo");
    picture_.Text(x, y + 16, count, Anchor::kStart, "halo figure");
  }

  const FlowChart& chart_;
  const double width_;
  size_t last_ = 0;
  FlowSpace space_;
  FlowLayout layout_;
  Picture picture_;
  int lanes_ = 0;
  int lane_ = 0;
};

}  // namespace

std::string DrawFlow(const FlowChart& chart, double width) {
  return FlowDrawing(chart, width).Draw();
}

}  // namespace crm::crmctl
