import { describe, expect, it } from 'vitest';
import { AttuneError } from '../../../errors.js';
import { column, pdfFile } from './pdf-file.fixture.js';
import { readPdf } from './read-pdf.js';
import { leftColumn, ofType, paragraphs, prose, read, rightColumn, withFile } from './reading.fixture.js';

describe('text', () => {
  it('reads two columns one after the other, a heading across them first', async () => {
    const document = await read([
      {
        texts: [
          { text: 'A heading over both of the columns', x: 150, y: 80, size: 16, font: 'bold' },
          ...column(leftColumn, 60, 120),
          // The baselines of the columns differ, as they do in journals.
          ...column(rightColumn, 320, 124),
        ],
      },
    ]);
    expect(document.blocks).toEqual([
      { type: 'heading', level: 1, text: 'A heading over both of the columns', page: 1 },
      { type: 'paragraph', text: leftColumn.join(' '), page: 1 },
      { type: 'paragraph', text: rightColumn.join(' '), page: 1 },
    ]);
    expect(document.title).toBe('A heading over both of the columns');
  });

  it('reads columns whose lines stand at the same heights', async () => {
    const document = await read([
      { texts: [...column(leftColumn, 60, 120), ...column(rightColumn, 320, 120)] },
    ]);
    expect(paragraphs(document)).toEqual([leftColumn.join(' '), rightColumn.join(' ')]);
  });

  it('begins a paragraph at an indent and after a gap', async () => {
    const document = await read([
      {
        texts: [
          ...prose(100),
          ...prose(136, 'New ').map((text, index) => ({ ...text, x: index === 0 ? 80 : 60 })),
          ...prose(190, 'Gap '),
        ],
      },
    ]);
    expect(paragraphs(document).map((text) => text.slice(0, 12))).toEqual([
      'The report e',
      'New The repo',
      'Gap The repo',
    ]);
  });

  it('makes words whole that were broken at the end of a line, and leaves compounds', async () => {
    const document = await read([
      {
        texts: column(
          [
            'The departments of the company publish their results in this long-term comparison and the depart-',
            'ments agree. Every long-',
            'term contract is in a third-',
            'party register, as a third party wants, and the non-',
            'recurring charges are shown apart from the recurring ones; Hewlett-',
            'Packard is a name.',
          ],
          40,
          100,
        ),
      },
    ]);
    const text = paragraphs(document).join(' ');
    expect(text).toContain('the departments agree');
    expect(text).toContain('Every long-term contract');
    expect(text).toContain('third-party register');
    expect(text).toContain('Hewlett-Packard');
  });

  it('joins a sentence that goes on over the page and keeps the page of its beginning', async () => {
    const start = [
      'This sentence stands at the very end of the first page and is too long for the rest of it, so that',
      'it has to go on at the top of the second page, where it meets neither a heading nor a table, but the',
    ];
    const document = await read([
      { texts: [...prose(100), ...column(start, 60, 600), { text: '1', x: 300, y: 750 }] },
      {
        texts: [
          ...column(['end of itself. And then another one follows on the same line.'], 60, 60),
          { text: '2', x: 300, y: 750 },
        ],
      },
    ]);
    expect(ofType(document, 'paragraph').at(-1)).toEqual({
      type: 'paragraph',
      text: `${start.join(' ')} end of itself. And then another one follows on the same line.`,
      page: 1,
    });
  });

  it('goes on past footnotes at the end of a page', async () => {
    const open = [
      'A paragraph whose last line on this page runs up to the right edge of the text and then goes on',
      'behind the footnote, which is set in smaller letters and belongs to a word somewhere above and',
    ];
    const document = await read([
      {
        texts: [
          ...prose(60),
          ...prose(120),
          ...column(open, 60, 600),
          { text: '1 A footnote in small letters.', x: 60, y: 700, size: 7 },
        ],
      },
      {
        texts: [
          { text: 'not to the sentence itself, which ends here on the next page.', x: 60, y: 60 },
          ...prose(100),
        ],
      },
    ]);
    expect(paragraphs(document)).toContain(
      `${open.join(' ')} not to the sentence itself, which ends here on the next page.`,
    );
    expect(paragraphs(document)).toContain('1 A footnote in small letters.');
  });

  it('gathers lists with their wrapped lines', async () => {
    const document = await read([
      {
        texts: [
          ...prose(100),
          { text: '•', x: 70, y: 160 },
          {
            text: 'the first point of the list, which is so long that it does not fit into a single line and',
            x: 84,
            y: 160,
          },
          { text: 'is wrapped under its own beginning', x: 84, y: 172 },
          { text: '•', x: 70, y: 190 },
          { text: 'the second point', x: 84, y: 190 },
          { text: '(a) one thing', x: 60, y: 230 },
          { text: '(b) another thing', x: 60, y: 250 },
        ],
      },
    ]);
    const items = ofType(document, 'list').flatMap((list) => list.items);
    expect(items).toEqual([
      'the first point of the list, which is so long that it does not fit into a single line and is wrapped under its own beginning',
      'the second point',
      '(a) one thing',
      '(b) another thing',
    ]);
  });

  it('finds headings by size, weight, numbering of filings and the outline, with levels', async () => {
    const document = await read(
      [
        {
          texts: [
            { text: 'Annual Report', x: 200, y: 60, size: 22, font: 'bold' },
            { text: 'PART I', x: 60, y: 100, font: 'bold' },
            { text: 'Item 1A. Risk Factors', x: 60, y: 130, font: 'bold' },
            { text: 'Our suppliers', x: 60, y: 160, font: 'bold' },
            ...prose(190),
            { text: 'named in the outline', x: 60, y: 250 },
            ...prose(280),
          ],
        },
      ],
      { outline: ['Named in the outline'], title: 'Report of 2023' },
    );
    expect(ofType(document, 'heading').map(({ level, text }) => [level, text])).toEqual([
      [1, 'Annual Report'],
      [1, 'PART I'],
      [2, 'Item 1A. Risk Factors'],
      [3, 'Our suppliers'],
      [1, 'named in the outline'],
    ]);
    expect(document.title).toBe('Report of 2023');
  });

  it('reads pages that are turned, and leaves out text that runs elsewhere', async () => {
    const document = await read([
      { texts: [...prose(100), { text: 'DRAFT', x: 200, y: 500, size: 60, turn: 45 }] },
      {
        texts: column(['Turned page, first line of it', 'and its second line'], 100, 100).map(
          ({ text, y }) => ({ text, x: y, y: 700, turn: 90 }),
        ),
        rotate: 90,
      },
    ]);
    expect(document.warnings).toContain('turned text left out on page 1');
    expect(paragraphs(document).join(' ')).not.toContain('DRAFT');
    expect(paragraphs(document).at(-1)).toBe('Turned page, first line of it and its second line');
  });
});

describe('what cannot be read', () => {
  const failure = async (file: string): Promise<AttuneError> => {
    const error = await readPdf(file).then(
      () => undefined,
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(AttuneError);
    expect((error as AttuneError).file).toBe(file);
    expect((error as AttuneError).fix).toBeTruthy();
    return error as AttuneError;
  };
  const failureOf = (bytes: Uint8Array | string): Promise<AttuneError> => withFile(bytes, failure);

  it('says that a file is no PDF', async () => {
    expect((await failureOf('Dear reader, I am a text.')).message).toMatch(/is not a PDF/);
    expect((await failureOf('')).message).toMatch(/is not a PDF/);
    expect((await failure('missing.pdf')).message).toMatch(/no such file/);
  });

  it('says that a file is damaged', async () => {
    expect((await failureOf('%PDF-1.7\nthis is not the inside of one')).message).toMatch(/damaged/);
  });

  it('reads a file whose list of objects is broken', async () => {
    const text = pdfFile([{ texts: prose(100) }]).toString('latin1');
    const broken = text
      .replace(/startxref\n\d+/, 'startxref\n7')
      .replace(/\d{10} 00000 n/g, '0000000003 00000 n');
    const document = await withFile(Buffer.from(broken, 'latin1'), (file) => readPdf(file));
    expect(paragraphs(document)).toHaveLength(1);
  });

  it('says that a file is protected by a password', async () => {
    expect((await failureOf(pdfFile([{ texts: prose(100) }], { encrypted: true }))).message).toMatch(
      /password/,
    );
  });

  it('says that a document is scanned', async () => {
    const error = await failureOf(pdfFile([{ picture: true }, { picture: true }]));
    expect(error.message).toMatch(/scanned/);
    expect(error.fix).toMatch(/OCR/);
    expect((await failureOf(pdfFile([{}]))).message).toMatch(/no text/);
  });

  it('warns of pages that are scanned, not of empty ones', async () => {
    const document = await read([
      { texts: prose(100) },
      { picture: true },
      {},
      { picture: true },
      { picture: true },
    ]);
    expect(document.pages).toBe(5);
    expect(document.warnings).toHaveLength(1);
    expect(document.warnings[0]).toMatch(/^pages 2, 4-5 hold a picture and no text \(scanned\)/);
  });

  it('stops when asked to, and reports each page', async () => {
    const bytes = pdfFile([{ texts: prose(100) }, { texts: prose(100) }, { texts: prose(100) }]);
    const stop = new AbortController();
    const seen: [number, number][] = [];
    const onProgress = (page: number, pages: number): void => {
      seen.push([page, pages]);
      if (page === 2) stop.abort();
    };
    await expect(
      withFile(bytes, (file) => readPdf(file, { signal: stop.signal, onProgress })),
    ).rejects.toThrow(/abort/i);
    expect(seen).toEqual([
      [1, 3],
      [2, 3],
    ]);
  });

  it('reads long lines of one letter without trouble', async () => {
    const long = ['.', '1', '(', '$', ',', 'I', '- ', '1 '].map((letter) =>
      letter.repeat(100_000 / letter.length),
    );
    const document = await read(
      long.map((text) => ({ texts: [{ text, x: 10, y: 100, size: 1 }, ...prose(200)] })),
    );
    expect(document.pages).toBe(long.length);
  });

  it('gives the same blocks each time', async () => {
    const page = { texts: [...prose(60), ...column(leftColumn, 60, 200), ...column(rightColumn, 320, 204)] };
    expect(await read([page])).toEqual(await read([page]));
  });
});
