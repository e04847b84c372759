import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autoSavedShare, type PackedRow, packExamples } from './pack.js';
import { findSharedPrefixes } from './prefix-tree.js';
import type { TokenizedExample } from './tokenize.js';

const capacity = 160;

/** An example of `prompt` followed by `answer` supervised tokens. */
function make(id: string, prompt: number[], answer: number): TokenizedExample {
  const ids = Int32Array.from([...prompt, ...Array.from({ length: answer }, (_, i) => 900 + i)]);
  return { id, ids, lossMask: new Uint8Array(ids.length).fill(1, prompt.length) };
}

const run = (token: number, length: number): number[] => Array(length).fill(token);

/** Prompts as paths of a random tree: few tokens and lengths around the least shared length, so that they branch. */
const prompts = fc
  .array(
    fc.record({ token: fc.integer({ min: 1, max: 3 }), length: fc.constantFrom(1, 3, 15, 16, 17, 30) }),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.flatMap(({ token, length }) => run(token, length)));
const exampleLists = fc
  .array(fc.tuple(prompts, fc.integer({ min: 1, max: 20 })), { minLength: 1, maxLength: 30 })
  .map((items) => items.map(([prompt, answer], i) => make(`e${i}`, prompt, answer)));

/** Tokens on the path of a leaf, read from the segments of its row. */
function pathOf(row: PackedRow, number: number, examples: TokenizedExample[]): number[] {
  const { parent, example, from, to } = row.segments[number - 1]!;
  const above = parent === 0 ? [] : pathOf(row, parent, examples);
  expect(above.length).toBe(from);
  return [...above, ...examples[example]!.ids.subarray(from, to)];
}

describe('packExamples', () => {
  it.each(['none', 'best_fit', 'shared_prefix', 'auto'] as const)(
    'with %s lays every example out once, whole, within the row, shares no supervised token',
    (packing) => {
      fc.assert(
        fc.property(exampleLists, fc.integer({ min: 1, max: 5 }), (examples, maxExamplesPerContext) => {
          const { rows } = packExamples(examples, { packing, capacity, maxExamplesPerContext });
          const seen: number[] = [];
          for (const row of rows) {
            expect(row.tokens).toBeLessThanOrEqual(capacity);
            expect(row.segments.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(row.tokens);
            for (const [index, segment] of row.segments.entries()) {
              expect(segment.parent).toBeLessThanOrEqual(index);
              const { ids, lossMask } = examples[segment.example]!;
              const children = row.segments.filter(({ parent }) => parent === index + 1);
              if (segment.leaf) {
                expect(pathOf(row, index + 1, examples)).toEqual([...ids]);
                expect(children).toEqual([]);
                seen.push(segment.example);
              } else {
                expect(lossMask.subarray(segment.from, segment.to).includes(1)).toBe(false);
                expect(children.length).toBeGreaterThan(1);
                expect(segment.to - segment.from).toBeGreaterThanOrEqual(16);
              }
            }
          }
          expect(seen.sort((a, b) => a - b)).toEqual(examples.map((_, i) => i));
        }),
        { numRuns: 60 },
      );
    },
  );

  it('bounds the examples of one context in a row, with and without sharing', () => {
    fc.assert(
      fc.property(
        exampleLists,
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('best_fit' as const, 'shared_prefix' as const),
        (examples, maxExamplesPerContext, packing) => {
          const contexts = new Map(findSharedPrefixes(examples).map((leaf) => [leaf.example, leaf.context]));
          const { rows } = packExamples(examples, { packing, capacity, maxExamplesPerContext });
          for (const row of rows) {
            const counts = new Map<unknown, number>();
            for (const { example, leaf } of row.segments) {
              const context = contexts.get(example);
              if (leaf && context) counts.set(context, (counts.get(context) ?? 0) + 1);
            }
            expect(row.contexts.length).toBe(counts.size);
            for (const count of counts.values()) expect(count).toBeLessThanOrEqual(maxExamplesPerContext);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  /** A system text, two tables, three questions each; both answers to a question begin with the same prompt. */
  const nested = [8, 9].flatMap((table) =>
    [1, 2, 3].flatMap((question) =>
      ['a', 'b'].map((answer, i) =>
        make(
          `${table}-${question}-${answer}`,
          [...run(5, 20), ...run(table, 40), ...run(question, 18)],
          4 + i,
        ),
      ),
    ),
  );

  it('nests shared beginnings: system text, table, question', () => {
    const settings = { packing: 'shared_prefix' as const, capacity: 1024, maxExamplesPerContext: 100 };
    const { rows } = packExamples(nested, settings);
    expect(rows).toHaveLength(1);
    const shape = rows[0]!.segments.map(
      ({ parent, from, to, leaf }) => `${parent}:${from}-${to}${leaf ? '!' : ''}`,
    );
    const table = (n: number): string[] => [
      '1:20-60',
      ...[1, 4, 7].flatMap((q) => [`${n}:60-78`, `${n + q}:78-82!`, `${n + q}:78-83!`]),
    ];
    expect(shape).toEqual(['0:0-20', ...table(2), ...table(12)]);
    expect(rows[0]!.tokens).toBe(20 + 2 * (40 + 3 * (18 + 4 + 5)));
    expect(rows[0]!.contexts).toHaveLength(2);
  });

  it('repeats a beginning in each row when its examples exceed a row or the bound', () => {
    const examples = Array.from({ length: 10 }, (_, i) => make(`e${i}`, [...run(7, 50), i + 1], 9));
    const others = Array.from({ length: 10 }, (_, i) => make(`f${i}`, [...run(6, 50), i + 1], 9));
    const settings = { packing: 'shared_prefix' as const, capacity: 100, maxExamplesPerContext: 100 };
    const { rows } = packExamples([...examples, ...others], settings);
    expect(rows.map(({ tokens }) => tokens)).toEqual([100, 100, 100, 100]);
    expect(rows.every(({ contexts }) => contexts.length === 1)).toBe(true);
    const bounded = packExamples([...examples, ...others], { ...settings, maxExamplesPerContext: 4 });
    expect(bounded.rows).toHaveLength(6);
  });

  it('takes shared_prefix under auto only where it saves the stated share', () => {
    const settings = { packing: 'auto' as const, capacity: 1024, maxExamplesPerContext: 100 };
    expect(packExamples(nested, settings).packing).toBe('shared_prefix');
    const apart = Array.from({ length: 5 }, (_, i) => make(`e${i}`, run(i + 1, 20), 5));
    expect(packExamples(apart, settings).packing).toBe('best_fit');
    const barely = [
      make('a', [...run(9, 16), ...run(1, 100)], 14),
      make('b', [...run(9, 16), ...run(2, 100)], 14),
    ];
    expect(16 / 260).toBeLessThan(autoSavedShare);
    expect(packExamples(barely, settings).packing).toBe('best_fit');
  });

  it('fills rows by best fit, largest first', () => {
    const examples = [30, 60, 40, 70].map((length, i) => make(`e${i}`, run(i + 1, length - 5), 5));
    const { rows } = packExamples(examples, { packing: 'best_fit', capacity: 100, maxExamplesPerContext: 9 });
    expect(rows.map(({ segments }) => segments.map(({ example }) => example))).toEqual([
      [3, 0],
      [1, 2],
    ]);
  });

  it('names a context by its tokens, so that splits and runs agree', () => {
    const settings = { packing: 'none' as const, capacity: 1024, maxExamplesPerContext: 8 };
    const names = (examples: TokenizedExample[]) =>
      packExamples(examples, settings).rows.map((r) => r.contexts);
    const all = names(nested);
    expect(new Set(all.flat()).size).toBe(2);
    expect(names([...nested].reverse()).reverse()).toEqual(all);
  });
});
