import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Block, documentText, type ParsedDocument } from '../../document.js';
import { readCell } from '../../tables/cell.js';
import { parseTable } from '../../tables/parse-table.js';
import { filingsKey, type KeyTable } from './filings-key.fixture.js';
import { readPdf } from './read-pdf.js';

const folder = '../shared/data/filings';
const files = [...new Set(filingsKey.map(({ file }) => file))];

type Table = Extract<Block, { type: 'table' }>;

/** Rows above the first one that has both a label and a figure, or a figure in every column. */
function headerEnd({ rows }: Table): number {
  const start = rows.findIndex((row) =>
    row
      .slice(1)
      .some((text) => ['number', 'dash'].includes(readCell(text).type) && !/^(?:19|20)\d\d/.test(text)),
  );
  return start < 0 ? 1 : start;
}

/** All header texts over a column; a cell alone in its row is over all columns. */
function headerOver(table: Table, column: number): string {
  return table.rows
    .slice(0, headerEnd(table))
    .map((row) => {
      const named = row.slice(1).filter((text) => text !== '');
      return named.length === 1 && row.length > 2 && row[1] !== '' ? named[0]! : row[column]!;
    })
    .join(' ');
}

/** What the tables of the key's page hold for one of its cells. */
function found(blocks: readonly Block[], key: KeyTable, row: KeyTable['rows'][number], at: number): string[] {
  return blocks.flatMap((block) => {
    if (block.type !== 'table' || block.page !== key.page) return [];
    let under = block.rows[Math.max(0, headerEnd(block) - 1)]![0]!;
    const matching = block.rows.slice(headerEnd(block)).filter((texts) => {
      if (texts.slice(1).every((text) => text === '')) under = texts[0]!;
      return (
        texts[0] === row.label &&
        (row.under === undefined || under === row.under) &&
        texts.slice(1).join('') !== ''
      );
    });
    const columns = block.rows[0]!.map((_text, column) => column).filter(
      (column) => column > 0 && key.columns[at]!.every((words) => headerOver(block, column).includes(words)),
    );
    const column = columns[(key.places?.[at] ?? 1) - 1];
    return column === undefined ? [] : matching.map((texts) => texts[column]!.replace(/\s/g, ''));
  });
}

describe.skipIf(!existsSync(folder))('five filings (skipped where ../shared/data/filings is absent)', () => {
  const documents = new Map<string, ParsedDocument>();
  beforeAll(async () => {
    for (const file of files) documents.set(file, await readPdf(`${folder}/${file}`));
  }, 240_000);
  it.each(filingsKey.map((key): [string, KeyTable] => [`${key.file} page ${key.page}`, key]))(
    'finds the cells of the key: %s',
    (_name, key) => {
      const { blocks } = documents.get(key.file)!;
      const cells = key.rows.flatMap((row) =>
        row.cells.map((cell, at) => ({ row: row.label, column: key.columns[at], cell, at, of: row })),
      );
      expect(
        cells.map(({ row, column, at, of }) => ({ row, column, found: found(blocks, key, of, at) })),
      ).toEqual(cells.map(({ row, column, cell }) => ({ row, column, found: [cell] })));
    },
  );

  const amd = 'AMD_2017_10K.pdf';
  const ulta = 'ULTABEAUTY_2023Q4_EARNINGS.pdf';
  const mcdonalds = 'MCDONALDS_2023Q1_EARNINGS.pdf';
  const pepsico = 'PEPSICO_2023_8K_dated-2023-05-05.pdf';
  const text = (file: string): string => documentText(documents.get(file)!.blocks);

  it.each([
    // Over the end of a page.
    [
      amd,
      'also due to $36 million less licensing gain recorded in 2017 related to the licensed IP to the THATIC JV',
    ],
    [
      amd,
      'Principal amount of total debt as of December 30, 2017 was $1.70 billion, compared to $1.77 billion as of December 31, 2016.',
    ],
    [
      amd,
      'the sale of our 85% equity interest in ATMP JV of $146 million which was recognized in Other income (expense), net on our consolidated statements of operations.',
    ],
    // A hyphen that belongs to the word, at the end of a line.
    [amd, 'recognized over the weighted-average period of 1.43 years.'],
    [
      mcdonalds,
      'with over 40,000 locations in over 100 countries. Approximately 95% of McDonald’s restaurants worldwide',
    ],
    [
      mcdonalds,
      'Digital Systemwide sales* in our top six markets were nearly $7.5 billion for the quarter, representing almost 40% of their Systemwide sales',
    ],
    [
      ulta,
      'could compromise our information or result in the unauthorized disclosure of confidential information;',
    ],
    [
      pepsico,
      'has decided that PepsiCo will hold an advisory vote on the compensation of PepsiCo’s named executive officers every year.',
    ],
  ])('reads in order: %s: %s', (file, sentence) => {
    expect(text(file)).toContain(sentence);
  });

  it.each([
    [amd, 1, 'PART I'],
    [amd, 2, 'ITEM 1A. RISK FACTORS'],
    [amd, 2, 'ITEM 8. FINANCIAL STATEMENTS AND SUPPLEMENTARY DATA'],
    [
      amd,
      2,
      'ITEM 5. MARKET FOR REGISTRANT’S COMMON EQUITY, RELATED STOCKHOLDER MATTERS AND ISSUER PURCHASES OF EQUITY SECURITIES',
    ],
    [amd, undefined, 'NOTE 13: Segment Reporting'],
    [amd, undefined, 'Consolidated Statements of Cash Flows'],
    [mcdonalds, undefined, 'FORWARD-LOOKING STATEMENTS'],
    [ulta, undefined, 'Sales by Category'],
    [pepsico, 2, 'Item 5.07. Submission of Matters to a Vote of Security Holders.'],
    ['COSTCO_2023_8K_dated-2023-08-16.pdf', 2, 'Item 9.01. Financial Statements and Exhibits'],
  ])('has the heading: %s: %s %s', (file, level, heading) => {
    const found = documents
      .get(file)!
      .blocks.filter((block) => block.type === 'heading' && block.text === heading);
    expect(found).toHaveLength(1);
    if (level !== undefined) expect(found[0]).toMatchObject({ level });
  });

  it('leaves out page numbers and running footers, and says so', () => {
    const { blocks, warnings, pages } = documents.get(amd)!;
    expect(pages).toBe(231);
    expect(text(amd)).not.toContain('2018 Global RSU Agreement (SVP and Above) – Approved February 2018');
    expect(
      blocks.filter(
        (block) => block.type === 'paragraph' && block.page! < 120 && /^\d{1,3}$/.test(block.text),
      ),
    ).toEqual([]);
    expect(warnings.filter((warning) => /^page number left out on \d{3} pages$/.test(warning))).toHaveLength(
      1,
    );
    expect(warnings).toContain(
      'running footer left out on 29 pages: "2018 Global RSU Agreement (SVP and Above) – Approved February 2018"',
    );
    expect(documents.get(mcdonalds)!.warnings).toEqual(['page number left out on 4 pages']);
  });

  it.each([
    [ulta, 'Ulta Beauty Announces Fourth Quarter Fiscal 2022 Results'],
    ['COSTCO_2023_8K_dated-2023-08-16.pdf', 'COSTCO WHOLESALE CORPORATION'],
  ])('has the title of %s', (file, title) => {
    expect(documents.get(file)!.title).toBe(title);
  });

  it('gives tables that the reader of statements accepts', () => {
    const statements: [string, number, string[]][] = [
      [amd, 44, ['2017', '2016', '2015']],
      [amd, 60, ['December 30, 2017', 'December 31, 2016', 'December 26, 2015']],
      [amd, 62, ['December 30, 2017', 'December 31, 2016']],
      [amd, 64, ['December 30, 2017', 'December 31, 2016', 'December 26, 2015']],
      [mcdonalds, 4, ['2023', '2022', 'Inc/ (Dec)', 'Inc/ (Dec) (%)']],
      [ulta, 7, ['January 28, 2023 (Unaudited)', 'January 29, 2022']],
      [ulta, 8, ['January 28, 2023 (Unaudited)', 'January 29, 2022']],
    ];
    for (const [file, page, columns] of statements) {
      const table = documents
        .get(file)!
        .blocks.find((block) => block.type === 'table' && block.page === page);
      const result = parseTable((table as Table).rows);
      expect(result, `${file} page ${page}`).toHaveProperty('table');
      expect(
        (result as { table: { columns: { label: string }[] } }).table.columns.map(({ label }) => label),
      ).toEqual(columns);
    }
  });
});
