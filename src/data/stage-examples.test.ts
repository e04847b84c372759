import { expect, it } from 'vitest';
import { selectSchema } from '../recipe/stages/select.js';
import type { Example } from './example.js';
import { stageExamples } from './stage-examples.js';

const common = { group: 'g', split: 'train', source: 's', licence: 'l' } as const;
const example = (id: string, rest: Partial<Example>): Example => ({
  id,
  task: 'look_up',
  ...common,
  ...rest,
});
const asked = [{ role: 'user' as const, content: 'q' }];
const examples = [
  example('text', { text: 'Revenue is ...', task: 'text', aspects: ['reports'] }),
  example('easy', { messages: asked, aspects: ['statements', 'cash'], scores: { hardness: 0.1 } }),
  example('hard', { messages: asked, task: 'ratio', aspects: ['statements'], scores: { hardness: 0.6 } }),
  example('general', { messages: asked, task: 'general', aspects: ['general'] }),
];
const ids = (select: object): string[] =>
  stageExamples(examples, selectSchema.parse(select)).map(({ id }) => id);

it.each([
  [{}, ['text', 'easy', 'hard', 'general']],
  [{ objective: 'text' }, ['text']],
  [{ objective: 'instructions' }, ['easy', 'hard', 'general']],
  [{ tasks: ['ratio', 'text'] }, ['text', 'hard']],
  [{ without_tasks: ['ratio', 'text'] }, ['easy', 'general']],
  [{ aspects: ['reports', 'cash'] }, ['text', 'easy']],
  [{ without_aspects: ['general', 'cash'] }, ['text', 'hard']],
  [{ aspects: ['statements'], min_hardness: 0.5 }, ['hard']],
  // what was never measured is in no narrower range
  [{ max_hardness: 0.5 }, ['easy']],
  [{ max_examples: 3 }, ['text', 'easy', 'hard']],
  [{ aspects: ['unknown'] }, []],
])('%j takes %j', (select, expected) => {
  expect(ids(select)).toEqual(expected);
});
