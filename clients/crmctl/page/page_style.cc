#include "clients/crmctl/page/page_style.h"

namespace crm::crmctl {
namespace {

// No "<", ">" or "&": the page is well-formed XML too.
constexpr char kStyle[] = R"css(
:root {
  color-scheme: light dark;
  --ground: #f3f5f8; --card: #ffffff; --ink: #1a2330; --quiet: #52606f; --line: #dde3ea; --axis: #7f8b99;
  --s1: #2a6cb4; --s2: #17805f; --s3: #bd5416; --s4: #7557bd; --s5: #a5437c; --s6: #77701f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #11151b; --card: #1a2028; --ink: #e7ecf2; --quiet: #a5b1bf; --line: #303a46; --axis: #7c8896;
    --s1: #69a8ec; --s2: #4dc19d; --s3: #f0945c; --s4: #b29cf0; --s5: #e58bc0; --s6: #cdc263;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; background: var(--ground); color: var(--ink); line-height: 1.45;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; font-size: 16px; }
header { max-width: 1060px; margin: 0 auto; padding: 28px 20px 8px; }
h1 { font-size: 30px; line-height: 1.15; margin: 0 0 8px; }
h2 { font-size: 21px; margin: 0 0 14px; }
h3 { font-size: 16px; margin: 0; }
.facts { margin: 0; color: var(--quiet); font-size: 14px; display: flex; flex-wrap: wrap; gap: 4px 18px; }
.frame { max-width: 1060px; margin: 0 auto; padding: 12px 20px 48px; display: grid; gap: 28px;
  grid-template-columns: 180px minmax(0, 1fr); align-items: start; }
nav { position: sticky; top: 16px; font-size: 14px; }
nav ul, .legend { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: 5px 10px; color: var(--ink); text-decoration: none; border-left: 2px solid var(--line); }
nav a:hover { border-color: var(--s1); text-decoration: underline; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--s1); outline-offset: 2px; }
section { margin: 0 0 36px; scroll-margin-top: 12px; }
.cards { margin: 0; display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(180px, 1fr)); }
.cards div, figure { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.cards div { padding: 12px 16px 14px; }
dt { color: var(--quiet); font-size: 13px; }
dd { margin: 0; }
.value { font-size: 24px; font-weight: 650; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.note { color: var(--quiet); font-size: 13px; }
figure { margin: 0 0 16px; padding: 16px 18px 14px; }
figcaption { margin: 0 0 12px; }
figcaption p, .nothing { margin: 2px 0 0; color: var(--quiet); font-size: 13.5px; max-width: 72ch; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 10px; font-size: 13px; }
.legend li { display: flex; align-items: center; gap: 7px; }
svg { display: block; max-width: 100%; }
svg.wide { width: 100%; height: auto; }
svg.narrow { display: none; height: auto; margin: 0 auto; }
text { font-size: 13px; fill: var(--ink); unicode-bidi: isolate; }
text.quiet { fill: var(--quiet); font-size: 12px; }
.figure { font-variant-numeric: tabular-nums; }
text.figure { font-weight: 500; }
text.halo { paint-order: stroke; stroke: var(--card); stroke-width: 4px; stroke-linejoin: round; }
.s1 { fill: var(--s1); stroke: var(--s1); } .s2 { fill: var(--s2); stroke: var(--s2); }
.s3 { fill: var(--s3); stroke: var(--s3); } .s4 { fill: var(--s4); stroke: var(--s4); }
.s5 { fill: var(--s5); stroke: var(--s5); } .s6 { fill: var(--s6); stroke: var(--s6); }
rect { stroke-width: 1px; }
.mid { fill-opacity: .6; } .pale { fill-opacity: .22; }
.line { fill: none; stroke-width: 2.5px; stroke-linejoin: round; }
.l1 { stroke: var(--s1); } .l2 { stroke: var(--s3); stroke-dasharray: 9 4; } .l3 { stroke: var(--s2); stroke-dasharray: 3 3; }
.l4 { stroke: var(--s4); stroke-dasharray: 12 3 3 3; } .l5 { stroke: var(--s5); stroke-dasharray: 6 3; }
.l6 { stroke: var(--s6); stroke-dasharray: 2 5; }
path.flow { fill: none; stroke-opacity: .34; } path.back { stroke: var(--s4); stroke-opacity: .75; }
.grid { stroke: var(--line); } .axis { stroke: var(--axis); } .thread { stroke: var(--axis); stroke-dasharray: 2 2; }
details { margin-top: 12px; font-size: 14px; }
summary { cursor: pointer; color: var(--quiet); font-size: 13px; padding: 4px 0; }
.scroll { overflow-x: auto; margin-top: 6px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th, td { padding: 5px 10px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; unicode-bidi: isolate; }
th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
th::first-letter { text-transform: uppercase; }
th.figure, td.figure { text-align: right; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 2px; }
td.word { overflow-wrap: anywhere; min-width: 13ch; }
@media (max-width: 899px) {
  .frame { display: block; }
  nav { position: static; margin: 0 0 24px; }
  nav ul { display: flex; flex-wrap: wrap; gap: 6px; }
  nav a { border: 1px solid var(--line); border-radius: 999px; padding: 5px 12px; background: var(--card); }
}
@media (max-width: 619px) {
  header { padding: 20px 12px 4px; } .frame { padding: 12px 12px 32px; }
  h1 { font-size: 25px; } figure { padding: 14px 12px 10px; }
  .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px; } .cards div { padding: 10px 12px; }
  .value { font-size: 20px; }
  svg.wide { display: none; } svg.narrow { display: block; }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print {
  :root { color-scheme: light; --ground: #fff; --card: #fff; --ink: #000; --quiet: #444; --line: #ccc; --axis: #777;
    --s1: #2a6cb4; --s2: #17805f; --s3: #bd5416; --s4: #7557bd; --s5: #a5437c; --s6: #77701f; }
  body { font-size: 12px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  nav { display: none; } .frame { display: block; padding: 0; } header { padding: 0 0 10px; }
  figure, .cards div { break-inside: avoid; border-color: #ccc; }
  h2 { break-after: avoid; } .scroll { overflow: visible; }
  svg.wide { display: block; } svg.narrow { display: none; }
  summary { list-style: none; }
  details::details-content { content-visibility: visible; display: block; height: auto; }
}
)css";

}  // namespace

const char* PageStyle() { return kStyle; }

}  // namespace crm::crmctl
