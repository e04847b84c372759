import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../random.js';
import { parseTable } from '../../tables/parse-table.js';
import { column, type PlacedText, rightAligned, textWidth } from './pdf-file.fixture.js';
import { leftColumn, ofType, prose, read, rightColumn, tables } from './reading.fixture.js';

/** A row of a statement: label at the left, figures ending at 400 and 500, `$` at the left of their columns. */
function statementRow(
  y: number,
  label: string,
  cells: [string, string],
  signs = false,
  x = 60,
): PlacedText[] {
  return [
    ...(label ? [{ text: label, x, y }] : []),
    ...(signs ? [340, 440].map((at) => ({ text: '$', x: at, y })) : []),
    ...cells.map((cell, index) =>
      rightAligned(cell, [400, 500][index]! + (cell.endsWith(')') ? 3.33 : 0), y),
    ),
  ];
}

describe('tables', () => {
  const income = (top: number): PlacedText[] => [
    { text: 'Years Ended December 31,', x: 360, y: top, size: 8, font: 'bold' },
    { text: '2023', x: 372, y: top + 14, size: 8, font: 'bold' },
    { text: '2022', x: 472, y: top + 14, size: 8, font: 'bold' },
    { text: '(In millions)', x: 395, y: top + 26, size: 8 },
    ...statementRow(top + 40, 'Revenue', ['1,234', '987'], true),
    { text: 'Operating expenses:', x: 60, y: top + 54 },
    ...statementRow(top + 68, 'Research', ['(345)', '(1,200)'], false, 75),
    ...statementRow(top + 82, 'Restructuring', ['—', '12'], false, 75),
    { text: 'Amortization of intangible assets acquired in', x: 75, y: top + 96 },
    ...statementRow(top + 107, 'business combinations', ['45', '—'], false, 75),
    ...statementRow(top + 121, 'Margin', ['12.3', '(4.5)']),
    { text: '%', x: 405, y: top + 121 },
    { text: '%', x: 505, y: top + 121 },
    ...statementRow(top + 135, '', ['934', '(201)'], true),
  ];

  it('reads a statement without ruling lines', async () => {
    const document = await read([{ texts: [...prose(60), ...income(150), ...prose(320)] }]);
    expect(document.blocks.map(({ type }) => type)).toEqual(['paragraph', 'table', 'paragraph']);
    expect(tables(document)[0]).toEqual([
      ['', 'Years Ended December 31,', ''],
      ['', '2023', '2022'],
      ['', '(In millions)', ''],
      ['Revenue', '$1,234', '$987'],
      ['Operating expenses:', '', ''],
      ['Research', '(345)', '(1,200)'],
      ['Restructuring', '—', '12'],
      ['Amortization of intangible assets acquired in business combinations', '45', '—'],
      ['Margin', '12.3%', '(4.5)%'],
      ['', '$934', '$(201)'],
    ]);
    const parsed = parseTable(tables(document)[0]!);
    expect(parsed).toMatchObject({
      table: { heading: 'Years Ended December 31', scale: 'millions', currency: 'dollars' },
    });
  });

  it('reads several tables of a page, and the same table on the next page', async () => {
    const document = await read([{ texts: [...income(60), ...income(240)] }, { texts: income(60) }]);
    const [first, second, third] = tables(document);
    expect(first).toHaveLength(10);
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect(ofType(document, 'table').map((block) => block.page)).toEqual([1, 1, 2]);
  });

  it('repeats a header cell over the columns that it spans, by the line below it and by its middle', async () => {
    const ends = [300, 370, 460, 530];
    const figures = (y: number, label: string, cells: string[]): PlacedText[] => [
      { text: label, x: 60, y },
      ...cells.map((cell, index) => rightAligned(cell, ends[index]!, y)),
    ];
    const texts = (left: number, right: number): PlacedText[] => [
      { text: 'Europe', x: left, y: 100 },
      { text: 'Asia', x: right, y: 100 },
      ...['2023', '2022', '2023', '2022'].map((year, index) => rightAligned(year, ends[index]!, 116)),
      ...figures(132, 'Sales', ['1,200', '1,100', '3,400', '3,300']),
      ...figures(146, 'Costs', ['800', '700', '2,400', '2,300']),
    ];
    const expected = [
      ['', 'Europe', 'Europe', 'Asia', 'Asia'],
      ['', '2023', '2022', '2023', '2022'],
    ];
    const ruled = await read([
      {
        texts: texts(275, 435),
        lines: [
          [270, 103, 372, 103],
          [430, 103, 532, 103],
        ],
      },
    ]);
    expect(tables(ruled)[0]!.slice(0, 2)).toEqual(expected);
    const centred = await read([{ texts: texts(308, 472) }]);
    expect(tables(centred)[0]!.slice(0, 2)).toEqual(expected);
  });

  it('keeps raised marks of notes apart from figures', async () => {
    const document = await read([
      {
        texts: [
          { text: '2023', x: 376, y: 86 },
          { text: '1', x: 398.5, y: 82, size: 6 },
          { text: '2022', x: 476, y: 86 },
          ...statementRow(100, 'Net sales', ['1,234', '987']),
          { text: '2', x: 400.5, y: 96, size: 6 },
          ...statementRow(114, 'Costs', ['234', '187']),
          { text: '3,4', x: 86.5, y: 110, size: 6 },
          ...statementRow(128, '1', ['7', '8']),
          { text: 'st', x: 65.6, y: 124, size: 6 },
          { text: 'quarter', x: 74, y: 128 },
        ],
      },
    ]);
    expect(tables(document)[0]).toEqual([
      ['', '2023(1)', '2022'],
      ['Net sales', '1,234(2)', '987'],
      ['Costs(3)(4)', '234', '187'],
      ['1st quarter', '7', '8'],
    ]);
  });

  it('reads labels with dotted leaders', async () => {
    const document = await read([
      {
        texts: [
          { text: '2023', x: 376, y: 86 },
          { text: '2022', x: 476, y: 86 },
          ...statementRow(100, `Net sales ${'.'.repeat(60)}`, ['1,234', '987']),
          ...statementRow(114, `Cost of goods sold ${'. '.repeat(30)}`, ['234', '187']),
        ],
      },
    ]);
    expect(tables(document)[0]).toEqual([
      ['', '2023', '2022'],
      ['Net sales', '1,234', '987'],
      ['Cost of goods sold', '234', '187'],
    ]);
  });

  it('reads a framed table with wrapped words in its cells', async () => {
    const xs = [60, 200, 340, 480];
    const ys = [100, 120, 160, 200];
    const document = await read([
      {
        texts: [
          ...prose(60),
          ...['Step', 'Who', 'What'].map((text, index) => ({ text, x: xs[index]! + 4, y: 114 })),
          ...column(['Collecting the', 'documents'], 64, 134),
          ...column(['The archive'], 204, 134),
          ...column(['Copies of all', 'contracts'], 344, 134),
          ...column(['Reading'], 64, 174),
          ...column(['The clerk and', 'a second one'], 204, 174),
          ...column(['Notes'], 344, 174),
        ],
        lines: [
          ...xs.map((x): [number, number, number, number] => [x, 100, x, 200]),
          ...ys.map((y): [number, number, number, number] => [60, y, 480, y]),
        ],
      },
    ]);
    expect(tables(document)).toEqual([
      [
        ['Step', 'Who', 'What'],
        ['Collecting the documents', 'The archive', 'Copies of all contracts'],
        ['Reading', 'The clerk and a second one', 'Notes'],
      ],
    ]);
  });

  it('reads a table of words', async () => {
    const row = (y: number, cells: string[]): PlacedText[] =>
      cells.map((text, index) => ({ text, x: 60 + 170 * index, y }));
    const document = await read([
      {
        texts: [
          ...row(100, ['Name', 'Position', 'Since']),
          ...row(116, ['Ada Lovelace', 'Chief of engines', 'March 1840']),
          ...row(132, ['Charles Babbage', 'Inventor', 'June 1822']),
        ],
      },
    ]);
    expect(tables(document)[0]![1]).toEqual(['Ada Lovelace', 'Chief of engines', 'March 1840']);
  });

  it('takes no running text for a table, however far apart its words stand', async () => {
    const words = [...leftColumn, ...rightColumn].join(' ').split(' ');
    const stream = randomStream(1, 'gaps');
    const texts: PlacedText[] = [];
    for (let y = 100; y < 400; y += 12) {
      for (let x = 60; x < 500; ) {
        const text = stream.next() < 0.1 ? `${stream.integer(5000)}` : stream.pick(words);
        texts.push({ text, x, y });
        x += textWidth(text, 10) + 3 + stream.next() * 14;
      }
    }
    expect(tables(await read([{ texts }]))).toEqual([]);
  });
});
