#pragma once

#include <absl/strings/string_view.h>

#include <string>

#include "clients/crmctl/page/markup.h"

namespace crm::crmctl {

// Pictures are drawn twice, since letters do not shrink: a style sheet shows the one that fits.
inline constexpr double kWideWidth = 760;
inline constexpr double kNarrowWidth = 340;
inline bool IsNarrow(double width) { return width < 500; }

// Where a text stands to its point.
enum class Anchor { kStart, kMiddle, kEnd };

// Draws SVG. Lengths are pixels; colours come from classes of the page's style sheet.
class Picture {
 public:
  void Rect(double x, double y, double width, double height, absl::string_view shade);
  // `path` as SVG's attribute d.
  void Path(const std::string& path, absl::string_view shade);
  // A line along `path`, so thick.
  void Band(const std::string& path, absl::string_view shade, double thickness);
  void Line(double x1, double y1, double x2, double y2, absl::string_view shade);
  void Text(double x, double y, absl::string_view text, Anchor anchor = Anchor::kStart,
            absl::string_view shade = "");

  // The picture; `label` tells those who do not see it what it shows.
  std::string Svg(double width, double height, absl::string_view label);

 private:
  Markup markup_;
};

// "12.5": at most two decimals.
std::string Length(double pixels);

// About how wide letters of the page's size come out, in pixels.
double TextWidth(const std::string& text);

// `text`, cut with "…" where it is wider than `room`.
std::string Fitted(const std::string& text, double room);

}  // namespace crm::crmctl
