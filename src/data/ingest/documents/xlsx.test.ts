import ExcelJS from 'exceljs';
import { describe, expect, it } from 'vitest';
import { zipBytes } from '../../../model/zip.fixture.js';
import { archiveOf, fileWith, workbookParts } from './files.fixture.js';
import { readXlsx, readXlsxRows } from './xlsx.js';

async function workbookWith(fill: (workbook: ExcelJS.Workbook) => void): Promise<string> {
  const workbook = new ExcelJS.Workbook();
  fill(workbook);
  return fileWith(Buffer.from(await workbook.xlsx.writeBuffer()), '.xlsx');
}

const sheetWith = (rows: unknown[][]) =>
  workbookWith((workbook) => {
    workbook.addWorksheet('Data').addRows(rows);
  });

describe('readXlsx', () => {
  it('gives cells as they are displayed', async () => {
    const file = await workbookWith((workbook) => {
      const sheet = workbook.addWorksheet('Figures & more');
      sheet.addRow(['Item', 'Value']);
      const add = (name: string, value: ExcelJS.CellValue, format?: string): void => {
        const cell = sheet.addRow([name, value]).getCell(2);
        if (format) cell.numFmt = format;
      };
      add('Sales', 1234.5, '#,##0.00');
      add('Margin', 0.1234, '0.0%');
      add('Day', new Date(Date.UTC(2023, 5, 30)), 'dd/mm/yyyy');
      add('Sum', { formula: 'B2*2', result: 2469 });
      add('Text', { formula: 'A1', result: 'Item' });
      add('Rich', { richText: [{ text: 'bold ' }, { text: 'plain', font: { bold: true } }] });
      add('Link', { text: 'site', hyperlink: 'https://example.org' });
      add('Yes', true);
      add('Wrong', { error: '#DIV/0!' });
      add('Also wrong', { formula: '1/0', result: { error: '#DIV/0!' } as never });
      sheet.addRow([]);
    });
    expect(await readXlsx(file)).toEqual({
      blocks: [
        { type: 'heading', level: 1, text: 'Figures & more' },
        {
          type: 'table',
          rows: [
            ['Item', 'Value'],
            ['Sales', '1234.50'],
            ['Margin', '12.3%'],
            ['Day', '2023-06-30'],
            ['Sum', '2469'],
            ['Text', 'Item'],
            ['Rich', 'bold plain'],
            ['Link', 'site'],
            ['Yes', 'TRUE'],
            ['Wrong', ''],
            ['Also wrong', ''],
          ],
        },
      ],
      warnings: ['sheet Figures & more: 2 cells hold errors (B10 (#DIV/0!), B11 (#DIV/0!)), left empty'],
    });
  });

  it('leaves hidden sheets out and says so', async () => {
    const file = await workbookWith((workbook) => {
      workbook.addWorksheet('Shown').addRow(['a', 'b']);
      workbook.addWorksheet('Secret', { state: 'veryHidden' }).addRow(['x']);
    });
    const { blocks, warnings } = await readXlsx(file);
    expect(blocks.length).toBe(2);
    expect(warnings).toEqual(['sheet Secret is hidden and was left out']);
  });

  it('repeats merged cells, but not a title over the whole table', async () => {
    const file = await workbookWith((workbook) => {
      const sheet = workbook.addWorksheet('M');
      sheet.addRows([['Title'], ['Region', 'Year'], ['', '2023', '2022'], ['North', 1, 2], ['', 3, 4]]);
      for (const range of ['A1:C1', 'A2:A3', 'B2:C2', 'A4:A5']) sheet.mergeCells(range);
    });
    expect((await readXlsx(file)).blocks[1]).toEqual({
      type: 'table',
      rows: [
        ['Title', '', ''],
        ['Region', 'Year', 'Year'],
        ['Region', '2023', '2022'],
        ['North', '1', '2'],
        ['North', '3', '4'],
      ],
    });
  });

  it('parts tables at empty rows and columns, and keeps a table with room in it whole', async () => {
    const tables = async (rows: unknown[][]) =>
      (await readXlsx(await sheetWith(rows))).blocks
        .slice(1)
        .map((block) =>
          block.type === 'table' ? block.rows : block.type === 'paragraph' ? block.text : undefined,
        );
    expect(
      await tables([
        ['Sales by region'],
        [],
        ['Region', 'Sales'],
        ['North', 5],
        [],
        ['Item', 'Costs'],
        ['Rent', 3],
      ]),
    ).toEqual([
      'Sales by region',
      [
        ['Region', 'Sales'],
        ['North', '5'],
      ],
      [
        ['Item', 'Costs'],
        ['Rent', '3'],
      ],
    ]);
    expect(
      await tables([
        ['Name', 'Age', null, 'City', 'People'],
        ['Ann', 5, null, 'Rome', 9],
        ['Bob', 6],
      ]),
    ).toEqual([
      [
        ['Name', 'Age'],
        ['Ann', '5'],
        ['Bob', '6'],
      ],
      [
        ['City', 'People'],
        ['Rome', '9'],
      ],
    ]);
    expect(
      await tables([
        ['', 2023, null, 2022],
        ['Sales', 5, null, 4],
        ['Costs', 3, null, 2],
        [],
        ['Profit', 2, null, 2],
      ]),
    ).toEqual([
      [
        ['', '2023', '2022'],
        ['Sales', '5', '4'],
        ['Costs', '3', '2'],
        ['Profit', '2', '2'],
      ],
    ]);
    expect(await tables([['a', 1], ['b', 2], [], [], ['c', 3], ['d', 4]])).toEqual([
      [
        ['a', '1'],
        ['b', '2'],
      ],
      [
        ['c', '3'],
        ['d', '4'],
      ],
    ]);
  });

  it('reads files of other programs: prefixes, texts in cells, merges over whole columns, far cells', async () => {
    const file = fileWith(
      archiveOf(
        workbookParts(
          `<x:worksheet xmlns:x="main"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>Name</x:t></x:is></x:c><x:c r="B1" t="str"><x:f>A1</x:f><x:v>Value</x:v></x:c></x:row><x:row><x:c t="inlineStr"><x:is><x:t>a_x000D_b</x:t></x:is></x:c><x:c><x:v>7</x:v></x:c></x:row><x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c><x:c r="A1048576"><x:f>B2</x:f></x:c></x:row></x:sheetData><x:mergeCells><x:mergeCell ref="A3:XFD1048576"/></x:mergeCells></x:worksheet>`,
          { 'xl/comments/comment1.xml': '<comments/>' },
        ),
      ),
      '.xlsx',
    );
    const { blocks, warnings } = await readXlsx(file);
    expect(blocks).toEqual([
      { type: 'heading', level: 1, text: 'Data' },
      {
        type: 'table',
        rows: [
          ['Name', 'Value'],
          ['a b', '7'],
        ],
      },
      { type: 'paragraph', text: '1' },
    ]);
    expect(warnings[0]).toMatch(/1 formula has no stored result \(A1048576\)/);
  });

  it.each([
    ['CSV', 'a,b\n1,2\n', 'is no .xlsx file but plain text'],
    ['an old file', Buffer.from('d0cf11e0a1b11ae100', 'hex'), 'old Office file'],
    [
      'a binary workbook',
      zipBytes([{ name: 'xl/workbook.bin', content: Buffer.from('x') }]),
      'is a binary workbook',
    ],
    ['no cells', archiveOf(workbookParts('<worksheet/>')), 'holds no visible cells'],
  ])('says so of %s', async (_name, content, message) => {
    await expect(readXlsx(fileWith(content, '.xlsx'))).rejects.toThrow(message);
  });

  it('stops at files that unpack without end', async () => {
    const parts = workbookParts('');
    const members = Object.entries(parts).map(([name, content]) => ({
      name,
      content: Buffer.from(content),
      deflated: true,
    }));
    members[2] = { ...members[2]!, content: Buffer.alloc(300 * 2 ** 20, ' ') };
    await expect(readXlsx(fileWith(zipBytes(members), '.xlsx'))).rejects.toThrow(
      'unpacks to more than 256 MiB',
    );
  });
});

describe('readXlsxRows', () => {
  it('gives rows with their numbers', async () => {
    const file = await sheetWith([['id', 'text'], [], [1, 'a', null], [null, 'b']]);
    expect(await readXlsxRows(file)).toEqual([
      {
        sheet: 'Data',
        rows: [
          { row: 1, cells: ['id', 'text'] },
          { row: 3, cells: ['1', 'a'] },
          { row: 4, cells: ['', 'b'] },
        ],
      },
    ]);
  });
});
