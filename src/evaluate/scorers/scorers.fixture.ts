/**
 * Answers and items of which only some fields matter, for tests.
 * @module
 */
import { readAnswer } from '../../data/answers.js';
import type { BenchmarkItem } from '../benchmarks/item.js';
import { type Reference, textReference } from '../benchmarks/reference.js';
import type { GivenAnswer } from './scorer.js';

/** What a system wrote, with its number read. */
export function written(text: string, fields: Partial<GivenAnswer> = {}): GivenAnswer {
  return { id: 'item', text, value: readAnswer(text), stopped: true, ...fields };
}

/** An item with this reference. */
export function wanting(reference: string | Reference, fields: Partial<BenchmarkItem> = {}): BenchmarkItem {
  return {
    id: 'item',
    task: 'task',
    group: 'group',
    prompt: { text: 'question' },
    reference: typeof reference === 'string' ? textReference(reference) : reference,
    fields: {},
    ...fields,
  };
}
