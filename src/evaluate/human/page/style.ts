/**
 * Style of the rating page, on top of the one that all of Attune's pages share.
 * @module
 */
import { style } from '../../../page/style.js';

/** Source of the style sheet. */
export const pageStyle = `${style}
:root { --accent: #0b7a6b; --accent-soft: #e0f1ec; --on-accent: #ffffff; --shade: 0 1px 2px rgb(29 28 26 / 5%), 0 8px 24px rgb(29 28 26 / 6%); }
@media (prefers-color-scheme: dark) { :root { --accent: #4fc7b2; --accent-soft: #16352f; --on-accent: #10201d; --shade: none; } }
[hidden] { display: none !important; }
body { min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; }
main { width: 100%; max-width: 1240px; flex: 1; padding-bottom: 32px; }
.masthead { width: 100%; max-width: 1240px; padding-top: 18px; align-items: center; gap: 4px 20px; }
.track { position: sticky; top: 0; z-index: 2; height: 4px; background: var(--rule); }
#bar { height: 100%; width: 0; background: var(--accent); border-radius: 0 2px 2px 0; transition: width 0.25s ease-out; }
.study b { color: var(--ink); font-weight: 600; } .study span::before { content: "·"; margin: 0 8px; }
.state { display: flex; align-items: center; gap: 8px 18px; font-variant-numeric: tabular-nums; }
#saved:empty { display: none; }
#saved { font-weight: 600; color: var(--open); background: var(--open-soft); padding: 2px 11px; border-radius: 99px; font-size: 13px; }
kbd { font: 500 11px/1 var(--sans); display: inline-block; min-width: 19px; padding: 4px 5px 3px; text-align: center; border: 1px solid var(--rule); border-bottom-width: 2px; border-radius: 5px; color: var(--muted); background: var(--paper); vertical-align: 1px; }
.quiet { border-color: transparent; background: none; color: var(--muted); padding: 6px 8px; white-space: nowrap; }
.quiet:hover:not(:disabled) { color: var(--ink); border-color: var(--rule); }
button:disabled { opacity: 0.4; cursor: default; }
.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; padding: 10px 20px; font-size: 15px; }
.primary:hover { border-color: var(--ink); }
.primary kbd { background: none; border-color: currentColor; color: inherit; opacity: 0.75; margin-left: 6px; }
h1:focus { outline: none; }
.kicker { display: flex; flex-wrap: wrap; gap: 4px 12px; color: var(--muted); font-size: 13px; margin-top: 22px; font-variant-numeric: tabular-nums; }
#task::before, #before::before { content: "·"; margin-right: 12px; } #task:empty { display: none; }
#before { color: var(--accent); }
#question { font: 400 clamp(19px, 2.1vw, 24px)/1.38 var(--serif); letter-spacing: -0.005em; margin: 6px 0 16px; max-width: 68ch; white-space: pre-wrap; overflow-wrap: anywhere; }
#context { border: 1px solid var(--rule); border-radius: 12px; background: var(--card); margin-bottom: 16px; }
#context > summary { padding: 10px 16px; font-size: 13px; border-radius: 12px; }
#context[open] > summary { border-bottom: 1px solid var(--rule); border-radius: 12px 12px 0 0; }
.context-body { max-height: 34vh; overflow: auto; padding: 14px 16px; font-size: 14.5px; border-radius: 0 0 12px 12px; }
.context-body h2 { font-size: 12px; font-weight: 600; color: var(--muted); margin: 14px 0 4px; } .context-body h2:first-child { margin-top: 0; }
.context-body p { white-space: pre-wrap; overflow-wrap: anywhere; max-width: 88ch; }
.context-body p + p, .context-body table + p { margin-top: 8px; }
.context-body table { width: auto; min-width: 50%; font-size: 13.5px; margin: 6px 0; }
.context-body td { padding: 5px 0 5px 22px; white-space: nowrap; } .context-body td:first-child { padding-left: 0; white-space: normal; }
.context-body td.figure { text-align: right; }
.context-body th { padding: 5px 0 5px 22px; } .context-body th:first-child { padding-left: 0; } .context-body th.figure { text-align: right; } .context-body td.heading { color: var(--muted); font-size: 12.5px; padding-top: 12px; }
.context-body tr:last-child > * { border-bottom: 0; } .context-body thead tr:last-child > * { border-bottom: 1px solid var(--muted); }
.answers { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)); gap: 16px; align-items: stretch; }
.answer { background: var(--card); border: 1px solid var(--rule); border-radius: 14px; padding: 16px 20px 20px; box-shadow: var(--shade); transition: border-color 0.12s, box-shadow 0.12s; min-width: 0; }
.answer.chosen { border-color: var(--accent); box-shadow: 0 0 0 2px var(--accent); }
.answer.both { border-color: var(--muted); }
.answer h2 { display: flex; align-items: center; gap: 9px; font-size: 13px; font-weight: 600; color: var(--muted); margin-bottom: 10px; }
.answer h2 b { display: grid; place-items: center; width: 24px; height: 24px; border-radius: 7px; background: var(--ink); color: var(--paper); font-size: 13px; }
.answer.chosen h2 b { background: var(--accent); color: var(--on-accent); }
.answer .said { font-size: 16.5px; line-height: 1.6; max-height: none; overflow: visible; margin: 0; max-width: 74ch; }
.comment { margin-top: 16px; } .comment label { display: block; font-size: 13px; font-weight: 600; margin-bottom: 6px; } .comment label span { font-weight: 400; color: var(--muted); margin-left: 6px; }
textarea { width: 100%; font: inherit; font-size: 15px; color: inherit; background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 10px 12px; resize: vertical; }
.dock { position: sticky; bottom: 0; z-index: 1; width: 100%; max-width: none; padding: 0; background: color-mix(in srgb, var(--paper) 92%, transparent); backdrop-filter: blur(8px); border-top: 1px solid var(--rule); }
.dock-in { max-width: 1240px; margin: 0 auto; padding: 12px 20px; padding-bottom: calc(12px + env(safe-area-inset-bottom)); display: grid; grid-template-columns: 1fr auto 1fr; align-items: center; gap: 12px; }
.dock-in > :first-child { justify-self: start; } .dock-in > :last-child { justify-self: end; }
.choices { display: flex; gap: 8px; }
.choices button { font-size: 15px; font-weight: 500; padding: 10px 16px; color: var(--ink); min-height: 44px; white-space: nowrap; box-shadow: var(--shade); }
.choices button:hover { border-color: var(--accent); }
.choices button kbd { margin-right: 4px; }
.choices button[aria-pressed="true"], .choices .primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.choices button[aria-pressed="true"] kbd { background: none; border-color: currentColor; color: inherit; }
.rubric { display: grid; gap: 10px; align-content: start; }
.rubric fieldset { scroll-margin: 20px 0 110px; min-width: 0; margin: 0; border: 1px solid var(--rule); border-radius: 12px; padding: 12px 16px 14px; background: var(--card); }
.rubric fieldset.active { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
.rubric legend { float: left; width: 100%; padding: 0; font-weight: 600; font-size: 15px; text-transform: capitalize; }
.rubric p { clear: both; color: var(--muted); font-size: 13.5px; line-height: 1.45; margin: 2px 0 10px; }
.rubric p:empty { margin: 0 0 6px; }
.scores { clear: both; display: flex; gap: 6px; }
.scores label { position: relative; flex: 1; max-width: 72px; }
.scores input { position: absolute; opacity: 0; inset: 0; width: 100%; height: 100%; margin: 0; cursor: pointer; }
.scores span { display: grid; place-items: center; height: 42px; border: 1px solid var(--rule); border-radius: 9px; font-weight: 500; font-variant-numeric: tabular-nums; background: var(--paper); }
.scores input:hover + span { border-color: var(--accent); }
.scores input:checked + span { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
.scores input:focus-visible + span { outline: 2px solid var(--series-0); outline-offset: 2px; }
@media (min-width: 900px) {
  .with-rubric { display: grid; grid-template-columns: minmax(0, 1fr) 400px; grid-template-rows: repeat(4, auto) 1fr; column-gap: 24px; align-items: start; }
  .with-rubric > .kicker, .with-rubric > h1 { grid-column: 1 / -1; }
  .with-rubric > .rubric { grid-column: 2; grid-row: 3 / 6; position: sticky; top: 20px; }
  .with-rubric > :not(.kicker, h1, .rubric) { grid-column: 1; }
}
.panel { max-width: 640px; margin: 9vh auto 0; }
.panel h1 { font: 400 clamp(30px, 5vw, 44px)/1.15 var(--serif); letter-spacing: -0.015em; text-wrap: balance; }
.panel .lead { font-size: 17px; color: var(--muted); margin-top: 14px; }
.panel .by-keys { margin-top: 8px; }
.instructions { white-space: pre-wrap; overflow-wrap: anywhere; margin-top: 18px; padding: 14px 18px; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; } .instructions:empty { display: none; }
.criteria-list { margin-top: 18px; display: grid; gap: 2px; } .criteria-list dt + dd + dt { margin-top: 10px; } .criteria-list:empty { display: none; }
.criteria-list dt { font-weight: 600; text-transform: capitalize; } .criteria-list dd { color: var(--muted); font-size: 15px; }
.panel button { margin-top: 26px; }
.tick { width: 56px; height: 56px; border-radius: 50%; background: var(--accent-soft); display: grid; place-items: center; margin-bottom: 22px; }
.tick::before { content: ""; width: 11px; height: 21px; border: solid var(--accent); border-width: 0 3px 3px 0; transform: translateY(-3px) rotate(45deg); }
.panel .facts { margin-top: 26px; } .panel .facts dd { font: 400 26px/1.3 var(--serif); }
dialog { border: 1px solid var(--rule); border-radius: 16px; background: var(--card); color: var(--ink); padding: 24px 28px; width: min(440px, calc(100vw - 32px)); box-shadow: 0 20px 60px rgb(0 0 0 / 25%); }
dialog::backdrop { background: rgb(20 20 18 / 45%); }
dialog h2 { font: 400 24px/1.2 var(--serif); margin-bottom: 14px; }
.keys div { display: grid; grid-template-columns: 116px 1fr; gap: 12px; padding: 6px 0; font-size: 15px; } .keys div + div { border-top: 1px solid var(--rule); }
dialog form { margin-top: 18px; text-align: right; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 899px) { .rubric { margin-top: 16px; } }
@media (max-width: 760px) {
  .masthead { font-size: 13px; padding-top: 12px; padding-bottom: 0; }
  .kicker { margin-top: 14px; }
  .context-body { max-height: 30vh; }
  .dock-in { grid-template-columns: 1fr 1fr; gap: 4px 8px; padding-top: 10px; padding-bottom: calc(6px + env(safe-area-inset-bottom)); }
  .choices { grid-column: 1 / -1; grid-row: 1; display: grid; grid-template-columns: 1fr 1fr; width: 100%; gap: 8px; }
  .choices > .primary { grid-column: 1 / -1; }
  .choices button { padding: 10px 8px; }
  .answer { padding: 14px 16px 16px; }
  .panel { margin-top: 5vh; }
}
@media (hover: none) and (pointer: coarse) { kbd, #help-open, .by-keys { display: none; } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`;
