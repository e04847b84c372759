import { describe, expect, it } from 'vitest';
import { parseTable } from '../tables/parse-table.js';
import type { StatementTable } from '../tables/statement.js';
import { deductions } from './deductions.js';
import type { Fact } from './fact.js';
import { financial_ratio } from './financial-ratios.js';
import { context, type Row, table } from './hand-made-table.fixture.js';
import { json_output } from './json-answers.js';
import { risk_flags } from './risk-flags.js';
import { summary } from './summaries.js';
import { viewTable } from './table-view.js';
import { courseOf, trend_commentary } from './trend-commentary.js';
import { warningSigns } from './warning-signs.js';

const ratiosOf = (one: StatementTable): Record<string, string> =>
  Object.fromEntries(
    financial_ratio(context(one)).map(({ words, response }) => [`${words.ratio} ${words.in}`, response]),
  );
const answers = (facts: readonly Fact[]): string[] => facts.map(({ response }) => response);

describe('ratios', () => {
  it('are made of the right rows among misleading ones', () => {
    const found = ratiosOf(
      table([
        ['Net sales', 1000, 800],
        ['Net sales by region', 990, 790],
        ['Cost of sales', -600, -500],
        ['Gross profit', 400, 300],
        ['Income before tax', 100, 80],
        ['Income tax', 25, 16],
        ['Net income', 75, 64],
        ['Total current assets', 391, 339],
        ['Inventories', 124, 114],
        ['Total assets', 2664, 3025],
        ['Total current liabilities', 256, 167],
        ['Total debt', 50, 60],
        ['Total equity', 500, 480],
      ]),
    );
    expect(found).toMatchObject({
      'the gross margin in 2019': '400 / 1000 in %',
      'the net margin in 2018': '64 / 800 in %',
      'the effective tax rate in 2019': '25 / 100 in %',
      'the current ratio in 2019': '391 / 256',
      'the quick ratio in 2019': '(391 - 124) / 256',
      'the debt to equity ratio in 2019': '50 / 500',
      'the asset turnover in 2019': '1000 / 2664',
      'the return on assets in 2019': '75 / 2664 in %',
      'cost of sales as a percentage of revenue in 2019': '600 / 1000 in %',
      'inventories as a percentage of total assets in 2019': '124 / 2664 in %',
    });
  });

  it('are refused where a sign or a missing figure takes their meaning', () => {
    const found = ratiosOf(
      table([
        ['Revenue', 0, null],
        ['Gross profit', 10, 5],
        ['Income before taxes', -50, 40],
        ['Income tax expense', 5, -3],
        ['Net loss', 55, 43],
        ['Total assets', -1, 100],
        ['Total equity', -20, null],
        ['Total debt', 5, 5],
      ]),
    );
    expect(Object.keys(found)).toEqual(['the debt to assets ratio in 2018']);
  });

  it('are refused for percentages, columns of changes and amounts that do not belong together', () => {
    const base = table([
      ['Revenue', 100, 90],
      ['Gross profit', 57, 50],
    ]);
    const percent = { ...base, rows: base.rows.map((row) => ({ ...row, kind: 'percent' as const })) };
    expect(ratiosOf(percent)).toEqual({});
    const changes = {
      ...base,
      columns: [
        { label: 'Change 2019', year: 2019 },
        { label: '2018', year: 2018 },
      ],
    };
    expect(Object.keys(ratiosOf(changes))).toEqual(['the gross margin in 2018']);
    expect(
      ratiosOf(
        table([
          ['Revenue', 5000, 4000],
          ['Gross margin', 40.5, 39],
        ]),
      ),
    ).toEqual({});
    expect(
      ratiosOf(
        table([
          ['Revenue', 100, 90],
          ['Net income (in thousands)', 5, 4],
        ]),
      ),
    ).toEqual({});
  });

  it('take the gross margin from costs where the profit or the revenue is left out', () => {
    expect(
      ratiosOf(
        table([
          ['Revenue', 100, 90],
          ['Cost of revenue', 60, 70],
        ]),
      ),
    ).toMatchObject({
      'the gross margin in 2019': '(100 - 60) / 100 in %',
    });
    expect(
      ratiosOf(
        table([
          ['Cost of sales', -60, -70],
          ['Gross profit', 40, 20],
        ]),
      ),
    ).toMatchObject({
      'the gross margin in 2019': '40 / (40 + 60) in %',
    });
    expect(
      ratiosOf(
        table([
          ['Revenue', 100, 90],
          ['Cost of revenue', 60, 70],
          ['Gross result', 40, 20],
        ]),
      ),
    ).not.toHaveProperty(['the gross margin in 2019']);
  });

  it('of deductions rest on the figures', () => {
    const rows: Row[] = [
      ['Gross deferred tax assets', 100, 90],
      ['Valuation allowance', -40, -30],
      ['Net deferred tax assets', 60, 60],
    ];
    expect(ratiosOf(table(rows))).toEqual({
      'the valuation allowance as a percentage of Gross deferred tax assets in 2019': '40 / 100 in %',
      'the valuation allowance as a percentage of Gross deferred tax assets in 2018': '30 / 90 in %',
    });
    rows[2] = ['Net deferred tax assets', 60, 61];
    expect(deductions(table(rows))).toEqual([]);
  });
});

describe('courses', () => {
  it.each([
    [[1, 2], 'rose'],
    [[2, 1], 'fell'],
    [[1, 1], 'remained unchanged'],
    [[1, 2, 3], 'rose steadily'],
    [[3, 2, 1], 'fell steadily'],
    [[1, 2, 2], 'rose'],
    [[1, 3, 2], 'first rose, then fell'],
    [[3, 1, 1, 2], 'first fell, then rose'],
    [[1, 3, 2, 4], 'went up and down'],
    [[-1, 0, 1], 'rose steadily'],
  ] as const)('%j %s', (figures, course) => expect(courseOf(figures)).toBe(course));

  it('are told of rows whose figures allow it', () => {
    const facts = trend_commentary(
      context(
        table([
          ['Sensors', 914, 918, 997],
          ['Net income (loss)', 5, -3, -7],
          ['Costs in brackets', -5, -6, -7],
          ['Missing', 5, null, 7],
          ['Same', 3, 3, 3],
        ]),
      ),
    );
    expect(answers(facts)).toEqual([
      'Sensors fell steadily from 997 in 2017 to 914 in 2019, a change of [(914 - 997) / 997 in %].',
      'Net income (loss) rose steadily from -7 in 2017 to 5 in 2019, a change of [5 - -7].',
      'Same remained unchanged at 3 from 2017 to 2019.',
      'Sensors fell from 918 in 2018 to 914 in 2019, a change of [(914 - 918) / 918 in %].',
      'Net income (loss) rose from -3 in 2018 to 5 in 2019, a change of [5 - -3].',
      'Same remained unchanged at 3 from 2018 to 2019.',
    ]);
    expect(facts[0]!.answer).toBe(
      'Sensors fell steadily from 997 in 2017 to 914 in 2019, a change of -8.32%.',
    );
  });

  it('of percentages are told in points', () => {
    const base = table([['Gross margin', 41.5, 40]]);
    const facts = trend_commentary(context({ ...base, rows: [{ ...base.rows[0]!, kind: 'percent' }] }));
    expect(facts[0]!.response).toBe(
      'Gross margin rose from 40% in 2018 to 41.5% in 2019, a change of [41.5 - 40] percentage points.',
    );
  });
});

describe('warning signs', () => {
  const signs = (rows: Row[]) =>
    Object.fromEntries(warningSigns(viewTable(table(rows)), 0, 1).map(({ name, shown }) => [name, shown]));

  it('are told by the figures', () => {
    expect(
      signs([
        ['Revenue', 90, 100],
        ['Gross profit', 45, 51],
        ['Operating income (loss)', -5, 10],
        ['Net income', 3, 3],
        ['Total current assets', 50, 60],
        ['Total current liabilities', 60, 60],
        ['Total debt', 50, 40],
        ['Total assets', 100, 80],
        ['Net cash provided by operating activities', -1, 4],
      ]),
    ).toEqual({
      'operating loss': true,
      'net loss': false,
      'negative operating cash flow': true,
      'current ratio below 1': true,
      'falling revenue': true,
      'falling gross margin': true,
      'falling operating margin': true,
      'falling net income': false,
      'rising debt': true,
      'rising share of debt': false,
    });
  });

  it('are left open where rows or figures are missing', () => {
    expect(
      signs([
        ['Net loss', 5, 4],
        ['Total debt', null, 4],
      ]),
    ).toEqual({});
    expect(signs([['Net loss', -5, -4]])).toEqual({ 'net loss': true, 'falling net income': true });
  });
});

describe('facts of hand-made tables', () => {
  const parsed = parseTable([
    ['', '2019', '2018', '2017'],
    ['', '(in millions)', '', ''],
    ['Fixed Price', '$1,452.4', '$1,146.2', '$1,036.9'],
    ['Other', '44.1', '56.7', '—'],
    ['Total sales', '1,496.5', '1,202.9', '1,036.9'],
  ]);

  it('are summed up, flagged and written as JSON', () => {
    if (!('table' in parsed)) throw new Error(parsed.reason);
    const read = { id: 't', group: 'g', source: 's', licence: 'l', ...parsed.table };
    expect(answers(summary(context(read)))[0]).toBe(
      'Total sales rose steadily from 1036.9 in 2017 to 1496.5 in 2019, a change of [(1496.5 - 1036.9) / 1036.9 in %]; the largest part in 2019 was Fixed Price with [1452.4 / 1496.5 in %].',
    );
    const json = answers(json_output(context(read)));
    expect(json).toContain('{"item":"Other","2017":null,"2018":56.7,"2019":44.1}');
    expect(json).toContain('{"item":"Other","2019":44.1}');
    for (const text of json) expect(() => JSON.parse(text)).not.toThrow();
  });

  it('escape what JSON has to escape, and state percentages with their unit only', () => {
    const base = table([
      ['Said "so", \\ and\tso', 5, 4],
      ['Margin', 40, 38],
    ]);
    const mixed = { ...base, rows: [base.rows[0]!, { ...base.rows[1]!, kind: 'percent' as const }] };
    const json = answers(json_output(context(mixed)));
    expect(json.map((text) => JSON.parse(text).item)).toContain('Said "so", \\ and\tso');
    expect(json.filter((text) => text.includes('Margin'))).toEqual([
      '{"item":"Margin","unit":"percent","2018":38,"2019":40}',
    ]);
  });

  it('flag rows by the stated limit', () => {
    const rows: Row[] = [
      ['A', 130, 100],
      ['B', 95, 100],
      ['C', 60, 100],
      ['D', -5, 4],
      ['E', 5, null],
    ];
    const facts = risk_flags(context(table(rows)));
    expect(facts.length).toBeGreaterThan(0);
    for (const { words, response, cells } of facts) {
      expect(words.rows).not.toMatch(/[DE]/);
      const limit = Number(words.limit!.replace('%', ''));
      const moved = rows
        .filter(([name]) => words.rows!.includes(name))
        .filter(([, now, then]) => {
          const change = (now! / then! - 1) * 100;
          return words.moved === 'rose' ? change > limit : -change > limit;
        });
      expect(response).toBe(moved.map(([name]) => name).join('; ') || 'none');
      expect(cells).toHaveLength(6);
    }
  });
});
