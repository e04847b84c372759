import { expect, it } from 'vitest';
import type { ScoredItem } from '../../answers-file.js';
import type { ReportInput } from '../input.js';
import { answerSections } from './answers.js';

/** What the page's script gets for one item. */
function shown(answer: string, reference: string, fields: Partial<ScoredItem> = {}) {
  const item: ScoredItem = {
    id: 'a',
    task: 'trend_commentary',
    group: 'g',
    key: 'k',
    prompt: 'Table\n\nQuestion?',
    answer,
    value: null,
    reference,
    reference_value: null,
    scores: { exact_match: 1 },
    stopped: true,
    ...fields,
  };
  const benchmark = {
    name: 'held-out',
    card: { output: 'generate', metric: 'exact_match', scorers: ['exact_match'] },
    metrics: [],
    systems: [{ name: 'tuned', items: [item] }],
  };
  const [section] = answerSections({ benchmarks: [benchmark], verdict: [] } as unknown as ReportInput);
  const data = /<script type="application\/json"[^>]*>([\s\S]*?)<\/script>/.exec(section!.markup)![1]!;
  const [first] = JSON.parse(data).items;
  const plain = (value?: string): string | undefined => value?.replaceAll('\u202f', ' ');
  return { answer: plain(first.answers[0].value), reference: plain(first.reference.value) };
}

it('shows the values of calculations inside a text', () => {
  const text = 'Sensors fell from 997 to 914, a change of [(914 - 997) / 997 in %]; the rest is [5 - 3].';
  expect(shown(text, text.replace(/; .*/, '.'))).toEqual({
    answer: '= −8.3249749 %; = 2',
    reference: '= −8.3249749 %',
  });
});

it('shows the value of an expression, and what was read from a sentence', () => {
  expect(shown('5 - 3', '[1]')).toEqual({ answer: '= 2', reference: undefined });
  expect(shown('It is [5 - 3].', '2', { reference_value: 2 }).answer).toBe('read as 2');
});
