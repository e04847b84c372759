/**
 * The step that holds answers to the form of their task, as the recipe states it.
 * @module
 */
import type { FormatSettings } from '../../recipe/data/formats.js';
import type { Item } from '../item.js';
import type { RemovedItem, Step, StepSample } from '../step.js';
import { type AnswerFormat, checkAnswer, formatOf } from './answer-formats.js';

const step = 'format';
const excerptLength = 200;

/**
 * Repairs the last answers of conversations whose task has a form in the settings, and removes those that can't be
 * repaired. Tasks that the settings don't name, texts and documents pass.
 *
 * Counts: `repaired:<what>` and `rejected:<reason>`.
 */
export function createFormatStep(settings: FormatSettings): Step {
  const formats = new Map<string, AnswerFormat>(
    Object.entries(settings).map(([task, setting]) => [task, formatOf(setting)]),
  );
  return async (items) => {
    const kept: Item[] = [];
    const removed: RemovedItem[] = [];
    const counts = new Map<string, number>();
    const samples = new Map<string, StepSample>();
    const note = (rule: string, sample: Omit<StepSample, 'rule'>): void => {
      counts.set(rule, (counts.get(rule) ?? 0) + 1);
      if (!samples.has(rule)) samples.set(rule, { rule, ...sample });
    };
    for (const item of items) {
      const format = formats.get(item.task);
      const last = item.messages?.at(-1);
      if (!format || last?.role !== 'assistant') {
        kept.push(item);
        continue;
      }
      const verdict = checkAnswer(item.task, last.content, format);
      if ('ok' in verdict) kept.push(item);
      else if ('repaired' in verdict) {
        kept.push(withAnswer(item, verdict.repaired, verdict.by));
        note(`repaired:${verdict.by}`, { id: item.id, before: last.content, after: verdict.repaired });
      } else {
        removed.push({
          id: item.id,
          source: item.source,
          step,
          reason: verdict.rejected,
          detail: `the answers of task ${item.task} have the form ${format.kind}`,
          excerpt: last.content.slice(0, excerptLength),
        });
        note(`rejected:${verdict.rejected}`, { id: item.id, before: last.content });
      }
    }
    return { items: kept, removed, counts: Object.fromEntries(counts), samples: [...samples.values()] };
  };
}

function withAnswer(item: Item, answer: string, by: string): Item {
  const messages = item.messages!.map((turn, index, all) =>
    index === all.length - 1 ? { ...turn, content: answer } : turn,
  );
  return { ...item, messages, steps: [...item.steps, { step, note: `form of the answer repaired: ${by}` }] };
}
