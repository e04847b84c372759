import { describe, expect, it } from 'vitest';
import { coverageSchema } from '../../recipe/data/coverage.js';
import { pairItems } from '../augment/pair-items.fixture.js';
import type { Item } from '../item.js';
import { declined } from '../pairs/direct-answers.js';
import { createAspectAssigner } from './assigner.js';
import { edgeCases } from './edge-cases.js';
import { PhraseFinder } from './phrases.js';
import { coverageReport, renderCoverage } from './report.js';

function item(context: string, question: string, response: string, more: Partial<Item> = {}): Item {
  return {
    id: 'i',
    messages: [
      { role: 'system', content: 'Answer about leases.' },
      { role: 'user', content: `${context}\n\n${question}` },
      { role: 'assistant', content: response },
    ],
    context,
    task: 'qa',
    group: 'g',
    source: 'Annual report 2019, page 3',
    licence: 'CC0-1.0',
    origin: { file: 'reports/2019.pdf' },
    steps: [],
    ...more,
  };
}

const aspectsOf = async (aspect: object, one: Item): Promise<string[]> => {
  const settings = coverageSchema.parse({ aspects: [{ name: 'a', ...aspect }] });
  return (await createAspectAssigner(settings)([one])).items[0]!.aspects!;
};

describe('PhraseFinder', () => {
  const finder = new PhraseFinder([['lease*'], ['net sales', 'cost of goods*'], ['減価償却'], ['R&D']]);
  it.each([
    ['Operating LEASES', [0]],
    ['please', []],
    ['net  sales; sales', [1]],
    ['net of sales', []],
    ['Cost of goods-sold', [1]],
    ['2019年の減価償却費', [2]],
    ['R&D costs', [3]],
    ['r d', [3]],
    ['', []],
  ])('finds in %j the owners %j', (text, owners) => {
    expect([...finder.find(text)]).toEqual(owners);
  });
});

describe('createAspectAssigner', () => {
  const one = item('Lease payments were 12.', 'What were lease payments?', '12');

  it('adds to the aspects that an item was made with', async () => {
    const made = { ...one, aspects: ['reports', 'a'] };
    expect(await aspectsOf({ keywords: ['lease'] }, made)).toEqual(['reports', 'a']);
    expect(await aspectsOf({ name: 'b', keywords: ['lease'] }, made)).toEqual(['reports', 'a', 'b']);
    expect(await aspectsOf({ keywords: ['rent'] }, made)).toEqual(['reports', 'a']);
  });

  it.each([
    [{ keywords: ['lease payment*'] }, true],
    [{ keywords: ['rent'] }, false],
    [{ patterns: ['lease\\s+pay'] }, true],
    [{ tasks: ['qa'] }, true],
    [{ tasks: ['other'], keywords: ['lease'] }, false],
    [{ sources: ['*.pdf'] }, true],
    [{ sources: ['annual report*'] }, true],
    [{ sources: ['*.csv'], keywords: ['lease'] }, false],
    [{ kinds: ['conversation'] }, true],
    [{ kinds: ['text'] }, false],
    [{ keywords: ['about leases'] }, false],
    [{ description: 'lease payments' }, true],
    [{ description: 'vaccines for infants' }, false],
    [{ examples: ['What were the lease payments?'], keywords: ['zzz'] }, true],
    [{}, false],
  ])('with %j: %s', async (aspect, expected) => {
    expect(await aspectsOf(aspect, one)).toEqual(expected ? ['a'] : []);
  });

  it('takes vectors from elsewhere', async () => {
    const settings = coverageSchema.parse({
      aspects: [{ name: 'a', description: 'x', min_similarity: 0.9 }],
    });
    const embed = (texts: readonly string[]): Float32Array[] =>
      texts.map((text) => Float32Array.from(text === 'x' || text.includes('12') ? [3, 0] : [0, 2]));
    const { items } = await createAspectAssigner(settings, embed)([one, item('c', 'q', 'r')]);
    expect(items.map(({ aspects }) => aspects)).toEqual([['a'], []]);
  });

  it('names the broken setting', () => {
    const settings = coverageSchema.parse({
      aspects: [{ name: 'a' }, { name: 'b', patterns: ['x', '(a+'] }],
    });
    expect(() => createAspectAssigner(settings)).toThrow(
      expect.objectContaining({ field: 'data.coverage.aspects[1].patterns[1]' }),
    );
  });

  it('leaves everything but aspects and scores as it was, and counts what it did', async () => {
    const settings = coverageSchema.parse({ aspects: [{ name: 'a', keywords: ['lease*'] }] });
    const before = structuredClone(one);
    const outcome = await createAspectAssigner(settings)([one, item('Other.', 'Why?', 'So.')]);
    expect(one).toEqual(before);
    expect(outcome.counts).toEqual({ 'aspect: a': 1, 'no aspect': 1, 'edge: short_context': 2 });
    const { aspects: _aspects, scores, ...rest } = outcome.items[0]!;
    expect(rest).toEqual(before);
    expect(scores!.edge).toBe(1);
    expect(scores!.hardness).toBeGreaterThan(0);
  });

  it('is not slowed by long lines of one character', async () => {
    const settings = coverageSchema.parse({
      aspects: [
        { name: 'a', keywords: ['a b', 'aaa*'], patterns: ['(a+)+b'], description: 'a', sources: ['*a*a*b'] },
      ],
    });
    const assign = createAspectAssigner(settings);
    for (const character of ['a', ' ', '-', '|', '1', '=', '1 ', '- ', ' |']) {
      await assign([
        item(
          character.repeat(100_000 / character.length),
          character.repeat(50_000),
          character.repeat(100_000),
        ),
      ]);
    }
  });
});

describe('edgeCases', () => {
  const settings = coverageSchema.parse({ short_context: 5 });
  const table = 'Table: (millions)\nSales | 2019 80 | 2018 -\nCosts | 2019 -70 | 2018 60';
  it.each([
    [table, 'What were Costs in 2019?', '-70', ['negative_or_zero']],
    [table, 'What were Costs in 2018?', '60', []],
    [table, 'What were Sales in 2019?', '80', ['missing_value']],
    ['| Sales | n/a | 3 |\n| Costs | 2 | 3 |', 'What were Sales?', '3', ['missing_value']],
    [table, 'What were Costs in thousands?', '60 * 1000', ['mixed_units']],
    ['It cost $3 or €2.', 'What?', '$3', ['mixed_units']],
    ['abc', 'What?', 'x', ['short_context']],
    ['abc '.repeat(2000), 'What?', 'x', ['long_context']],
    [table, 'What were taxes?', declined, ['unanswerable']],
    [table, 'What were taxes?', 'The passage does not mention taxes.', ['unanswerable']],
    [table, 'By how many percent did Costs change?', '(70 - 60) / 60 in %', ['several_steps']],
    [table, 'Average?', 'average(1, 2, 3)', ['several_steps']],
  ])('%#: %j', (context, question, response, expected) => {
    expect(edgeCases(item(context, question, response), settings)).toEqual(expected);
  });
});

describe('coverageReport', () => {
  it('counts aspects against tasks and says what to do', () => {
    const settings = coverageSchema.parse({
      aspects: [{ name: 'a', max_share: 0.5 }, { name: 'b', min_items: 5 }, { name: 'c' }],
      min_edge_share: 0.5,
      min_hard_share: 0.5,
      rare_task_share: 0.2,
    });
    const rows = [
      ...Array.from({ length: 8 }, () => ({
        aspects: ['a'],
        task: 'x',
        split: 'train' as const,
        scores: { edge: 0, hardness: 0.1 },
      })),
      { aspects: ['a', 'b'], task: '__proto__', split: 'train' as const, scores: { edge: 0, hardness: 0.9 } },
      { aspects: [], task: 'x', scores: { edge: 2, hardness: 0.9 } },
      { aspects: ['b'], task: 'x', split: 'test' as const },
    ];
    const report = coverageReport(rows, settings);
    expect(report).toMatchObject({
      train: 10,
      total: 11,
      tasks: ['x', '__proto__'],
      unassigned: 1,
      rareTasks: ['__proto__'],
    });
    expect(report.aspects.map(({ status, train, total, byTask }) => [status, train, total, byTask])).toEqual([
      ['too_much', 9, 9, [8, 1]],
      ['thin', 1, 2, [0, 1]],
      ['missing', 0, 0, [0, 0]],
    ]);
    expect(report.edge).toMatchObject({ items: 2, status: 'thin' });
    expect(report.hard).toMatchObject({ items: 2, status: 'thin' });
    expect(report.advice.map((advice) => advice.slice(0, 12))).toEqual([
      '"c" has no i',
      '"b" has 1 of',
      '"a" has 90% ',
      '20% edge cas',
      '20% hard ite',
    ]);
    expect(renderCoverage(report)).toContain('| b | 1 | 10% | thin | 0 | 1 |');
  });

  it('knows nothing of what was not measured', () => {
    const report = coverageReport([{ task: 'x' }], coverageSchema.parse({ min_hard_share: 0.5 }));
    expect([report.hard.status, report.edge.status]).toEqual(['unknown', 'unknown']);
    expect(coverageReport([], coverageSchema.parse({})).train).toBe(0);
  });

  it('finds the domain of the finance example', async () => {
    const settings = coverageSchema.parse({
      aspects: [
        { name: 'tax', keywords: ['deferred tax*', 'income tax*'] },
        { name: 'crypto', keywords: ['bitcoin'] },
        { name: 'described', description: 'income taxes, deferred tax assets and liabilities' },
      ],
    });
    const { items } = await createAspectAssigner(settings)(await pairItems(1500));
    const [tax, crypto, described] = coverageReport(items, settings).aspects;
    expect([tax!.status, crypto!.status]).toEqual(['enough', 'missing']);
    // Similarity of words finds few of the right ones, and hardly any wrong one.
    expect(described!.total).toBeGreaterThan(50);
    const found = items.filter(({ aspects }) => aspects!.includes('described'));
    expect(found.filter(({ context }) => /tax/i.test(context!)).length / found.length).toBeGreaterThan(0.95);
  });
});
