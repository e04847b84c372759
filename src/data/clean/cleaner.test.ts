import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanSchema } from '../../recipe/data/clean.js';
import type { Block } from '../document.js';
import { chatItem, cleanTexts, documentItem, misread, textItem } from './clean.fixture.js';
import { createCleaner } from './cleaner.js';

const cleaner = createCleaner(cleanSchema.parse({}));
const english =
  'The committee met on Monday and agreed that prices had risen by more than it had expected in spring. Members took note of the plan that was made for the next year, and have asked the board to report on it with figures. ';

describe('texts', () => {
  it('are repaired, counted, noted and shown', async () => {
    const { items, counts, samples, removed } = await cleaner([textItem('A cafÃ©  \nand &amp; more\ufffd')]);
    expect(items[0]).toMatchObject({
      text: 'A café\nand & more\ufffd',
      steps: [
        {
          step: 'clean',
          note: 'entities resolved in 1 text; mojibake repaired in 1 text; white space tidied in 1 text',
        },
      ],
    });
    expect(counts).toMatchObject({ mojibake: 1, entities: 1, white_space: 1, replacement_character: 1 });
    expect(samples.find(({ rule }) => rule === 'mojibake')).toEqual({
      rule: 'mojibake',
      id: 't',
      before: expect.stringContaining('cafÃ©'),
      after: expect.stringContaining('café'),
    });
    expect(removed).toEqual([]);
  });

  it('that are clean are the same object', async () => {
    const item = textItem('Nothing to do here.');
    expect((await cleaner([item])).items[0]).toBe(item);
  });

  it('that hold nothing are removed', async () => {
    const { items, removed } = await cleaner([
      textItem(' \u200b\n', 'a'),
      textItem('Skip to content\nAccept all cookies', 'b'),
      chatItem([
        { role: 'user', content: 'x' },
        { role: 'assistant', content: ' ' },
      ]),
      documentItem([{ type: 'table', rows: [['', '']] }]),
    ]);
    expect(items).toEqual([]);
    expect(removed.map(({ id, reason }) => [id, reason])).toEqual([
      ['a', 'empty'],
      ['b', 'empty'],
      ['c', 'empty'],
      ['d', 'empty'],
    ]);
    expect(removed[1]).toMatchObject({
      step: 'clean',
      source: 'test',
      excerpt: 'Skip to content\nAccept all cookies',
    });
  });
});

describe('conversations', () => {
  it('keep their wording', async () => {
    const turns = [
      { role: 'user' as const, content: 'Write &lt;b&gt; in HTML.\nPage 3 of 10\nWe use cookies.' },
      { role: 'assistant' as const, content: '`&lt;b&gt;`\nAll rights reserved.\n{"a": 1}' },
    ];
    const strict = createCleaner(
      cleanSchema.parse({
        quality: { gopher: true, gopher_repetition: true, c4: true, fineweb: true, min_characters: 0 },
      }),
    );
    const item = chatItem(turns);
    expect((await strict([item])).items[0]).toBe(item);
  });

  it('keep their context at the beginning of its turn', async () => {
    const context = 'Cafe\u0301 \u00a0x  \r\n\r\n\r\nTable';
    const item = {
      ...chatItem([
        { role: 'user', content: `${context}\n\nWhy?` },
        { role: 'assistant', content: 'So.' },
      ]),
      context,
    };
    const [cleaned] = (await cleaner([item])).items;
    expect(cleaned!.messages![0]!.content.startsWith(cleaned!.context!)).toBe(true);
    expect(cleaned!.context).toBe('Café  x\n\nTable');
  });
});

describe('languages', () => {
  const german =
    'Der Ausschuss trat am Montag zusammen und stellte fest, dass die Preise stärker gestiegen waren als erwartet. Die Mitglieder nahmen den Plan für das kommende Jahr zur Kenntnis und baten den Vorstand um einen Bericht mit allen Zahlen.';
  const wanting = (languages: string[]) => createCleaner(cleanSchema.parse({ languages }));

  it('are counted, and removed only where settings say so', async () => {
    expect((await cleaner([textItem(german), textItem(english)])).counts).toMatchObject({
      language_de: 1,
      language_en: 1,
    });
    const { items, removed } = await wanting(['en'])([
      textItem(german, 'g'),
      textItem(english, 'e'),
      textItem('Guten Tag, mein Herr.', 's'),
    ]);
    expect(items.map(({ id }) => id)).toEqual(['e', 's']);
    expect(removed[0]).toMatchObject({
      id: 'g',
      reason: 'language',
      detail: expect.stringMatching(/^de with 0\.\d\d, en is wanted$/),
    });
    expect((await wanting(['de', 'en'])([textItem(german)])).removed).toEqual([]);
  });

  it('of figures and code are not guessed', async () => {
    expect((await wanting(['de'])([textItem('SKU-123 4,567.00 8,901.23 XJ-9 '.repeat(20))])).removed).toEqual(
      [],
    );
  });

  it('are codes of two letters', () => {
    expect(() => cleanSchema.parse({ languages: ['english'] })).toThrow();
  });
});

describe('quality rules', () => {
  it('judge the prose of documents and texts, in words with figures', async () => {
    const judge = createCleaner(cleanSchema.parse({ quality: { gopher: true, min_characters: 0 } }));
    const table: Block = {
      type: 'table',
      rows: [
        ['1', '2'],
        ['3', '4'],
      ],
    };
    const { items, removed } = await judge([
      textItem('Too short to be of the use that one would like to have.', 'short'),
      textItem(english.repeat(2), 'good'),
      documentItem([table, { type: 'paragraph', text: english.repeat(2) }], 'document'),
    ]);
    expect(items.map(({ id }) => id)).toEqual(['good', 'document']);
    expect(removed[0]).toMatchObject({
      reason: 'gopher_word_count',
      detail: '13 words, at least 50 are wanted',
    });
  });

  it('leave documents that are all tables, short records and texts without spaces alone', async () => {
    const judge = createCleaner(
      cleanSchema.parse({ quality: { gopher: true, gopher_repetition: true, c4: true, fineweb: true } }),
    );
    const items = [
      documentItem([
        {
          type: 'table',
          rows: [
            ['Sales', '5'],
            ['Costs', '3'],
          ],
        },
      ]),
      textItem('A short record.'),
      textItem('市場は昨日上昇した。'.repeat(60)),
    ];
    expect((await judge(items)).items).toEqual(items);
  });
});

describe('cleaning', () => {
  const line = fc.oneof(
    fc.constantFrom(
      ...cleanTexts,
      ...cleanTexts.map((text) => misread(text)),
      'Page 3',
      '- 4 -',
      '5',
      '6',
      '7',
      '8',
      'Home | About | Contact',
      'The report of the company',
      'A ..... 5',
      'B ..... 6',
      'C ..... 7',
      '© 2023 A',
      '',
      '  ',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  const block: fc.Arbitrary<Block> = fc.oneof(
    line.map((text) => ({ type: 'paragraph' as const, text })),
    fc.array(line, { minLength: 1, maxLength: 4 }).map((items) => ({ type: 'list' as const, items })),
    fc.array(line, { minLength: 2, maxLength: 2 }).map((row) => ({ type: 'table' as const, rows: [row] })),
  );

  it('twice is the same as once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 25 }),
        fc.array(block, { maxLength: 25 }),
        async (lines, blocks) => {
          const first = await cleaner([textItem(lines.join('\n')), documentItem(blocks)]);
          const second = await cleaner(first.items);
          expect(second.items).toEqual(first.items);
          second.items.forEach((item, i) => {
            expect(item).toBe(first.items[i]);
          });
          expect(second.removed).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives equal outcomes for equal batches, whatever came before', async () => {
    const batch = () => [textItem('CafÃ©', 'a'), textItem(english, 'b')];
    const first = await cleaner(batch());
    await cleaner([textItem('Page 3 of 4')]);
    expect(await cleaner(batch())).toEqual(first);
  });
});

const filings = '../shared/data/filings';
const pdfReader = '/usr/bin/pdftotext';
const tatqa = '../shared/data/finance/tatqa_dataset_dev.json';

describe.skipIf(!existsSync(tatqa))('real reports (skipped where ../shared/data is absent)', () => {
  it('lose nothing but spaces and entities by default', async () => {
    const contexts = JSON.parse(readFileSync(tatqa, 'utf8')) as {
      table: { table: string[][] };
      paragraphs: { text: string }[];
    }[];
    const { items, removed } = await cleaner(
      contexts.map(({ table, paragraphs }, i) =>
        documentItem(
          [
            { type: 'table', rows: table.table },
            ...paragraphs.map(({ text }): Block => ({ type: 'paragraph', text })),
          ],
          String(i),
        ),
      ),
    );
    expect(removed).toEqual([]);
    const words = (blocks: Block[]): number => JSON.stringify(blocks).match(/\w+/g)!.length;
    items.forEach(({ blocks }, i) => {
      expect(blocks!.length).toBe(contexts[i]!.paragraphs.length + 1);
      expect(words(blocks!)).toBeGreaterThan(0);
    });
  });

  it.skipIf(!existsSync(filings) || !existsSync(pdfReader))(
    'keep a filing as text, but for its page numbers',
    async () => {
      const text = execFileSync(pdfReader, ['-layout', `${filings}/MCDONALDS_2023Q1_EARNINGS.pdf`, '-'], {
        encoding: 'utf8',
      });
      const { items, counts } = await cleaner([textItem(text)]);
      const letters = (value: string): number => value.match(/\p{L}/gu)!.length;
      expect(letters(items[0]!.text!)).toBeGreaterThan(letters(text) * 0.99);
      expect(Object.keys(counts)).not.toContain('mojibake');
    },
  );
});
