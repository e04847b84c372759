import { expect, it } from 'vitest';
import { parseRecipe } from './load.js';

const recipe = (benchmark: string, gate: string): string => `name: trial
model: { name: tiny }
data: { sources: [{ type: facts, path: terms.jsonl }, { type: records, path: records.jsonl }] }
evaluation:
  benchmarks:
    - { name: held-out }
    - ${benchmark}
stages:
  - name: facts
    gate: ${gate}
`;

it('takes a gate on the recall of facts, which are no test split', () => {
  const gate = '{ metric: exact_match, benchmark: recall, at_least: 0.5 }';
  const { stages } = parseRecipe(recipe('{ name: recall, facts: terms.jsonl }', gate), 'recipe.yaml');
  expect(stages![0]!.gate).toMatchObject({ benchmark: 'recall', at_least: 0.5 });
});

it('takes no gate on the test split', () => {
  const gate = '{ metric: exact_match, benchmark: held-out, at_least: 0.5 }';
  const read = () => parseRecipe(recipe('{ name: check, split: validation }', gate), 'recipe.yaml');
  expect(read).toThrow('name an entry with `split: validation`');
});
