import { describe, expect, it } from 'vitest';
import { fileWith } from './files.fixture.js';
import { readText } from './text.js';

const blocks = async (text: string) => (await readText(fileWith(text, '.txt'))).blocks;

describe('paragraphs', () => {
  const wrapped =
    'The committee met on Monday and agreed that prices had risen by more\nthan it had expected in spring. Members took note of the long-\nterm plan and of the develop-\nment of wages.\n\nWith this development in mind, the committee left its rate unchanged.';

  it('are joined where lines were wrapped', async () => {
    expect(
      await blocks(
        wrapped.replace(
          'Members took note of the long-\nterm plan and of the develop-\nment',
          'Members took note of the\nlong-term plan and of the manage-\nment of the whole company and its\nmanagement',
        ),
      ),
    ).toMatchObject([
      { type: 'paragraph' },
      { type: 'paragraph', text: expect.stringContaining('unchanged.') },
    ]);
    const [first] = await blocks(
      'The committee met on Monday and agreed that the develop-\nment of prices was too fast, and that it has a long-\nterm plan. That development has to end soon, members said.',
    );
    expect(first).toEqual({
      type: 'paragraph',
      text: 'The committee met on Monday and agreed that the development of prices was too fast, and that it has a long-term plan. That development has to end soon, members said.',
    });
  });

  it('keep lines that their author ended', async () => {
    expect(await blocks('Attune Ltd\n12 Long Street in the Old Town\nLondon')).toEqual([
      { type: 'paragraph', text: 'Attune Ltd\n12 Long Street in the Old Town\nLondon' },
    ]);
  });
});

describe('headings', () => {
  it.each([
    ['Overview\n========\n\nText here.', 'Overview', 1],
    ['Overview\n--------\nText here.', 'Overview', 2],
    ['RISK FACTORS\n\nText here.', 'RISK FACTORS', 1],
    ['Item 1A. Risk Factors\n\nText here.', 'Item 1A. Risk Factors', 1],
    ['Chapter IV\n\nText here.', 'Chapter IV', 1],
    ['2.1 Scope of the work\n\nText here.', '2.1 Scope of the work', 2],
    ['1. Introduction\n\nText here.', '1. Introduction', 1],
  ])('%j', async (text, heading, level) => {
    expect((await blocks(text))[0]).toEqual({ type: 'heading', level, text: heading });
  });

  it.each([
    'NO HEADING AT THE END',
    'IT IS A SENTENCE.\n\nText here.',
    'AB\n\nText here.',
    '12,345 67,890 USD\n\nText here.',
    'EVERYTHING HERE\n\nIS IN CAPITALS\n\nOF COURSE.',
    'Part of the text goes on\n\nText here.',
    '1. Milk\n\n2. Bread\n\n3. Tea',
    'Introduction ........ 5\n\nText here.',
    'ITEM 6. Selected Financial Data          35\n\nText here.',
  ])('%j has none', async (text) => {
    expect((await blocks(text)).filter(({ type }) => type === 'heading')).toEqual([]);
  });
});

describe('lists and tables', () => {
  it('keeps numbers, takes bullets off, joins wrapped items', async () => {
    expect(await blocks('We need:\n- milk\n- bread that is\n  fresh\n\n- tea\n\n(a) one\n(b) two')).toEqual([
      { type: 'paragraph', text: 'We need:' },
      { type: 'list', items: ['milk', 'bread that is fresh', 'tea', '(a) one', '(b) two'] },
    ]);
  });

  it('does not take a dash or a number in a sentence for a list', async () => {
    expect((await blocks('12. May was the day.'))[0]?.type).toBe('paragraph');
    expect((await blocks('-5 degrees'))[0]?.type).toBe('paragraph');
  });

  it('reads columns that are aligned or parted by tabs and bars', async () => {
    expect(
      await blocks(
        '                 2023      2022\n               ------    ------\nSales          $1,234    $1,100\nCosts of goods   (900)     (800)\nProfit            334       300',
      ),
    ).toEqual([
      {
        type: 'table',
        rows: [
          ['', '2023', '2022'],
          ['Sales', '$1,234', '$1,100'],
          ['Costs of goods', '(900)', '(800)'],
          ['Profit', '334', '300'],
        ],
      },
    ]);
    expect(await blocks('a\tb\n1\t2')).toEqual([
      {
        type: 'table',
        rows: [
          ['a', 'b'],
          ['1', '2'],
        ],
      },
    ]);
    expect(await blocks('| a | b |\n|---|---|\n| 1 | 2 |')).toEqual([
      {
        type: 'table',
        rows: [
          ['a', 'b'],
          ['1', '2'],
        ],
      },
    ]);
  });
});

describe('reports as pdftotext lays them out', () => {
  it('part the sentence above a table, join signs, spread headings over their columns', async () => {
    expect(
      await blocks(
        [
          'The table below shows sales and costs of the two years in which the company was listed:',
          '                                Year ended',
          '                             2023          2022',
          '(in millions)',
          'Sales                     $  1,234      $  1,100',
          'Costs of goods sold           (900)         (800)',
          'Share                         12.0 %        11.5 %',
        ].join('\n'),
      ),
    ).toEqual([
      {
        type: 'paragraph',
        text: 'The table below shows sales and costs of the two years in which the company was listed:',
      },
      {
        type: 'table',
        rows: [
          ['', 'Year ended', 'Year ended'],
          ['', '2023', '2022'],
          ['(in millions)', '', ''],
          ['Sales', '$1,234', '$1,100'],
          ['Costs of goods sold', '(900)', '(800)'],
          ['Share', '12.0 %', '11.5 %'],
        ],
      },
    ]);
  });

  it('keep lines with columns that are no sure table as lines', async () => {
    const text =
      'Name of the person      Office held\nAnn Smith               Chair\nBob Jones               Secretary';
    expect(await blocks(text)).toEqual([
      {
        type: 'paragraph',
        text: 'Name of the person Office held\nAnn Smith Chair\nBob Jones Secretary',
      },
    ]);
  });
});

describe('pages and encodings', () => {
  it('counts form feeds as pages', async () => {
    expect(await readText(fileWith('one\n\ftwo\n\f', '.txt'))).toEqual({
      blocks: [
        { type: 'paragraph', text: 'one', page: 1 },
        { type: 'paragraph', text: 'two', page: 2 },
      ],
      pages: 2,
      warnings: [],
    });
  });

  it.each([
    ['UTF-8', Buffer.from('é €'), 0],
    ['UTF-8 with BOM', Buffer.from('\uFEFFé €'), 0],
    ['UTF-16LE', Buffer.from('\uFEFFé €', 'utf16le'), 0],
    ['UTF-16BE', Buffer.from('\uFEFFé €', 'utf16le').swap16(), 0],
    ['Windows-1252', Buffer.from('\xe9 \x80', 'latin1'), 1],
  ])('reads %s', async (_name, bytes, warned) => {
    const { blocks: found, warnings } = await readText(fileWith(bytes, '.txt'));
    expect(found).toEqual([{ type: 'paragraph', text: 'é €' }]);
    expect(warnings.length).toBe(warned);
  });

  it.each([
    ['binary data', Buffer.from([1, 0, 2]), 'binary data'],
    ['a web page', '<html><body>x</body></html>', 'give it the ending .html'],
    ['only blanks', ' \n\n\f ', 'holds no text'],
    ['a PDF', '%PDF-1.4', 'a PDF file'],
  ])('says so of %s', async (_name, content, message) => {
    const error = (await readText(fileWith(content, '.txt')).catch((thrown) => thrown)) as {
      describe(): string;
    };
    expect(error.describe()).toContain(message);
  });

  it('reads long lines in time', async () => {
    for (const part of ['a', ' ', '-', '1.', '. ', '=', '\t', 'A ', '|']) {
      const result = await readText(fileWith(`${part.repeat(100_000)}x\n\nend`, '.txt'));
      expect(result.blocks.length).toBeGreaterThan(0);
    }
  });
});
