/**
 * Every item with all answers side by side. The records lie in the page as data; its script shows them.
 * @module
 */
import { readAnswer } from '../../../data/answers.js';
import { label } from '../../../page/format.js';
import { type Html, html, jsonForScript } from '../../../page/html.js';
import { section } from '../../../page/layout.js';
import type { ScoredItem } from '../../answers-file.js';
import type { Comparison } from '../../comparison.js';
import { answerValue } from '../answer-value.js';
import type { BenchmarkAnswers, ReportInput } from '../input.js';

/** What became of an item between baseline and candidate; with one system only `right` and `wrong`. */
const outcomes = {
  fixed: 'Fixed',
  broken: 'Broken',
  both_right: 'Both right',
  both_wrong: 'Both wrong',
  right: 'Right',
  wrong: 'Wrong',
};
type Outcome = keyof typeof outcomes;

/** An item as the page's script reads it. */
interface ShownItem {
  id: string;
  task: string;
  outcome: Outcome;
  /** The last line of the user's message; what stands before it is in `contexts`. */
  question: string;
  /** Index in `contexts`, or -1. */
  context: number;
  reference: { text: string; value?: string };
  /** In the order of the systems; null where a system did not answer this item. */
  answers: ({ text: string; value?: string; right: boolean; stopped: boolean } | null)[];
}

/** One section a benchmark, with filters by outcome and task. */
export function answerSections({ benchmarks, verdict }: ReportInput): Html[] {
  return benchmarks.map((benchmark, index) => {
    const entry = verdict.find(({ benchmark: name }) => name === benchmark.name);
    return answerSection(benchmark, index, entry);
  });
}

function answerSection(benchmark: BenchmarkAnswers, index: number, entry: Comparison | undefined): Html {
  const { shown, contexts, against } = showItems(benchmark, entry);
  const counts = (outcome: Outcome): number => shown.filter((item) => item.outcome === outcome).length;
  const present = (Object.keys(outcomes) as Outcome[]).filter((outcome) => counts(outcome) > 0);
  const tasks = [...new Set(shown.map(({ task }) => task))].sort();
  const data = { systems: benchmark.systems.map(({ name }) => name), contexts, items: shown };
  return section(
    `answers-${index}`,
    html`Answers on <span class="name">${benchmark.name}</span>`,
    against
      ? `Fixed: wrong from ${against[1]}, right from ${against[0]}. Broken: the other way round.`
      : 'Every item with its reference.',
    html`<div class="answers" data-answers="answers-data-${index}">
<div class="filters">
<div role="group" aria-label="Outcome"><button type="button" data-outcome="" aria-pressed="true">All <b>${shown.length}</b></button>${present.map(
      (outcome) =>
        html`<button type="button" data-outcome="${outcome}" aria-pressed="false">${outcomes[outcome]} <b>${counts(outcome)}</b></button>`,
    )}</div>
<label>Task <select data-task><option value="">all tasks</option>${tasks.map((task) => html`<option>${task}</option>`)}</select></label>
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
  { systems }: BenchmarkAnswers,
  entry: Comparison | undefined,
): { shown: ShownItem[]; contexts: string[]; against: [string, string] | undefined } {
  const candidate = systems.find(({ name }) => name === entry?.systems[0]) ?? systems.at(-1)!;
  const baseline =
    systems.find(({ name }) => name === entry?.systems[1]) ?? systems.find((system) => system !== candidate);
  const metric = entry?.metric ?? 'exact_match';
  const byId = systems.map(({ items }) => new Map(items.map((item) => [item.id, item])));
  const baselineItems = baseline && byId[systems.indexOf(baseline)];
  const isRight = (item: ScoredItem): boolean => item.scores[metric] === 1;
  const contexts = new Map<string, number>();
  const shown = candidate.items.map((item): ShownItem => {
    const other = baselineItems?.get(item.id);
    const [context, question] = splitQuestion(lastTurn(item.prompt));
    if (context && !contexts.has(context)) contexts.set(context, contexts.size);
    return {
      id: item.id,
      task: label(item.task),
      outcome: outcomeOf(isRight(item), other && isRight(other)),
      question,
      context: contexts.get(context) ?? -1,
      reference: withValue(item.reference, false),
      answers: byId.map((answers) => {
        const said = answers.get(item.id);
        return said
          ? {
              ...withValue(said.answer, said.reference_value !== null),
              right: isRight(said),
              stopped: said.stopped,
            }
          : null;
      }),
    };
  });
  return {
    shown,
    contexts: [...contexts.keys()],
    against: baseline && [candidate.name, baseline.name],
  };
}

function outcomeOf(candidate: boolean, baseline: boolean | undefined): Outcome {
  if (baseline === undefined) return candidate ? 'right' : 'wrong';
  if (candidate) return baseline ? 'both_right' : 'fixed';
  return baseline ? 'broken' : 'both_wrong';
}

const lastTurn = (prompt: ScoredItem['prompt']): string =>
  typeof prompt === 'string' ? prompt : (prompt.at(-1)?.content ?? '');

/** A table or document comes first and the question last, as its own line. */
function splitQuestion(text: string): [context: string, question: string] {
  const lines = text.trim().split('\n');
  const question = lines.pop()!;
  return [lines.join('\n').trim(), question];
}

/**
 * A text with the number that it comes to, where that is more than the text itself says: the value of an expression,
 * and, where a number was asked for, the figure that was taken from a sentence.
 */
function withValue(text: string, numberWanted: boolean): { text: string; value?: string } {
  const { kind, number } = readAnswer(text);
  if (!number) return { text };
  if (kind === 'text') return numberWanted ? { text, value: `read as ${answerValue(number)}` } : { text };
  return number.expression === undefined ? { text } : { text, value: `= ${answerValue(number)}` };
}
