import { describe, expect, it } from 'vitest';
import type { DocumentForm } from '../../../recipe/data/tables.js';
import { readContextTable } from '../../augment/context-table.js';
import { readTables } from '../../tables/read-tables.js';
import { figureText, type StatementTable, tableText } from '../../tables/statement.js';
import { inColumn, rowName, viewTable } from '../table-view.js';
import { DocumentReader } from './document-reader.fixture.js';
import type { FormDocument } from './form.js';
import { writeDocuments } from './write-document.js';

const { tables } = await readTables('examples/finance/data/statements.json');
const limit = 700;

interface Written {
  table: StatementTable;
  document: FormDocument;
  reader: DocumentReader;
}

function write(form: DocumentForm): Written[] {
  return tables.flatMap((table) =>
    writeDocuments(viewTable(table), form, 42, limit).map((document) => ({
      table,
      document,
      reader: new DocumentReader(document.text, table),
    })),
  );
}

const written = { report: write('report'), analysis: write('analysis') };

describe.each(['report', 'analysis'] as const)('documents of the form %s', (form) => {
  const documents = written[form];

  it('are several for most tables, short, and begin with a line that names the form', () => {
    const owners = new Set(documents.map(({ table }) => table.id));
    expect(owners.size).toBeGreaterThan(form === 'report' ? 235 : 220);
    expect(documents.length).toBeGreaterThan(2 * owners.size);
    for (const { document } of documents) {
      expect(document.text.length).toBeLessThanOrEqual(limit);
      expect(document.text).toMatch(form === 'report' ? /^Report: \S/ : /^Analysis: \S/);
      expect(document.text).not.toMatch(/ {2}|\n\n| \||undefined|null|NaN|\.\.|, ,| \.|\bA[mn]? a\b/);
    }
  });

  it('are read by another route without a fault: figures, verbs, computed numbers', () => {
    expect(documents.flatMap(({ reader }) => reader.faults)).toEqual([]);
  });

  it('tell exactly the figures that a reader finds in them, as they stand in the table', () => {
    for (const { table, document, reader } of documents) {
      const view = viewTable(table);
      const told = table.rows.flatMap((_row, row) =>
        table.columns.flatMap((_column, column) =>
          document.tells(row, column)
            ? [
                `${rowName(table, row).toLowerCase()} ${inColumn(view, column)} ${figureText(table, row, column)}`,
              ]
            : [],
        ),
      );
      const read = reader.figures.map(({ row, where, figure }) => `${row} ${where} ${figure}`);
      expect([...new Set(read)].sort(), document.text).toEqual(told.sort());
    }
  });

  it('are the same every time, other with another seed, and no table to any reader of tables', () => {
    const view = viewTable(tables[1]!);
    expect(writeDocuments(view, form, 1, limit).map(({ text }) => text)).toEqual(
      writeDocuments(view, form, 1, limit).map(({ text }) => text),
    );
    expect(writeDocuments(view, form, 1, limit)[0]!.text).not.toBe(
      writeDocuments(view, form, 2, limit)[0]!.text,
    );
    for (const { document } of documents) expect(readContextTable(document.text)).toBeUndefined();
  });

  it('state the unit once, where the table does and amounts are told', () => {
    for (const { table, document } of documents) {
      const found = document.text.match(/\b(?:mounts are (?:stated |given )?in)\b|\bmounts are/g) ?? [];
      expect(found.length).toBeLessThanOrEqual(1);
      if (table.scale && table.currency && document.text.includes('mounts are'))
        expect(document.text).toContain(`${table.scale} of ${table.currency}`);
    }
  });

  it('do not name the type of statement in their first line', () => {
    for (const { document } of documents)
      expect(document.text.split('\n')[0]).not.toMatch(
        /income statement|balance sheet|cash flow|tax|inventor|pension|lease/i,
      );
  });
});

describe('the reader of these tests', () => {
  it('finds verbs that are turned around, in reports and analyses', () => {
    const turned: Record<string, string> = {
      rose: 'fell',
      grew: 'declined',
      increased: 'decreased',
      fell: 'rose',
      declined: 'grew',
      decreased: 'increased',
    };
    for (const { table, document } of [...written.report, ...written.analysis]) {
      const verb = / (rose|grew|increased|fell|declined|decreased) (?=(?:by|from|to|throughout)\b)/.exec(
        document.text,
      );
      if (!verb) continue;
      const wrong = document.text.replace(verb[0], ` ${turned[verb[1]!]} `);
      expect(new DocumentReader(wrong, table).faults, wrong).not.toEqual([]);
    }
  });

  it('finds a computed percentage that is off by a tenth', () => {
    for (const { table, document } of written.analysis) {
      const percent = /(?:by|up|for|represented|of) (\d+(?:\.\d+)?)%(?= from| to| of|\.| over)/.exec(
        document.text,
      );
      if (!percent) continue;
      const wrong = document.text.replace(
        percent[0],
        percent[0].replace(percent[1]!, String(Number(percent[1]) + 0.1)),
      );
      expect(new DocumentReader(wrong, table).faults, wrong).not.toEqual([]);
    }
  });
});

describe('reports', () => {
  it('hold no number that the table does not hold', () => {
    for (const { table, document } of written.report) {
      const known = new Set([
        ...tableText(table).match(/\d+(?:\.\d+)?/g)!,
        ...table.columns.map(({ year }) => String(year)),
      ]);
      for (const number of document.text.match(/\d+(?:\.\d+)?/g) ?? [])
        expect(known.has(number), `${number} in ${document.text}`).toBe(true);
    }
  });
});

describe('sentences about rows', () => {
  const texts = written.report.map(({ document }) => document.text).join('\n');

  it('agree with their subject in number', () => {
    const plural =
      /(?:^|[.,] )(?:Total |In-game |Consolidated )?(?:[Nn]et |[Cc]urrent )?(?:[Ss]ales|[Rr]evenues|[Ff]ees|[Ll]iabilities|[Aa]ssets|[Ii]nventories) was\b/gm;
    const singular =
      /\b(?:[Ii]ncome|[Pp]rofit|[Ee]quity|[Gg]oodwill|[Ll]oss|[Ee]xpense|EBITDA|[Dd]ebt) were\b/g;
    expect(texts.match(plural) ?? []).toEqual([]);
    expect(texts.match(singular) ?? []).toEqual([]);
    expect(texts).toMatch(/\bInventories were\b/);
    expect(texts).toMatch(/\bNet income was\b/);
  });

  it('bear any label and any section', () => {
    const table: StatementTable = {
      id: 'odd',
      group: 'g',
      source: 's',
      licence: 'CC0-1.0',
      columns: [
        { label: '2019', year: 2019 },
        { label: '2018', year: 2018 },
      ],
      rows: [' '.repeat(100_000), 'e'.repeat(100_000), '$&', 'a.*(b', '__proto__', 'Sales', 'é', '"'].map(
        (label) => ({ label, section: label, kind: 'amount', values: [2, 1] }),
      ),
    };
    for (const form of ['report', 'analysis'] as const) {
      const documents = writeDocuments(viewTable(table), form, 1, limit);
      expect(documents.some(({ text }) => /sales/i.test(text))).toBe(true);
      expect(documents.every(({ text }) => text.length <= limit)).toBe(true);
    }
  });
});

describe('analyses', () => {
  it('name the two largest items of a total rightly', () => {
    let checked = 0;
    for (const { table, document } of written.analysis) {
      const view = viewTable(table);
      for (const line of document.text.split('\n')) {
        if (!line.startsWith('The two largest items')) continue;
        checked++;
        const right = view.parts.some(({ parts, total }) =>
          table.columns.some((_column, column) => {
            const ordered = parts.toSorted(
              (a, b) => (table.rows[b]!.values[column] ?? 0) - (table.rows[a]!.values[column] ?? 0),
            );
            const [first, second] = ordered.map(
              (row) => `${rowName(table, row)} (${figureText(table, row, column)})`,
            );
            return (
              total !== undefined &&
              line.includes(`${first} and ${second}`) &&
              line.includes(` of ${figureText(table, total, column)} ${inColumn(view, column)}.`)
            );
          }),
        );
        expect(right, line).toBe(true);
      }
    }
    expect(checked).toBeGreaterThan(100);
  });

  it('state numbers of every sort', () => {
    const keys = new Set(
      written.analysis.flatMap(({ reader }) => reader.numbers.map(({ key }) => key.split('|')[0])),
    );
    for (const sort of ['growth', 'amount', 'change', 'share', 'largest', 'difference', 'working capital'])
      expect(keys).toContain(sort);
    for (const ratio of [
      'the gross margin',
      'the operating margin',
      'the current ratio',
      'the debt-to-equity ratio',
    ])
      expect([...keys].join('\n')).toContain(ratio);
  });
});
