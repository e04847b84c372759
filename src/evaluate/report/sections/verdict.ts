/**
 * The verdict in plain words.
 * @module
 */

import { integer, percent, pValue } from '../../../page/format.js';
import { type Html, html } from '../../../page/html.js';
import { note } from '../../../page/layout.js';
import type { Comparison } from '../../comparison.js';
import type { ReportInput } from '../input.js';
import { metricDifference, metricLabel, metricValue } from '../metric-text.js';

/** Metrics as a sentence says them. */
const measures: Record<string, string> = {
  exact_match: 'right answers',
  token_f1: 'mean token F1',
};

/** The head of the page: better, worse, or what can't be told; and what it cost. */
export function verdictSection({ verdict, manifest }: ReportInput): Html {
  return html`<section id="verdict" class="verdict" aria-labelledby="verdict-title">
${stateNote(manifest)}
<h2 id="verdict-title">${headline(verdict)}</h2>
${verdict.length > 0 ? html`<div class="comparisons">${verdict.map(comparisonCard)}</div>` : noVerdict()}
</section>
`;
}

/** One or two sentences over all comparisons: the gain on the first benchmark, then forgetting. */
export function headline(comparisons: readonly Comparison[]): string {
  const gains = comparisons.filter(({ forgetting }) => !forgetting);
  const first = gains[0];
  const kept = comparisons.find(({ forgetting }) => forgetting);
  const cost = kept ? ` ${retention(kept)}` : '';
  if (!first) return kept ? cost.trim() : 'No verdict yet.';
  const against = (verdict: Comparison['verdict']): string =>
    list([
      ...new Set(
        gains
          .filter((entry) => entry.benchmark === first.benchmark && entry.verdict === verdict)
          .map(({ systems, expert }) => (expert ? `the expert ${systems[1]}` : systems[1])),
      ),
    ]);
  const name = capital(first.systems[0]);
  const [better, worse, open] = [against('better'), against('worse'), against('cannot tell')];
  if (!better && !worse) return `${name} may be no different from ${open}: the items cannot tell.${cost}`;
  const certain = [better && `better than ${better}`, worse && `worse than ${worse}`].filter(Boolean);
  const uncertain = open && `; whether it beats ${open}, the items cannot tell`;
  return `${name} is ${certain.join(', but ')}${uncertain}.${cost}`;
}

function retention({ forgetting, difference }: Comparison): string {
  switch (forgetting!.outcome) {
    case 'kept':
      return 'It kept its general abilities.';
    case 'lost':
      return `It forgot: ${metricDifference(difference, 'share')} points of general abilities.`;
    default:
      return 'Whether it forgot, the items cannot tell.';
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function list(names: string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function comparisonCard(entry: Comparison): Html {
  const [candidate, baseline] = entry.systems;
  const [low, high] = entry.confidence_interval;
  const level = percent(entry.confidence).replace('.0', '');
  const outcome = entry.forgetting?.outcome ?? entry.verdict;
  const value = (system: string): string => metricValue(entry.scores[system] ?? Number.NaN, entry.unit);
  const difference = (figure: number): string => metricDifference(figure, entry.unit);
  return html`<article class="comparison">
<header><span class="chip chip-${chipOf(outcome)}">${outcome}</span>
<h3>${candidate} <span>against ${entry.expert ? 'the expert ' : ''}${baseline}${entry.forgetting ? ', general abilities' : ''}</span></h3></header>
<p class="figure"><strong>${difference(entry.difference)}</strong> ${entry.unit === 'share' ? 'percentage points' : metricLabel({ name: entry.metric })}</p>
${entry.unit === 'share' ? intervalGraphic(entry) : undefined}
<p>${capital(measures[entry.metric] ?? metricLabel({ name: entry.metric }))}: ${candidate} ${value(candidate)}, ${baseline} ${value(baseline)}, on ${integer(entry.n)} held-out items of “${entry.benchmark}”
from ${integer(entry.groups)} ${entry.groups === 1 ? 'group' : 'groups'}.
The difference lies between ${difference(low)} and ${difference(high)}${entry.unit === 'share' ? ' points' : ''} (${level} interval, ${pValue(entry.p_value)}).</p>
${forgettingNote(entry)}
<p class="counts"><span><b>${integer(entry.fixed)}</b> fixed</span><span><b>${integer(entry.broken)}</b> broken</span>${entry.mcnemar_p_value !== undefined && html`<span>McNemar ${pValue(entry.mcnemar_p_value)}</span>`}</p>
</article>`;
}

const chips: Record<string, string> = { kept: 'better', lost: 'worse' };
const chipOf = (outcome: string): string => chips[outcome] ?? outcome.replace(' ', '-');

function forgettingNote({ forgetting }: Comparison): Html | undefined {
  if (!forgetting) return undefined;
  const bound = percent(forgetting.max_loss).replace('.0', '');
  const sentence = {
    kept: `A loss of ${bound} or more is ruled out.`,
    lost: `The loss is larger than the ${bound} that the recipe puts up with.`,
    'cannot tell': `Whether the loss stays below the ${bound} that the recipe puts up with, these items cannot tell.`,
  }[forgetting.outcome];
  return html`<p>${sentence}</p>`;
}

/** The interval on a scale from -100 to +100 points, zero in the middle. */
function intervalGraphic({ difference, confidence_interval: [low, high], confidence }: Comparison): Html {
  const x = (value: number): string => (150 + value * 145).toFixed(1);
  const text = (value: number): string => metricDifference(value, 'share');
  const title = `Difference ${text(difference)} points, interval from ${text(low)} to ${text(high)} at ${percent(confidence)}`;
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
    stopped: 'A gate was not reached: the training stopped before its last stage.',
    failed: `The training failed${manifest.error ? `: ${manifest.error}` : '.'}`,
  };
  return html`<p class="note warning">${states[manifest.state]}</p>`;
}
