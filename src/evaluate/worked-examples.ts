/**
 * Few-shot prompts: the base model is shown the form of the answers, so that a gain is more than that form.
 * @module
 */
import { readAnswer } from '../data/answers.js';
import type { Example } from '../data/example.js';
import { groupBy } from './group-by.js';

/**
 * Chooses `count` worked examples from the training split, the same for everyone who asks: the forms of answers
 * (expression, figure, text) take turns, the more frequent first; within a form the most frequent task that was not
 * shown yet; of that task the example with the shortest prompt, so that the context keeps room for the question.
 * Every form is shown because a model that never saw an expression would fail for its ignorance of the convention.
 */
export function chooseWorkedExamples(training: readonly Example[], count: number): Example[] {
  const forms = byFrequency(
    training.filter((example) => example.messages),
    formOfAnswer,
  ).map((form) =>
    byFrequency(form, (example) => example.task).map((task) =>
      task.sort((a, b) => promptLength(a) - promptLength(b) || (a.id < b.id ? -1 : 1)),
    ),
  );
  const chosen: Example[] = [];
  for (let round = 0; chosen.length < count && forms.some((tasks) => tasks.length > 0); round++) {
    const tasks = forms[round % forms.length]!;
    const task = tasks.shift();
    if (!task) continue;
    chosen.push(task.shift()!);
    if (task.length > 0) tasks.push(task);
  }
  return chosen;
}

function formOfAnswer(example: Example): string {
  const value = readAnswer(example.messages!.at(-1)!.content);
  return value.number?.expression === undefined ? value.kind : 'expression';
}

function promptLength(example: Example): number {
  return example.messages!.slice(0, -1).reduce((sum, { content }) => sum + content.length, 0);
}

/** Examples grouped by a key, the largest group first, equal ones by key. */
function byFrequency(examples: readonly Example[], key: (example: Example) => string): Example[][] {
  return [...groupBy(examples, key)]
    .sort(([a, first], [b, second]) => second.length - first.length || (a < b ? -1 : 1))
    .map(([, group]) => group);
}
