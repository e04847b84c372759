import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block } from '../../document.js';
import { documentOf, drawnDocuments, release } from './documents.fixture.js';
import { makePassages, passageItems } from './passages.js';
import { sentences } from './sentences.js';

const settings = { max_passage_characters: 1800 };
const heading = (level: number, text: string): Block => ({ type: 'heading', level, text });
const paragraph = (text: string, page?: number): Block => ({ type: 'paragraph', text, page });
const texts = (blocks: Block[], limit = 1800): string[] =>
  makePassages(documentOf('d', blocks), { max_passage_characters: limit }).map(({ text }) => text);

describe('makePassages', () => {
  it('cuts at headings and repeats their path', () => {
    expect(
      texts([
        paragraph('Before.'),
        heading(1, 'One'),
        paragraph('First.'),
        heading(2, 'Inner'),
        paragraph('Second.'),
        paragraph('Third.'),
        heading(1, 'Two'),
        paragraph('Fourth.'),
      ]),
    ).toEqual(['Before.', 'One\nFirst.', 'One > Inner\nSecond.\n\nThird.', 'Two\nFourth.']);
  });

  it('keeps headings that have nothing below them', () => {
    expect(texts([heading(1, 'Part I'), heading(1, 'Business'), paragraph('Text.')])).toEqual([
      'Part I > Business\nText.',
    ]);
    expect(
      texts([heading(2, 'Left alone'), heading(1, 'Business'), paragraph('Text.'), heading(1, 'End')]),
    ).toEqual(['Left alone', 'Business\nText.', 'End']);
  });

  it('says on which pages a passage stands', () => {
    const [first, second] = makePassages(
      documentOf('d', [
        paragraph('A.', 2),
        paragraph('B.', 4),
        { ...heading(1, 'H'), page: 5 },
        paragraph('C.', 5),
      ]),
      settings,
    );
    expect(first).toMatchObject({
      id: 'd#p1',
      source: 'd.pdf, pages 2-4',
      origin: { file: 'd.pdf', page: 2 },
      pages: [2, 4],
    });
    expect(second).toMatchObject({ id: 'd#p2', source: 'd.pdf, page 5', headings: ['H'], body: 'C.' });
    expect(makePassages(documentOf('d', [paragraph('A.')]), settings)[0]).toMatchObject({ source: 'd.pdf' });
  });

  it('keeps a table whole with the sentence that announces it, and reads its unit there', () => {
    const [, results] = makePassages(release, settings);
    expect(results!.text).toContain(
      'sales by region (in millions):\n\nTable: (millions of dollars)\nNorth America | 2023 2100.5 | 2022 1900\n',
    );
  });

  it('cuts a long table between rows and repeats the names of its columns', () => {
    const words: Block = {
      type: 'table',
      caption: 'Contacts',
      rows: [['Name', 'Town'], ...Array.from({ length: 60 }, (_, index) => [`Person ${index}`, 'Some town'])],
    };
    const figures: Block = {
      type: 'table',
      rows: [
        ['', '2019', '2018'],
        ...Array.from({ length: 60 }, (_, index) => [`Row ${index}`, `${index + 10}`, '77']),
      ],
    };
    for (const [table, start, row] of [
      [words, 'Contacts\nName | Town\nPerson', /^Person \d+ \| Some town$/],
      [figures, 'Table\nRow', /^Row \d+ \| 2019 \d+ \| 2018 77$/],
    ] as const) {
      const pieces = texts([table], 400);
      expect(pieces.length).toBeGreaterThan(3);
      for (const piece of pieces) {
        expect(piece.startsWith(start)).toBe(true);
        expect(piece.length).toBeLessThanOrEqual(400);
      }
      expect(pieces.flatMap((piece) => piece.split('\n')).filter((line) => row.test(line))).toHaveLength(60);
    }
  });

  it('gives a table with words between its figures by its cells, so that nothing is lost', () => {
    const table: Block = {
      type: 'table',
      rows: [
        ['', '2019', '2018'],
        ['Sales', '10', '12'],
        ['Costs', '7', '8'],
        ['Auditor', 'Smith & Co', 'Jones'],
      ],
    };
    expect(texts([table])[0]).toContain('Auditor | Smith & Co | Jones');
  });

  it('cuts a long paragraph between sentences', () => {
    const long = Array.from({ length: 40 }, (_, index) => `Sentence number ${index} says a thing.`).join(' ');
    const pieces = texts([heading(1, 'H'), paragraph(long)], 300);
    for (const piece of pieces) {
      expect(piece).toMatch(/^H\nSentence number \d+ /);
      expect(piece).toMatch(/says a thing\.$/);
    }
    expect(pieces.map((piece) => piece.slice(2)).join(' ')).toBe(long);
  });

  it('loses no word and keeps to the limit, whatever the document', () => {
    const word = fc.stringMatching(/^[a-zA-Z0-9$%.,]{1,30}$/);
    const text = fc.array(word, { minLength: 1, maxLength: 120 }).map((words) => words.join(' '));
    const block: fc.Arbitrary<Block> = fc.oneof(
      text.map((value): Block => ({ type: 'paragraph', text: value })),
      fc
        .tuple(fc.integer({ min: 1, max: 4 }), word)
        .map(([level, value]): Block => ({ type: 'heading', level, text: value })),
      fc.array(text, { minLength: 1, maxLength: 6 }).map((items): Block => ({ type: 'list', items })),
      fc.string({ minLength: 1, maxLength: 900 }).map((value): Block => ({ type: 'paragraph', text: value })),
    );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), fc.integer({ min: 200, max: 700 }), (blocks, limit) => {
        const passages = makePassages(documentOf('d', blocks), { max_passage_characters: limit });
        const packed = passages
          .map(({ text: body, headings }) => headings.join('') + body)
          .join('')
          .replace(/\s+/g, '');
        for (const { text: whole } of passages) expect(whole.length).toBeLessThanOrEqual(limit);
        for (const one of blocks) {
          const wanted = one.type === 'list' ? one.items.join(' ') : one.type === 'table' ? '' : one.text;
          for (const part of wanted.split(/\s+/)) if (part.length < 90) expect(packed).toContain(part);
        }
        expect(new Set(passages.map(({ id }) => id)).size).toBe(passages.length);
      }),
      { numRuns: 150 },
    );
  });
});

describe('passageItems', () => {
  it('gives texts that carry on where they come from', () => {
    const items = passageItems({ ...release, split: 'test', aspects: ['food'] }, settings);
    expect(items.length).toBe(5);
    for (const item of items) {
      expect(item).toMatchObject({
        task: 'text',
        group: release.group,
        split: 'test',
        aspects: ['food'],
        steps: release.steps,
      });
      expect(item.messages).toBeUndefined();
    }
    expect(items[0]!.text).toMatch(/^Harbor Foods Reports Fiscal 2023 Results\nHarbor Foods, Inc\./);
    expect(passageItems(release, settings)).toEqual(passageItems(release, settings));
    expect(
      drawnDocuments(20, 1).flatMap((document) => passageItems(document, settings)).length,
    ).toBeGreaterThan(20);
  });
});

describe('sentences', () => {
  it('ends sentences at stops, not at abbreviations and figures', () => {
    expect(
      sentences(
        'Harbor Foods, Inc. sold 3.5 million units in the U.S. Its CEO, Dr. J. P. Lee, left. "Why?" (See No. 4.) Yes!',
      ),
    ).toEqual([
      'Harbor Foods, Inc. sold 3.5 million units in the U.S. Its CEO, Dr. J. P. Lee, left.',
      '"Why?"',
      '(See No. 4.)',
      'Yes!',
    ]);
  });
});
