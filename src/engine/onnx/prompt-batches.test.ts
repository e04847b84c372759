import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchPrompts, type TokenizedPrompt } from './prompt-batches.js';

/** Every prompt as it lies in the batches. */
function unfold(prompts: readonly TokenizedPrompt[], batchSize: number): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const { root, groups } of batchPrompts(prompts, batchSize)) {
    for (const { prefix, members } of groups) {
      for (const { id, rest } of members) found.set(id, [...root, ...prefix, ...rest]);
    }
  }
  return found;
}

const prompt = fc
  .record({
    table: fc.integer({ min: 0, max: 3 }),
    rest: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 9 }),
  })
  .map(({ table, rest }) => [
    ...Array<number>(18).fill(7),
    ...Array<number>(5 + 9 * table).fill(table),
    ...rest,
  ]);

describe('batchPrompts', () => {
  it('loses no token and no prompt, and fills no batch over its size', () => {
    fc.assert(
      fc.property(fc.array(prompt, { maxLength: 30 }), fc.integer({ min: 1, max: 9 }), (all, batchSize) => {
        const prompts = all.map((ids, i) => ({ id: `${i}`, ids }));
        const found = unfold(prompts, batchSize);
        expect(found.size).toBe(prompts.length);
        for (const { id, ids } of prompts) expect(found.get(id)).toEqual(ids);
        for (const { groups } of batchPrompts(prompts, batchSize)) {
          const members = Math.max(...groups.map((group) => group.members.length));
          expect(groups.length * members).toBeLessThanOrEqual(batchSize);
          for (const group of groups)
            for (const { rest } of group.members) expect(rest.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('computes a table once for its questions, and the common beginning once for all', () => {
    const system = Array.from({ length: 20 }, (_, i) => i);
    const ask = (table: number, question: number): TokenizedPrompt => ({
      id: `${table}-${question}`,
      ids: [...system, ...Array.from({ length: 40 }, (_, i) => 100 + table + i), 200 + question, 300],
    });
    const prompts = [0, 1].flatMap((table) => [0, 1, 2].map((question) => ask(table * 50, question)));
    const [batch, ...others] = batchPrompts(prompts, 8);
    expect(others).toEqual([]);
    expect(batch!.root).toEqual(system);
    expect(batch!.groups.map(({ prefix, members }) => [prefix.length, members.length])).toEqual([
      [40, 3],
      [40, 3],
    ]);
  });
});
