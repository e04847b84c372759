/**
 * The verdict in plain words.
 * @module
 */

import { integer, percent, points, pValue } from '../../../page/format.js';
import { type Html, html } from '../../../page/html.js';
import { note } from '../../../page/layout.js';
import type { Comparison } from '../../comparison.js';
import type { ReportInput } from '../input.js';

/** Metrics as a sentence says them. */
const measures: Record<string, string> = {
  exact_match: 'right answers',
  token_f1: 'mean token F1',
};

/** The head of the page: better, worse, or what can't be told. */
export function verdictSection({ verdict, manifest }: ReportInput): Html {
  return html`<section id="verdict" class="verdict" aria-labelledby="verdict-title">
${stateNote(manifest)}
<h2 id="verdict-title">${headline(verdict)}</h2>
${verdict.length > 0 ? html`<div class="comparisons">${verdict.map(comparisonCard)}</div>` : noVerdict()}
</section>
`;
}

/** One sentence over all comparisons. */
export function headline(comparisons: readonly Comparison[]): string {
  const first = comparisons[0];
  if (!first) return 'No verdict yet.';
  const against = (verdict: Comparison['verdict']): string =>
    list([
      ...new Set(comparisons.filter((entry) => entry.verdict === verdict).map(({ systems }) => systems[1])),
    ]);
  const name = capital(first.systems[0]);
  const [better, worse, open] = [against('better'), against('worse'), against('cannot tell')];
  if (!better && !worse) return `${name} may be no different from ${open}: the items cannot tell.`;
  const certain = [better && `better than ${better}`, worse && `worse than ${worse}`].filter(Boolean);
  const uncertain = open && `; whether it beats ${open}, the items cannot tell`;
  return `${name} is ${certain.join(', but ')}${uncertain}.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function list(names: string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function comparisonCard(entry: Comparison): Html {
  const [candidate, baseline] = entry.systems;
  const [low, high] = entry.confidence_interval;
  const level = percent(entry.confidence).replace('.0', '');
  return html`<article class="comparison">
<header><span class="chip chip-${entry.verdict.replace(' ', '-')}">${entry.verdict}</span>
<h3>${candidate} <span>against ${baseline}</span></h3></header>
<p class="figure"><strong>${points(entry.difference)}</strong> percentage points</p>
${intervalGraphic(entry)}
<p>${capital(measures[entry.metric] ?? entry.metric)}: ${candidate} ${percent(entry.scores[candidate] ?? 0)}, ${baseline} ${percent(entry.scores[baseline] ?? 0)}, on ${integer(entry.n)} held-out items of “${entry.benchmark}”
from ${integer(entry.groups)} ${entry.groups === 1 ? 'group' : 'groups'}.
The difference lies between ${points(low)} and ${points(high)} points (${level} interval, ${pValue(entry.p_value)}).</p>
<p class="counts"><span><b>${integer(entry.fixed)}</b> fixed</span><span><b>${integer(entry.broken)}</b> broken</span></p>
</article>`;
}

/** The interval on a scale from -100 to +100 points, zero in the middle. */
function intervalGraphic({ difference, confidence_interval: [low, high], confidence }: Comparison): Html {
  const x = (value: number): string => (150 + value * 145).toFixed(1);
  const title = `Difference ${points(difference)} points, interval from ${points(low)} to ${points(high)} at ${percent(confidence)}`;
  return html`<svg class="interval" viewBox="0 0 300 34" role="img" aria-label="${title}">
<line class="axis" x1="5" x2="295" y1="12" y2="12"/><line class="zero" x1="150" x2="150" y1="3" y2="21"/>
<line class="range" x1="${x(low)}" x2="${x(high)}" y1="12" y2="12"/><circle cx="${x(difference)}" cy="12" r="5"/>
<text x="5" y="32">−100</text><text x="150" y="32" text-anchor="middle">0</text><text x="295" y="32" text-anchor="end">+100</text>
</svg>`;
}

function noVerdict(): Html {
  return note(
    html`A verdict needs the answers of the tuned model and of the base model to the same items: <code>attune evaluate</code> asks both.`,
  );
}

function stateNote(manifest: ReportInput['manifest']): Html | undefined {
  if (!manifest || manifest.state === 'done') return undefined;
  const states = {
    running: 'The training was still running, or was killed, when this page was made.',
    interrupted: 'The training was interrupted; the same command goes on with it.',
    failed: `The training failed${manifest.error ? `: ${manifest.error}` : '.'}`,
  };
  return html`<p class="note warning">${states[manifest.state]}</p>`;
}
