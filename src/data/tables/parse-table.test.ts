import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cleanLabel, readCell } from './cell.js';
import { reportGroups } from './groups.js';
import { type ParsedTable, parseTable } from './parse-table.js';
import { type StatementTable, tableText } from './statement.js';
import { sumParts } from './sums.js';

const parsed = (grid: string[][]): ParsedTable => {
  const result = parseTable(grid);
  if ('reason' in result) throw new Error(result.reason);
  return result.table;
};
const text = (grid: string[][]): string =>
  tableText({ id: 'a', group: 'g', source: 's', licence: 'l', ...parsed(grid) });

describe('readCell', () => {
  it.each([
    ['1,496.5', 1496.5],
    ['$  1,452.4', 1452.4],
    ['(1,193)', -1193],
    ['$(8,859)', -8859],
    ['−136', -136],
    ['(1)', -1],
    ['$130,000 (1)', 130000],
    ['6,320,000 (2)', 6320000],
    ['.5', 0.5],
    ['(0)', 0],
  ])('%s', (raw, value) => {
    expect(readCell(raw)).toMatchObject({ type: 'number', value, percent: false });
  });

  it.each([
    ['40.0%', 40],
    ['(14.3)%', -14.3],
    ['(13%)', -13],
    ['+9.5%', 9.5],
    ['100.0 %', 100],
  ])('%s', (raw, value) => {
    expect(readCell(raw)).toMatchObject({ type: 'number', value, percent: true });
  });

  it.each(['—', '-', '$—', '$-', '–', '―', 'nil'])('takes %s for nothing', (raw) => {
    expect(readCell(raw)).toEqual({ type: 'dash' });
  });

  it.each(['None', '20 - Indefinite', '1-3', 'June 2019', '1,23', '(5'])('leaves %s as text', (raw) => {
    expect(readCell(raw)).toMatchObject({ type: 'text' });
  });
});

describe('cleanLabel', () => {
  it.each([
    ['Other(2)(4)', 'Other'],
    ['Audit Fees (1)', 'Audit Fees'],
    ['Order intake1', 'Order intake'],
    ['Net deferred tax assets, noncurrent (Note 20)', 'Net deferred tax assets, noncurrent'],
    ['Total amount charged (see note 23)', 'Total amount charged'],
    ['Other current assets:  ', 'Other current assets'],
    ['Level 3', 'Level 3'],
  ])('%s', (raw, label) => {
    expect(cleanLabel(raw)).toBe(label);
  });
});

describe('parseTable', () => {
  it('reads headers of several levels, units, sections and a total without a label', () => {
    expect(
      text([
        ['', 'Years Ended December 31,', ''],
        ['', '2019', '2018'],
        ['', '(Dollars in millions)', ''],
        ['Other assets:', '', ''],
        ['Transition costs(1)', '$207', '$22'],
        ['Other', '200', '—'],
        ['', '$407', '$22'],
        ['Dividend policy', 'None', 'None'],
        ['Growth', '(4.5)%', '2%'],
      ]),
    ).toBe(
      [
        'Table: Years Ended December 31 (millions of dollars)',
        'Other assets:',
        'Transition costs | 2019 207 | 2018 22',
        'Other | 2019 200 | 2018 -',
        'Total | 2019 407 | 2018 22',
        'Growth | 2019 -4.5% | 2018 2%',
      ].join('\n'),
    );
  });

  it('joins currency and per cent signs that stand in cells of their own, and leaves out columns of notes', () => {
    const table = parsed([
      ['', 'Note', '', '2019', '', '', '2018', ''],
      ['Sales', '3', '$', '(1,200', ')', '$', '900', ''],
      ['Margin', '', '', '5', '%', '', '6', '%'],
    ]);
    expect(table.columns.map(({ label }) => label)).toEqual(['2019', '2018']);
    expect(table.rows.map(({ values, kind }) => [kind, ...values])).toEqual([
      ['amount', -1200, 900],
      ['percent', 5, 6],
    ]);
  });

  it('joins the levels of a header where the lowest is not unique', () => {
    const { columns } = parsed([
      ['', 'Fiscal Year 2018', '', 'Fiscal Year 2017', ''],
      ['', 'Net Sales', '% of Total', 'Net Sales', '% of Total'],
      ['APAC', '$479,987', '40.0%', '$288,764', '38.1%'],
      ['EMEA', '277,898', '23.1%', '237,437', '31.4%'],
    ]);
    expect(columns).toEqual([
      { label: 'Fiscal Year 2018 Net Sales', year: 2018 },
      { label: 'Fiscal Year 2018 % of Total', year: 2018, kind: 'percent' },
      { label: 'Fiscal Year 2017 Net Sales', year: 2017 },
      { label: 'Fiscal Year 2017 % of Total', year: 2017, kind: 'percent' },
    ]);
  });

  it('takes no first row of dashes for a header', () => {
    const { columns, heading } = parsed([
      ['', '2019', '2018'],
      ['Current tax assets', '$—', '$—'],
      ['Deferred tax assets', '11', '12'],
      ['Deferred tax liabilities', '(4)', '(5)'],
    ]);
    expect(columns.map(({ label }) => label)).toEqual(['2019', '2018']);
    expect(heading).toBeUndefined();
  });

  it('reads a column whose first and last figures carry the per cent sign, amounts standing beside them', () => {
    const { columns } = parsed([
      ['', '2019', '2018', 'Inc/ (Dec)', 'Inc/ (Dec)'],
      ['Revenue', '$120', '$100', '$20', '20%'],
      ['Costs', '80', '75', '5', '7'],
      ['Profit', '$40', '$25', '$15', '60%'],
    ]);
    expect(columns.slice(2)).toEqual([{ label: 'Inc/ (Dec)' }, { label: 'Inc/ (Dec) (%)', kind: 'percent' }]);
  });

  it('takes no row of percentages at both ends of a table for a column of them', () => {
    expect(
      parseTable([
        ['', '2019', '2018'],
        ['Growth', '5%', '4%'],
        ['Sales', '120', '100'],
        ['Margin', '33%', '25%'],
      ]),
    ).toEqual({ reason: 'only the first figures carry a per cent sign' });
  });

  it('joins headings that are repeated over each column, where the first column has none', () => {
    const { columns } = parsed([
      ['', '', 'Europe', 'Europe', 'Asia', 'Asia'],
      ['', 'Total', '2019', '2018', '2019', '2018'],
      ['Sales', '10', '1', '2', '3', '4'],
      ['Costs', '8', '1', '2', '3', '2'],
    ]);
    expect(columns.map(({ label }) => label)).toEqual([
      'Total',
      'Europe 2019',
      'Europe 2018',
      'Asia 2019',
      'Asia 2018',
    ]);
  });

  it('does not guess a scale that may hold for some columns only', () => {
    const { scale } = parsed([
      ['', 'Number of Shares', 'Fair Value'],
      ['', '(in thousands)', ''],
      ['Granted', '132', '$19.74'],
      ['Vested', '(43)', '20.44'],
    ]);
    expect(scale).toBeUndefined();
  });

  it.each([
    [
      'two rows have the same label',
      [
        ['', '2019', '2018'],
        ['Granted', '1', '2'],
        ['Granted', '3', '4'],
      ],
    ],
    [
      'two columns have the same name',
      [
        ['', 'Year', 'Year'],
        ['A', '1', '2'],
        ['B', '3', '4'],
      ],
    ],
    [
      'a second header inside the table',
      [
        ['', '2019', '2018'],
        ['A', '1', '2'],
        ['', '2017', '2016'],
        ['B', '3', '4'],
      ],
    ],
    [
      'only the first figures carry a per cent sign',
      [
        ['', '2019', '2018'],
        ['Sales', '100.0%', '100.0%'],
        ['Gross profit', '40.0', '50.9'],
      ],
    ],
    [
      'it is not certain which columns a heading spans',
      [
        ['', '', 'Assets', 'Debts', ''],
        ['', '2019', '2018', '2019', '2018'],
        ['A', '1', '2', '3', '4'],
        ['B', '1', '2', '3', '4'],
      ],
    ],
    [
      'no figures',
      [
        ['Name', 'Title'],
        ['A', 'B'],
      ],
    ],
  ])('refuses: %s', (reason, grid) => {
    expect(parseTable(grid)).toEqual({ reason });
  });
});

describe('sumParts', () => {
  const table = (rows: [string, ...(number | null)[]][]) => ({
    columns: [{ label: '2019' }, { label: '2018' }],
    rows: rows.map(([label, ...values]) => ({ label, kind: 'amount' as const, values })),
  });

  it('finds the rows that add up in every column, a dash being nothing', () => {
    expect(
      sumParts(
        table([
          ['A', 1, 2],
          ['B', 3, null],
          ['C', 4, 5],
          ['Sum', 8, 7],
        ]),
        3,
      ),
    ).toEqual([0, 1, 2]);
  });

  it('does not believe a sum that holds in one column only', () => {
    expect(
      sumParts(
        table([
          ['A', 1, 2],
          ['B', 3, 4],
          ['Sum', 4, 7],
        ]),
        2,
      ),
    ).toBeUndefined();
  });
});

describe('reportGroups', () => {
  const table = (...figures: number[]): Pick<StatementTable, 'columns' | 'rows'> => ({
    columns: [{ label: '2019', year: 2019 }],
    rows: figures.map((value) => ({ label: `row ${value}`, kind: 'amount', values: [value] })),
  });

  it('joins tables that share figures, through third tables too, and no others', () => {
    expect(
      reportGroups([
        table(12345, 23456),
        table(99999, 5),
        table(12345, -23456, 34567, 45678),
        table(34567, 45678),
        table(12345, 5),
      ]),
    ).toEqual([0, 1, 0, 0, 2]);
  });
});

const original = '../shared/data/finance/tatqa_dataset_dev.json';

describe.skipIf(!existsSync(original))(
  'statements.json of the finance example (needs ../shared/data)',
  () => {
    const contexts: { table: { uid: string; table: string[][] } }[] = existsSync(original)
      ? JSON.parse(readFileSync(original, 'utf8'))
      : [];
    const { tables } = JSON.parse(readFileSync('examples/finance/data/statements.json', 'utf8')) as {
      tables: StatementTable[];
    };

    it('is what the reader makes of the original tables', () => {
      const made = contexts.flatMap(({ table: { uid, table } }) => {
        const result = parseTable(table);
        return 'reason' in result ? [] : [{ id: uid, ...result.table }];
      });
      const groups = reportGroups(made);
      expect(tables).toEqual(
        made.map((table, index) => ({ ...table, group: `report-${groups[index]! + 1}` })),
      );
      expect(tables.length).toBeGreaterThan(230);
    });

    it('holds only figures that stand in the original, under the same label', () => {
      const digits = (text: string): string => text.replace(/[^\d.]/g, '');
      const isHeld = (cell: string, value: number): boolean =>
        [cell, cell.replace(/\s*\(\d\)$/, '')].some(
          (text) => digits(text) !== '' && Number(digits(text)) === Math.abs(value),
        );
      for (const table of tables) {
        const grid = contexts.find(({ table: { uid } }) => uid === table.id)!.table.table;
        for (const row of table.rows) {
          for (const value of row.values) {
            if (value === null) continue;
            const held = grid.some((cells) => {
              const same = row.label === 'Total' || cleanLabel(cells[0]!) === row.label;
              return same && cells.slice(1).some((cell) => isHeld(cell, value));
            });
            expect(held, `${table.id} ${row.label} ${value}`).toBe(true);
          }
        }
      }
    });
  },
);
