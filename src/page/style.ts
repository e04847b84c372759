/**
 * The page's style sheet. Colours are variables, so that light and dark differ in one place.
 * @module
 */

/** Source of the style sheet. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --card: #ffffff; --ink: #1d1c1a; --muted: #6d6a63; --rule: #e4e1d9;
  --series-0: #0b7a6b; --series-1: #b06a12; --series-2: #6b7280; --series-3: #7c5cbf;
  --good: #0b7a6b; --good-soft: #e0f1ec; --bad: #b23a2e; --bad-soft: #f9e6e2; --open: #7a6a1e; --open-soft: #f5efd6;
  --sans: ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, "Noto Serif", "DejaVu Serif", serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #151513; --card: #1d1d1a; --ink: #ecebe6; --muted: #a09c92; --rule: #33322d;
    --series-0: #4fc7b2; --series-1: #e0a458; --series-2: #9aa3b2; --series-3: #b59cf0;
    --good: #4fc7b2; --good-soft: #16352f; --bad: #ef8d80; --bad-soft: #3d211d; --open: #dcc767; --open-soft: #363013;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans); overflow-wrap: break-word; }
main, .masthead, footer { max-width: 1120px; margin: 0 auto; padding: 0 20px; }
h1, h2, h3, p, dl, dd, figure, ul { margin: 0; }
code, pre { font-family: var(--mono); font-size: 0.86em; }
.masthead { display: flex; flex-wrap: wrap; gap: 2px 20px; justify-content: space-between; padding-top: 28px; color: var(--muted); font-size: 14px; }
.masthead h1 { font-size: 14px; font-weight: 600; color: var(--ink); }
.masthead h1 span { color: var(--muted); font-weight: 400; }
.verdict { padding: 40px 0 56px; }
.verdict > h2 { font: 400 clamp(32px, 5.6vw, 56px)/1.12 var(--serif); letter-spacing: -0.015em; max-width: 20ch; margin-bottom: 36px; text-wrap: balance; }
.comparisons { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 20px; }
.comparison { background: var(--card); border: 1px solid var(--rule); border-radius: 14px; padding: 22px 24px; }
.comparison header { display: flex; align-items: center; gap: 12px; flex-wrap: wrap; }
.comparison h3 { font-size: 16px; font-weight: 600; }
.comparison h3 span { font-weight: 400; color: var(--muted); }
.comparison p { color: var(--muted); font-size: 15px; }
.comparison .figure { margin-top: 14px; }
.comparison .figure strong { font: 400 44px/1.1 var(--serif); color: var(--ink); font-variant-numeric: tabular-nums; margin-right: 4px; }
.comparison .counts { display: flex; gap: 20px; margin-top: 12px; }
.comparison .counts b { color: var(--ink); font-variant-numeric: tabular-nums; }
.chip { font-size: 13px; font-weight: 600; padding: 2px 11px; border-radius: 99px; white-space: nowrap; }
.chip-better { background: var(--good-soft); color: var(--good); }
.chip-worse { background: var(--bad-soft); color: var(--bad); }
.chip-cannot-tell { background: var(--open-soft); color: var(--open); }
.interval { display: block; width: 100%; max-width: 380px; margin: 12px 0 14px; }
.interval .axis { stroke: var(--rule); stroke-width: 1.5; }
.interval .zero { stroke: var(--muted); stroke-width: 1; }
.interval .range { stroke: var(--series-0); stroke-width: 3.5; stroke-linecap: round; opacity: 0.55; }
.interval circle { fill: var(--series-0); }
.interval text { fill: var(--muted); font-size: 10px; }
section:not(.verdict) { border-top: 1px solid var(--rule); padding: 36px 0 48px; }
section > header h2 { font: 400 25px/1.2 var(--serif); letter-spacing: -0.01em; }
section > header .name { display: inline-block; }
section > header p { color: var(--muted); font-size: 14px; line-height: 1.5; margin-top: 8px; max-width: 46ch; }
.body { margin-top: 22px; min-width: 0; }
.body > * + * { margin-top: 28px; }
.body > .legend + figure { margin-top: 8px; }
.body h3 { font-size: 15px; font-weight: 600; }
.body h3 + .facts { margin-top: 10px; }
@media (min-width: 1000px) {
  main, .masthead, footer { padding: 0 32px; }
  .masthead { padding-top: 36px; }
  section:not(.verdict) { display: grid; grid-template-columns: 220px minmax(0, 1fr); gap: 48px; }
  .body { margin-top: 2px; }
}
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 14px; }
.system { white-space: nowrap; }
.system::before { content: ""; display: inline-block; width: 9px; height: 9px; border-radius: 50%; margin-right: 7px; background: var(--dot, var(--muted)); }
.series-0 { --dot: var(--series-0); } .series-1 { --dot: var(--series-1); } .series-2 { --dot: var(--series-2); } .series-3 { --dot: var(--series-3); }
.chart { display: block; width: 100%; height: auto; overflow: visible; }
.chart text { font-family: var(--sans); font-variant-numeric: tabular-nums; }
.chart-narrow { display: none; }
@media (max-width: 639px) { .chart-narrow { display: block; } .chart-wide { display: none; } }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 15px; font-variant-numeric: tabular-nums lining-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: 8px; }
th, td { padding: 9px 0 9px 18px; border-bottom: 1px solid var(--rule); vertical-align: baseline; text-align: left; font-weight: 400; }
th:first-child { padding-left: 0; min-width: 7.5em; }
thead th { color: var(--muted); font-size: 13px; border-bottom-color: var(--muted); white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
.total > * { font-weight: 600; } .total small { font-weight: 400; }
.apart > * { color: var(--muted); }
.number { text-align: right; white-space: nowrap; }
td small, th small { display: block; font-size: 12px; line-height: 1.3; color: var(--muted); }
.change-better { color: var(--good); } .change-worse { color: var(--bad); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 150px), 1fr)); gap: 16px 24px; }
.facts dt { color: var(--muted); font-size: 13px; }
.facts dd { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.sources { padding: 0; list-style: none; font-size: 15px; } h3 + .sources { margin-top: 8px; } .sources li + li { margin-top: 6px; }
.sources span { color: var(--muted); display: block; font-size: 13px; }
.note { color: var(--muted); border-left: 3px solid var(--rule); padding: 4px 0 4px 14px; max-width: 68ch; }
.note.warning { border-color: var(--open); margin-bottom: 24px; }
pre { margin: 0; line-height: 1.5; }
.command { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 14px 16px; white-space: pre-wrap; overflow-wrap: anywhere; }
details > summary { cursor: pointer; color: var(--muted); font-size: 14px; }
details > summary:hover { color: var(--ink); }
details pre { margin-top: 10px; padding: 12px 14px; border: 1px solid var(--rule); border-radius: 10px; background: var(--paper); }
button, select, input[type="search"] { font: inherit; font-size: 14px; color: inherit; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 6px 12px; }
button { cursor: pointer; }
button:hover { border-color: var(--muted); }
button b { font-weight: 400; color: var(--muted); font-variant-numeric: tabular-nums; }
button[aria-pressed="true"] { background: var(--ink); border-color: var(--ink); color: var(--paper); }
button[aria-pressed="true"] b { color: inherit; opacity: 0.7; }
:focus-visible { outline: 2px solid var(--series-0); outline-offset: 2px; }
.filters { display: flex; flex-wrap: wrap; gap: 12px 24px; align-items: center; justify-content: space-between; }
.filters div { display: flex; flex-wrap: wrap; gap: 6px; }
.filters label { font-size: 14px; color: var(--muted); } .filters select, .filters input { color: var(--ink); margin-left: 6px; max-width: 16em; } .filters .choices { gap: 8px 16px; }
.shown { color: var(--muted); font-size: 13px; margin: 14px 0 8px; }
.item { background: var(--card); border: 1px solid var(--rule); border-radius: 14px; padding: 18px 20px 20px; margin-bottom: 14px; }
.item .task { overflow-wrap: anywhere; display: flex; justify-content: space-between; gap: 12px; color: var(--muted); font-size: 13px; }
.item .task > * { min-width: 0; }
.item .id { font-family: var(--mono); font-size: 12px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.item h3 { font-size: 17px; line-height: 1.4; font-weight: 500; margin: 4px 0 8px; }
.cells { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 165px), 1fr)); gap: 14px 22px; margin-top: 14px; padding-top: 14px; border-top: 1px solid var(--rule); }
.who { display: flex; flex-wrap: wrap; gap: 2px 10px; font-size: 13px; color: var(--muted); }
.said { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 15px; margin-top: 3px; max-height: 14em; overflow-y: auto; }
.empty { color: var(--muted); font-style: italic; }
.value { color: var(--muted); font-size: 14px; font-variant-numeric: tabular-nums; }
.cut, .ungrounded { color: var(--open); font-size: 13px; }
.mark { font-weight: 600; } .mark.right { color: var(--good); } .mark.wrong { color: var(--bad); }
.more { display: block; margin: 4px auto 0; }
footer { color: var(--muted); font-size: 13px; padding-top: 8px; padding-bottom: 40px; }
@media (max-width: 639px) {
  table { font-size: 14px; }
  th, td { padding-left: 10px; } td small, th small { font-size: 11px; white-space: normal; }
  thead th, thead th.number { white-space: normal; vertical-align: bottom; } thead .system { white-space: normal; } thead .system::before { display: block; margin: 0 0 3px auto; }
}
@media print { .filters, .more { display: none; } .item, .comparison { break-inside: avoid; } }
`;
