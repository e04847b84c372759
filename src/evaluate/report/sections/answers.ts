/**
 * Every item with all answers side by side. The records lie in the page as data; its script shows and filters them.
 * @module
 */
import { embeddedCalculations, readAnswer } from '../../../data/answers.js';
import { label } from '../../../page/format.js';
import { type Html, html, jsonForScript } from '../../../page/html.js';
import { section } from '../../../page/layout.js';
import type { ScoredItem } from '../../answers-file.js';
import type { Comparison } from '../../comparison.js';
import { answerValue } from '../answer-value.js';
import type { BenchmarkAnswers, ReportInput } from '../input.js';
import { mainMetric, metricOfAnswers } from '../scores.js';

/** An answer as the page's script reads it. */
interface ShownAnswer {
  text: string;
  value?: string;
  /** Absent where the main metric gives single answers no score. */
  right?: boolean;
  stopped: boolean;
  /** Scores between 0 and 1, for people. */
  scores: string;
  /** Numbers and names that stand in no text that the system was given. */
  ungrounded?: string[];
}

/** An item as the page's script reads it. */
interface ShownItem {
  id: string;
  task: string;
  /** The last line of the user's message; what stands before it is in `contexts`. */
  question: string;
  /** Index in `contexts`, or -1. */
  context: number;
  reference: { text: string; value?: string };
  /** In the order of the systems; null where a system did not answer this item. */
  answers: (ShownAnswer | null)[];
}

/** One section a benchmark, with filters by change, outcome and task. */
export function answerSections({ benchmarks, verdict }: ReportInput): Html[] {
  return benchmarks
    .filter(({ card }) => card.output !== 'perplexity')
    .map((benchmark, index) => {
      const entry = verdict.find(({ benchmark: name }) => name === benchmark.name);
      return answerSection(benchmark, index, entry);
    });
}

function answerSection(benchmark: BenchmarkAnswers, index: number, entry: Comparison | undefined): Html {
  const { items, contexts } = showItems(benchmark, entry?.metric);
  const names = benchmark.systems.map(({ name }) => name);
  const candidate = names.indexOf(entry?.systems[0] ?? names.at(-1)!);
  const baseline = names.indexOf(entry?.systems[1] ?? names.find((_, place) => place !== candidate) ?? '');
  const tasks = [...new Set(items.map(({ task }) => task))].sort();
  const data = { systems: names, contexts, items };
  const choose = (attribute: string, chosen: number): Html =>
    html`<select data-${attribute}>${names.map((name, place) => html`<option value="${place}"${place === chosen ? html` selected` : undefined}>${name}</option>`)}</select>`;
  return section(
    `answers-${index}`,
    html`Answers on <span class="name">${benchmark.name}</span>`,
    names.length > 1
      ? 'Fixed: wrong from the one, right from the other. Broken: the other way round.'
      : 'Every item with its reference.',
    html`<div class="answers" data-answers="answers-data-${index}">
<div class="filters">
<div role="group" aria-label="Outcome" class="outcomes"></div>
<div class="choices">${
      names.length > 1
        ? html`<label>From ${choose('baseline', baseline)}</label><label>to ${choose('candidate', candidate)}</label>`
        : undefined
    }
<label>Task <select data-task><option value="">all tasks</option>${tasks.map((task) => html`<option>${task}</option>`)}</select></label>
<label>Text <input type="search" data-search placeholder="in question or answer"></label></div>
</div>
<p class="shown" role="status"></p>
<div class="items"></div>
<button type="button" class="more" hidden>Show more</button>
<noscript><p class="note">The answers are shown by a script in this page; they are also in evaluation/${benchmark.name}/.</p></noscript>
</div>
<script type="application/json" id="answers-data-${index}">${jsonForScript(data)}</script>`,
  );
}

function showItems(
  benchmark: BenchmarkAnswers,
  metric: string | undefined,
): { items: ShownItem[]; contexts: string[] } {
  const { systems } = benchmark;
  const main = metricOfAnswers(benchmark, mainMetric(benchmark, metric));
  const byId = systems.map(({ items }) => new Map(items.map((item) => [item.id, item])));
  const all = new Map(systems.toReversed().flatMap(({ items }) => items.map((item) => [item.id, item])));
  const contexts = new Map<string, number>();
  const items = [...all.values()].map((item): ShownItem => {
    const [context, question] = splitQuestion(questionOf(item));
    if (context && !contexts.has(context)) contexts.set(context, contexts.size);
    return {
      id: item.id,
      task: label(item.task),
      question,
      context: contexts.get(context) ?? -1,
      reference: withValue(item.reference, false),
      answers: byId.map((answers) => {
        const said = answers.get(item.id);
        return said ? showAnswer(said, main) : null;
      }),
    };
  });
  return { items, contexts: [...contexts.keys()] };
}

function showAnswer(said: ScoredItem, main: string | undefined): ShownAnswer {
  const score = main === undefined ? undefined : said.scores[main];
  return {
    ...withValue(said.answer, said.reference_value !== null),
    ...(score === undefined ? {} : { right: score === 1 }),
    stopped: said.stopped,
    scores: Object.entries(said.scores)
      .filter(([, value]) => value !== 0 && value !== 1)
      .map(([name, value]) => `${label(name)} ${Number(value.toFixed(2))}`)
      .join(', '),
    ...(said.ungrounded && said.ungrounded.length > 0 ? { ungrounded: said.ungrounded } : {}),
  };
}

const questionOf = ({ prompt }: ScoredItem): string =>
  typeof prompt === 'string' ? prompt : (prompt.at(-1)?.content ?? '');

/** A table or document comes first and the question last, as its own line. */
function splitQuestion(text: string): [context: string, question: string] {
  const lines = text.trim().split('\n');
  const question = lines.pop()!;
  return [lines.join('\n').trim(), question];
}

/**
 * A text with the number that it comes to, where that is more than the text itself says: the value of an expression, the
 * values of calculations inside a text, and, where a number was asked for, the figure that was taken from a sentence.
 */
function withValue(text: string, numberWanted: boolean): { text: string; value?: string } {
  const calculations = embeddedCalculations(text);
  if (calculations.length > 0 && !numberWanted) {
    return { text, value: calculations.map(({ number }) => `= ${answerValue(number)}`).join('; ') };
  }
  const { kind, number } = readAnswer(text);
  if (!number) return { text };
  if (kind === 'text') return numberWanted ? { text, value: `read as ${answerValue(number)}` } : { text };
  return number.expression === undefined ? { text } : { text, value: `= ${answerValue(number)}` };
}
