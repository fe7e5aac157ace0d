#include "clients/crmctl/page/picture.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <cmath>

#include "clients/crmctl/report/figure_text.h"
#include "clients/crmctl/terminal_text.h"

namespace crm::crmctl {
namespace {

constexpr double kLetter = 8.2;  // pixels, of a wide font of 13

const char* NameOf(Anchor anchor) {
  switch (anchor) {
    case Anchor::kStart:
      return "start";
    case Anchor::kMiddle:
      return "middle";
    case Anchor::kEnd:
      return "end";
  }
  return "start";
}

}  // namespace

std::string Length(double pixels) {
  const double rounded = std::round(pixels * 100) / 100;
  if (!std::isfinite(rounded) || rounded == 0) return "0";
  std::string text = absl::StrFormat("%.2f", rounded);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

double TextWidth(const std::string& text) { return kLetter * static_cast<double>(ColumnsOf(text)); }

std::string Fitted(const std::string& text, double room) {
  return Cut(text, static_cast<size_t>(std::max(2.0, room / kLetter)));
}

void Picture::Rect(double x, double y, double width, double height, absl::string_view shade) {
  if (width <= 0 || height <= 0) return;
  markup_.Leaf("rect", {{"x", Length(x)},
                        {"y", Length(y)},
                        {"width", Length(width)},
                        {"height", Length(height)},
                        {"class", std::string(shade)}});
}

void Picture::Path(const std::string& path, absl::string_view shade) {
  markup_.Leaf("path", {{"d", path}, {"class", std::string(shade)}});
}

void Picture::Band(const std::string& path, absl::string_view shade, double thickness) {
  markup_.Leaf("path",
               {{"d", path}, {"class", std::string(shade)}, {"stroke-width", Length(thickness)}});
}

void Picture::Line(double x1, double y1, double x2, double y2, absl::string_view shade) {
  markup_.Leaf("line", {{"x1", Length(x1)},
                        {"y1", Length(y1)},
                        {"x2", Length(x2)},
                        {"y2", Length(y2)},
                        {"class", std::string(shade)}});
}

void Picture::Text(double x, double y, absl::string_view text, Anchor anchor,
                   absl::string_view shade) {
  if (text.empty()) return;
  markup_.Open("text", {{"x", Length(x)},
                        {"y", Length(y)},
                        {"text-anchor", NameOf(anchor)},
                        {"class", std::string(shade.empty() ? "plain" : shade)}});
  markup_.Text(text).Close();
}

std::string Picture::Svg(double width, double height, absl::string_view label) {
  Markup svg;
  svg.Open("svg", {{"viewBox", absl::StrCat("0 0 ", Length(width), " ", Length(height))},
                   {"width", Length(width)},
                   {"height", Length(height)},
                   {"class", IsNarrow(width) ? "narrow" : "wide"},
                   {"role", "img"},
                   {"aria-label", std::string(label)}});
  svg.Raw(markup_.Take());
  return svg.Take();
}

}  // namespace crm::crmctl
