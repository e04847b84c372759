import { describe, expect, it } from 'vitest';
import { type AugmentMethod, augmentMethods, augmentSchema } from '../../recipe/data/augment.js';
import type { Item } from '../item.js';
import { declined } from '../pairs/direct-answers.js';
import { sumParts } from '../tables/sums.js';
import { createAugmenter } from './augmenter.js';
import { readContextTable, rowNames } from './context-table.js';
import { findFigures, isYear } from './figures.js';
import { pairItems } from './pair-items.fixture.js';

const items = await pairItems(1500);
const untouched = structuredClone(items);
const parents = new Map(items.map((item) => [item.id, item]));

const settingsFor = (methods: readonly AugmentMethod[], more: object = {}) =>
  augmentSchema.parse({
    enabled: true,
    ...Object.fromEntries(augmentMethods.map((name) => [name, methods.includes(name) ? 1 : 0])),
    ...more,
  });

async function childrenBy(method: AugmentMethod, more: object = {}): Promise<[parent: Item, child: Item][]> {
  const { items: all } = await createAugmenter(settingsFor([method], more), { seed: 7 })(items);
  return all.filter(({ parent }) => parent).map((child) => [parents.get(child.parent!)!, child]);
}

const question = (item: Item): string => item.messages!.at(-2)!.content.slice(item.context!.length).trim();
const response = (item: Item): string => item.messages!.at(-1)!.content;

/** The value of an expression, by the language's own arithmetic. */
function evaluate(expression: string): number {
  const plain = expression.replace(/ in %$/, '').replace(/(\d[\d.]*)%/g, '($1/100)');
  if (!/^(?:average|[\d.\s+\-*/(),])+$/.test(plain)) throw new Error(`no expression: ${expression}`);
  const average = (...values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  return new Function('average', `return ${plain}`)(average);
}

/** What the labelled form holds, read without the code under test: `label` and cells by column. */
function cellsOf(context: string): Map<string, string[]> {
  return new Map(
    context
      .split('\n')
      .filter((line) => line.includes(' | '))
      .map((line, at) => {
        const [label, ...cells] = line.split(' | ');
        return [`${at} ${label}`, cells.map((cell) => cell.slice(cell.lastIndexOf(' ') + 1))];
      }),
  );
}

describe('createAugmenter', () => {
  it('does nothing unless it is enabled', async () => {
    const outcome = await createAugmenter(augmentSchema.parse({}), { seed: 7 })(items);
    expect(outcome.items).toEqual(items);
    expect(outcome.counts).toEqual({});
  });

  it('puts children behind their parents, with their story, and leaves parents as they were', async () => {
    const { items: all, counts } = await createAugmenter(settingsFor(augmentMethods, { max_per_parent: 3 }), {
      seed: 7,
    })(items);
    expect(items).toEqual(untouched);
    expect(all.filter(({ parent }) => !parent)).toEqual(untouched);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    let last = all[0]!;
    const made = new Map<string, number>();
    for (const item of all) {
      if (!item.parent) {
        last = item;
        continue;
      }
      const parent = parents.get(item.parent)!;
      expect(parent).toBe(last);
      expect(item.id).toMatch(new RegExp(`^${parent.id}~(?:${augmentMethods.join('|')})[1-3]$`));
      const same = ['group', 'split', 'licence', 'source', 'origin'] as const;
      for (const field of same) expect(item[field]).toEqual(parent[field]);
      expect(item.split).toBe('train');
      expect(item.steps.slice(0, -1)).toEqual(parent.steps);
      expect(item.steps.at(-1)!.step).toBe('augment');
      expect(item.messages).not.toEqual(parent.messages);
      expect(item.messages!.at(-2)!.content.startsWith(item.context!)).toBe(true);
      made.set(parent.id, (made.get(parent.id) ?? 0) + 1);
    }
    expect(Math.max(...made.values())).toBeLessThanOrEqual(3);
    expect(Object.values(counts).reduce((a, b) => a + b)).toBe(all.length - items.length);
    for (const method of augmentMethods) expect(counts[method]).toBeGreaterThan(0);
    expect(new Set(all.map(({ messages }) => JSON.stringify(messages))).size).toBeGreaterThan(
      0.999 * new Set(items.map(({ messages }) => JSON.stringify(messages))).size + made.size,
    );
  });

  it.each([0, 0.1, 0.3])('keeps the share of augmented items at or below %d', async (max_share) => {
    const { items: all } = await createAugmenter(settingsFor(augmentMethods, { max_share }), { seed: 7 })(
      items,
    );
    const train = all.filter(({ split }) => split === 'train');
    const children = train.filter(({ parent }) => parent).length;
    expect(children / train.length).toBeLessThanOrEqual(max_share);
    expect(children / train.length).toBeGreaterThan(max_share - 0.01);
  });

  it('is the same for the same seed, another for another, and the same for a batch in another order', async () => {
    const run = async (seed: number, batch: Item[]) =>
      (await createAugmenter(settingsFor(['paraphrase', 'numbers']), { seed })(batch)).items;
    const few = items.slice(0, 200);
    expect(await run(7, few)).toEqual(await run(7, few));
    expect(await run(8, few)).not.toEqual(await run(7, few));
    const byId = (a: Item, b: Item): number => (a.id < b.id ? -1 : 1);
    expect((await run(7, few.toReversed())).toSorted(byId)).toEqual((await run(7, few)).toSorted(byId));
  });

  it('leaves texts, documents, several turns and items without a split alone', async () => {
    const base = items.find(({ split }) => split === 'train')!;
    const odd: Item[] = [
      { ...base, id: 'a', messages: undefined, context: undefined, text: 'Plain text.' },
      { ...base, id: 'b', messages: [...base.messages!, ...base.messages!.slice(1)] },
      { ...base, id: 'c', split: undefined },
      { ...base, id: 'd', split: 'test' },
    ];
    const outcome = await createAugmenter(settingsFor(augmentMethods), { seed: 7 })(odd);
    expect(outcome.items).toEqual(odd);
  });
});

describe('numbers', async () => {
  const pairs = await childrenBy('numbers');

  it('finds many', () => expect(pairs.length).toBeGreaterThan(300));

  it('has figures of its context in its expression, and the answer is their value', () => {
    for (const [parent, child] of pairs) {
      const inContext = new Set(
        findFigures(child.context!.replace(/[^|\n]* /g, ' ')).map(({ digits }) => digits),
      );
      const cells = new Set(
        [...cellsOf(child.context!).values()].flat().map((cell) => cell.replace(/[-%]/g, '')),
      );
      const conversion = parent.task === 'unit_conversion';
      for (const operand of response(child).match(/\d[\d.]*/g)!) {
        if (conversion && /^10+$/.test(operand)) continue;
        expect(cells.has(operand) || inContext.has(operand), `${operand} in ${child.context}`).toBe(true);
      }
      expect(response(child)).not.toBe(response(parent));
      if (child.answer === undefined) continue;
      const percent = child.answer.endsWith('%');
      const stated = Number(child.answer.replace('%', '')) / (percent ? 100 : 1);
      expect(stated).toBeCloseTo(evaluate(response(child)), percent ? 3 : 2);
      expect(child.derivation, `${child.context}\n${response(parent)}\n${response(child)}`).not.toBe(
        parent.derivation,
      );
    }
  });

  it('asks the same question about cells of the same form', () => {
    for (const [parent, child] of pairs) {
      expect(question(child)).toBe(question(parent));
      const [before, after] = [cellsOf(parent.context!), cellsOf(child.context!)];
      expect([...after.keys()]).toEqual([...before.keys()]);
      const moved = new Map<string, string>();
      for (const [label, cells] of before) {
        cells.forEach((cell, at) => {
          const other = after.get(label)![at]!;
          expect(other.replace(/\d/g, '0')).toBe(cell.replace(/\d/g, '0'));
          if (isYear(cell)) expect(other).toBe(cell);
          const digits = cell.replace('-', '');
          expect(moved.get(digits) ?? other.replace('-', '')).toBe(other.replace('-', ''));
          moved.set(digits, other.replace('-', ''));
        });
      }
      // Everything that is no cell stays: labels, columns, title.
      const frame = (text: string): string => text.replace(/ [^ |\n]+(?= \||\n|$)/g, '');
      expect(frame(child.context!)).toBe(frame(parent.context!));
    }
  });

  it('keeps the sums that the figures prove', () => {
    let sums = 0;
    for (const [parent, child] of pairs) {
      const read = (item: Item) => {
        const table = readContextTable(item.context!)!;
        return {
          columns: table.columns.map((label) => ({ label })),
          rows: table.rows.map(({ label, cells }) => ({
            label,
            kind: 'amount' as const,
            values: cells.map((cell) => (/^-?[\d.]+%?$/.test(cell) ? Number.parseFloat(cell) : null)),
          })),
        };
      };
      const [before, after] = [read(parent), read(child)];
      before.rows.forEach((_row, row) => {
        const parts = sumParts(before, row);
        if (!parts) return;
        sums++;
        expect(sumParts(after, row), child.context).toBeDefined();
      });
    }
    expect(sums).toBeGreaterThan(200);
  });
});

describe('other methods', () => {
  it('paraphrases change the question and nothing else', async () => {
    const pairs = await childrenBy('paraphrase');
    expect(pairs.length).toBeGreaterThan(1000);
    for (const [parent, child] of pairs) {
      expect(question(child)).not.toBe(question(parent));
      expect([child.context, response(child), child.answer, child.task]).toEqual([
        parent.context,
        response(parent),
        parent.answer,
        parent.task,
      ]);
      // Years and named figures survive the rewording.
      const years = (text: string): string[] => (text.match(/\b20\d\d\b/g) ?? []).sort();
      expect(years(question(child))).toEqual(years(question(parent)));
    }
  });

  it('distractors keep the answer, stay in the split and lack what is asked for', async () => {
    const pairs = await childrenBy('distractor');
    expect(pairs.length).toBeGreaterThan(500);
    for (const [parent, child] of pairs) {
      const [, one, other] = /^\[1\]\n([\s\S]*)\n\n\[2\]\n([\s\S]*)$/.exec(child.context!)!;
      const lent = one === parent.context ? other! : one!;
      expect([one, other]).toContain(parent.context);
      const owners = items.filter(({ context }) => context === lent);
      expect(owners.some(({ split, group }) => split === 'train' && group !== parent.group)).toBe(true);
      expect([response(child), child.answer, question(child)]).toEqual([
        response(parent),
        parent.answer,
        question(parent),
      ]);
      for (const figure of response(parent).match(/\d[\d.]{2,}/g) ?? []) {
        if (!/^10+$/.test(figure)) expect(lent).not.toContain(figure);
      }
    }
  });

  it('unanswerable ones lack the rows that are asked for', async () => {
    const pairs = await childrenBy('unanswerable');
    expect(pairs.length).toBeGreaterThan(500);
    for (const [parent, child] of pairs) {
      expect([response(child), child.task, child.answer]).toEqual([declined, 'unanswerable', undefined]);
      expect(child.context).not.toBe(parent.context);
      const owners = items.filter(({ context }) => context === child.context);
      expect(owners.every(({ split }) => split === 'train')).toBe(true);
      const asked = child.derivation!.slice('the table has no '.length);
      const labels = readContextTable(parent.context!)!.rows.flatMap(rowNames);
      const named = labels.filter((label) => asked === label || `, ${asked}, `.includes(`, ${label}, `));
      expect(named.length).toBeGreaterThan(0);
      for (const label of named) {
        expect(question(child).toLowerCase()).toContain(label.toLowerCase());
        expect(child.context!.toLowerCase()).not.toContain(label.toLowerCase());
      }
    }
  });

  it('other formats hold the same figures in the same order', async () => {
    const pairs = await childrenBy('format');
    expect(pairs.length).toBeGreaterThan(500);
    for (const [parent, child] of pairs) {
      const cells = (item: Item): string[] =>
        readContextTable(item.context!)!.rows.flatMap((row) => row.cells);
      expect(cells(child)).toEqual(cells(parent));
      expect(child.messages!.slice(2)).toEqual(parent.messages!.slice(2));
      expect(question(child)).toBe(question(parent));
    }
  });
});
