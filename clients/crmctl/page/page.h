#pragma once

#include <functional>
#include <string>
#include <vector>

#include "clients/crmctl/report/report_table.h"

// A page that needs nothing beside itself: no network, no scripts. Pictures are SVG, and each has
// the table of its figures.
namespace crm::crmctl {

// What a colour stands for.
struct LegendEntry {
  std::string name;
  std::string shade;
  bool is_line = false;
};

struct Figure {
  std::string title;
  std::string note;  // how it is counted
  std::vector<LegendEntry> legend;
  std::function<std::string(double width)> draw;  // empty: the table alone, unfolded
  ReportTable table;                              // without rows: there is nothing to show
};

struct Section {
  std::string id;
  std::string title;
  std::vector<Figure> figures;
};

// One figure that one looks for first.
struct Card {
  std::string label;
  std::string value;
  std::string note;
};

struct Page {
  std::string title;
  std::vector<std::string> facts;  // of what, from where and from when
  std::vector<Card> cards;
  std::vector<Section> sections;
  std::string json;  // the same figures for programs
};

// As HTML that is well-formed XML too.
std::string RenderPage(const Page& page);

// Within it: the element that holds `json` has this id.
inline constexpr char kFiguresId[] = "figures";

}  // namespace crm::crmctl
