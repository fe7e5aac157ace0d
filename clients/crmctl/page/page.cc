#include "clients/crmctl/page/page.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>

#include "clients/crmctl/page/markup.h"
#include "clients/crmctl/page/page_style.h"
#include "clients/crmctl/page/picture.h"
#include "clients/crmctl/report/figure_text.h"

namespace crm::crmctl {
namespace {

// Nothing may be fetched, whatever the page holds.
constexpr char kPolicy[] =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

// JSON within an element: nothing of it may end the element or be markup.
std::string Enclosed(const std::string& json) {
  return absl::StrReplaceAll(json, {{"<", "\\u003c"},
                                    {">", "\\u003e"},
                                    {"&", "\\u0026"},
                                    {"\u2028", "\\u2028"},
                                    {"\u2029", "\\u2029"},
                                    {"\x7f", "\\u007f"},
                                    {"\uFFFE", "\\ufffe"},
                                    {"\uFFFF", "\\uffff"}});
}

void WriteHead(const Page& page, Markup& out) {
  out.Open("head");
  out.Leaf("meta", {{"charset", "utf-8"}});
  out.Leaf("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", kPolicy}});
  out.Leaf("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  out.Leaf("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  out.Element("title", page.title);
  out.Open("style").Raw(PageStyle()).Close();
  out.Close();
}

bool IsColumnOfFigures(const ReportTable& table, size_t column) {
  bool any = false;
  for (const auto& row : table.rows) {
    if (row[column].empty()) continue;
    if (FigureLines(row[column]).empty()) return false;
    any = true;
  }
  return any;
}

void WriteTable(const std::string& title, const ReportTable& table, Markup& out) {
  out.Open("div", {{"class", "scroll"},
                   {"role", "region"},
                   {"tabindex", "0"},
                   {"aria-label", absl::StrCat("Table: ", title)}});
  out.Open("table");
  std::vector<bool> figures;
  out.Open("thead").Open("tr");
  for (size_t i = 0; i < table.titles.size(); ++i) {
    figures.push_back(IsColumnOfFigures(table, i));
    out.Element("th", {{"scope", "col"}, {"class", figures[i] ? "figure" : "word"}},
                Spoken(table.titles[i]));
  }
  out.Close().Close().Open("tbody");
  for (const auto& row : table.rows) {
    out.Open("tr");
    for (size_t i = 0; i < row.size(); ++i) {
      out.Element("td", {{"class", figures[i] ? "figure" : "word"}},
                  figures[i] ? absl::StrJoin(FigureLines(row[i]), ", ") : row[i]);
    }
    out.Close();
  }
  out.Close().Close().Close();
}

void WriteLegend(const std::vector<LegendEntry>& legend, Markup& out) {
  if (legend.empty()) return;
  out.Open("ul", {{"class", "legend"}});
  for (const LegendEntry& entry : legend) {
    out.Open("li").Open("svg", {{"width", "26"}, {"height", "12"}, {"aria-hidden", "true"}});
    if (entry.is_line) {
      out.Leaf("path", {{"d", "M0 6H26"}, {"class", "line " + entry.shade}});
    } else {
      out.Leaf("rect",
               {{"x", "1"}, {"y", "1"}, {"width", "24"}, {"height", "10"}, {"class", entry.shade}});
    }
    out.Close().Text(entry.name).Close();
  }
  out.Close();
}

void WriteFigure(const Figure& figure, Markup& out) {
  out.Open("figure").Open("figcaption");
  out.Element("h3", figure.title);
  if (!figure.note.empty()) out.Element("p", figure.note);
  out.Close();
  if (figure.table.rows.empty()) {
    out.Element("p", {{"class", "nothing"}}, "Nothing to show.");
  } else if (!figure.draw) {
    WriteTable(figure.title, figure.table, out);
  } else {
    WriteLegend(figure.legend, out);
    out.Raw(figure.draw(kWideWidth)).Raw(figure.draw(kNarrowWidth));
    out.Open("details").Element("summary", absl::StrCat("Table: ", figure.title));
    WriteTable(figure.title, figure.table, out);
    out.Close();
  }
  out.Close();
}

void WriteHeader(const Page& page, Markup& out) {
  out.Open("header").Element("h1", page.title).Open("p", {{"class", "facts"}});
  for (const std::string& fact : page.facts) out.Element("span", fact).Text(" ");
  out.Close().Close();
}

void WriteCards(const std::vector<Card>& cards, Markup& out) {
  out.Open("section", {{"id", "summary"}, {"aria-labelledby", "summary-title"}});
  out.Element("h2", {{"id", "summary-title"}}, "At a glance");
  out.Open("dl", {{"class", "cards"}});
  for (const Card& card : cards) {
    out.Open("div").Element("dt", card.label).Element("dd", {{"class", "value"}}, card.value);
    out.Element("dd", {{"class", "note"}}, card.note).Close();
  }
  out.Close().Close();
}

void WriteNavigation(const Page& page, Markup& out) {
  out.Open("nav", {{"aria-label", "Sections"}}).Open("ul");
  out.Open("li").Element("a", {{"href", "#summary"}}, "At a glance").Close();
  for (const Section& section : page.sections) {
    out.Open("li").Element("a", {{"href", "#" + section.id}}, section.title).Close();
  }
  out.Close().Close();
}

}  // namespace

std::string RenderPage(const Page& page) {
  Markup out;
  out.Raw("<!DOCTYPE html>\n").Open("html", {{"lang", "en"}});
  WriteHead(page, out);
  out.Open("body");
  WriteHeader(page, out);
  out.Open("div", {{"class", "frame"}});
  WriteNavigation(page, out);
  out.Open("main");
  WriteCards(page.cards, out);
  for (const Section& section : page.sections) {
    const std::string title = section.id + "-title";
    out.Open("section", {{"id", section.id}, {"aria-labelledby", title}});
    out.Element("h2", {{"id", title}}, section.title);
    for (const Figure& figure : section.figures) WriteFigure(figure, out);
    out.Close();
  }
  out.Close().Close();
  out.Open("script", {{"type", "application/json"}, {"id", kFiguresId}});
  out.Raw(Enclosed(page.json)).Close();
  return out.Take() + "\n";
}

}  // namespace crm::crmctl
