/**
 * The held-out split of a data set as a benchmark.
 * @module
 */
import { readAnswer } from '../../data/answers.js';
import type { Example } from '../../data/example.js';
import { AttuneError } from '../../errors.js';
import { metricsFor } from '../metrics/registry.js';
import { exactMatch } from '../scorers/exact-match.js';
import { grounded } from '../scorers/grounded.js';
import { noFalseRefusal, rightRefusal } from '../scorers/refusal.js';
import { tokenF1 } from '../scorers/token-f1.js';
import type { Benchmark } from './benchmark.js';
import type { BenchmarkItem } from './item.js';
import { defaultLayout } from './prompt-layout.js';
import { type Reference, textReference } from './reference.js';

/** A benchmark of conversations; the last message of each is the reference. */
export function heldOutBenchmark(name: string, examples: readonly Example[]): Benchmark {
  const scorers = [exactMatch, tokenF1, grounded, rightRefusal, noFalseRefusal];
  return {
    name,
    output: 'generate',
    items: examples.map(itemOfExample),
    fewShot: [],
    layout: defaultLayout,
    scorers,
    metrics: metricsFor('generate', { scorers }),
    metric: exactMatch.name,
    generation: {},
  };
}

/**
 * An example as a question with its reference.
 *
 * @throws AttuneError when its conversation does not end with an answer
 */
export function itemOfExample(example: Example): BenchmarkItem {
  const { id, task, group, messages } = example;
  if (messages?.at(-1)?.role !== 'assistant') {
    throw new AttuneError(`the item ${id} has no answer to compare with`, {
      field: 'messages',
      fix: 'evaluate conversations that end with an assistant message',
    });
  }
  return {
    id,
    task,
    group,
    prompt: { messages: messages.slice(0, -1) },
    reference: referenceOf(example),
    // The table or passage stands in the question itself.
    context: messages.findLast(({ role }) => role === 'user')?.content,
    fields: { ...example },
  };
}

/**
 * The reference of an example: its last message. Where that is no figure or expression by itself, the example's final
 * `answer` says what number, if any, is wanted.
 */
function referenceOf(example: Example): Reference {
  const reference = textReference(example.messages?.at(-1)?.content ?? '');
  if (example.answer === undefined) return reference;
  const final = readAnswer(example.answer);
  return {
    ...reference,
    value: reference.value.kind === 'number' ? reference.value : final,
    rounded: final.kind === 'number' ? final.number : undefined,
  };
}
