/**
 * What a judge model said, and whether it can be trusted.
 * @module
 */
import { integer, percent, pValue } from '../../../page/format.js';
import { type Html, html } from '../../../page/html.js';
import { facts, note, section } from '../../../page/layout.js';
import { groupBy } from '../../group-by.js';
import { agreementWithPeople, type PeopleOutcome } from '../../judge/agreement.js';
import { judgeBias, type Share, scoresBySystem } from '../../judge/bias.js';
import type { Grade, Preference } from '../../judge/judgement.js';
import { gradesOf, pairOutcomes, preferencesOf } from '../../judge/outcomes.js';
import { winRate } from '../../statistics/bradley-terry.js';
import { scoreInterval } from '../../statistics/wilson.js';
import type { BenchmarkAnswers, ReportInput } from '../input.js';
import { scoreResampling } from '../resampling.js';

const confidence = 0.95;

/** One section a benchmark that was judged. */
export function judgeSections({ benchmarks, studies }: ReportInput): Html[] {
  return benchmarks.flatMap((benchmark, index) => {
    if (benchmark.judgements.length === 0) return [];
    const people = studies
      .filter(({ results }) => results.benchmark === benchmark.name)
      .flatMap(({ outcomes }) => outcomes);
    return [judgeSection(benchmark, index, people)];
  });
}

function judgeSection(benchmark: BenchmarkAnswers, index: number, people: readonly PeopleOutcome[]): Html {
  const preferences = preferencesOf(benchmark.judgements);
  const grades = gradesOf(benchmark.judgements);
  return section(
    `judge-${index}`,
    html`Judge on <span class="name">${benchmark.name}</span>`,
    `${benchmark.judgements[0]!.judge}, ${integer(benchmark.judgements.length)} replies. A model’s opinion, weighed by what its replies show of its habits.`,
    ...(preferences.length > 0 ? pairwiseParts(benchmark, preferences, people) : []),
    ...(grades.length > 0 ? [gradesTable(grades)] : []),
  );
}

function pairwiseParts(
  benchmark: BenchmarkAnswers,
  preferences: readonly Preference[],
  people: readonly PeopleOutcome[],
): Html[] {
  const scores = scoresBySystem(
    new Map(benchmark.systems.map(({ name, items }) => [name, items])),
    benchmark.card.metric,
  );
  const bias = judgeBias(preferences, scores, confidence);
  const outcomes = pairOutcomes(preferences);
  const agreement = agreementWithPeople(outcomes, people, scoreResampling(confidence));
  const pairs = [...groupBy(outcomes, ({ a, b }) => JSON.stringify([a, b])).values()];
  return [
    bias.findings.length > 0
      ? html`<p class="note warning"><b>This judge is biased.</b> ${bias.findings.join(' ')} Its preferences are no evidence.</p>`
      : note('No bias by place or length shows in its replies.'),
    html`<div class="scroll"><table>
<caption>Preferences</caption>
<thead><tr><th scope="col">Pair</th><th scope="col" class="number">Wins</th><th scope="col" class="number">Losses</th><th scope="col" class="number">Ties</th><th scope="col" class="number">Win rate</th></tr></thead>
<tbody>${pairs.map((of) => {
      const { a, b } = of[0]!;
      const {
        n,
        wins,
        losses,
        ties,
        rate,
        interval,
        pValue: p,
      } = winRate(of, a, b, scoreResampling(confidence));
      return html`<tr><th scope="row">${a} against ${b}<small>${integer(n)} items</small></th><td class="number">${integer(wins)}</td><td class="number">${integer(losses)}</td><td class="number">${integer(ties)}</td><td class="number">${percent(rate)}<small>${percent(interval.low)} to ${percent(interval.high)}, ${pValue(p)}</small></td></tr>`;
    })}</tbody></table></div>`,
    html`<h3>What its replies show of it</h3>`,
    facts([
      ['Prefers the answer shown first', shareText(bias.first)],
      ['Same result in both orders', shareText(bias.consistent)],
      ['Longer answer wins', shareText(bias.longer)],
      ['… between equally right answers', shareText(bias.longerAmongEqual)],
      ['Replies that could not be read', `${integer(bias.unreadable)} of ${integer(bias.replies)}`],
      [
        'Agreement with people',
        agreement
          ? `κ = ${agreement.kappa.toFixed(2)} (${agreement.interval.low.toFixed(2)} to ${agreement.interval.high.toFixed(2)}), the same on ${percent(agreement.agreement)} of ${integer(agreement.n)} items`
          : 'no item was judged by people too',
      ],
    ]),
  ];
}

function shareText({ n, share, interval }: Share): string {
  if (n === 0) return '–';
  return `${percent(share)} of ${integer(n)} (${percent(interval.low)} to ${percent(interval.high)})`;
}

function gradesTable(grades: readonly Grade[]): Html {
  const readable = grades.filter(({ grade }) => grade !== undefined);
  const rows = [
    ...groupBy(readable, ({ criterion, system }) => JSON.stringify([criterion, system])).values(),
  ];
  return html`<div class="scroll"><table>
<caption>Grades from 1 to 5</caption>
<thead><tr><th scope="col">Criterion</th><th scope="col">System</th><th scope="col" class="number">Mean</th><th scope="col" class="number">Grades</th></tr></thead>
<tbody>${rows.map((of) => {
    const { criterion, system } = of[0]!;
    // Wilson's interval wants shares: 1 to 5 becomes 0 to 1 and back.
    const shares = of.map(({ grade }) => (grade! - 1) / 4);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const { low, high } = scoreInterval(
      shares,
      of.map(({ group }) => group),
      confidence,
    );
    const grade = (share: number): string => (1 + 4 * share).toFixed(2);
    return html`<tr><th scope="row">${criterion}</th><td>${system}</td><td class="number">${grade(mean)}<small>${grade(low)} to ${grade(high)}</small></td><td class="number">${integer(of.length)}</td></tr>`;
  })}</tbody></table></div>`;
}
