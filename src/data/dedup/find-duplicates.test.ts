import { getEventListeners } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AttuneError } from '../../errors.js';
import { randomStream } from '../../random.js';
import { type DedupSettings, dedupSchema } from '../../recipe/data/dedup.js';
import type { Message } from '../example.js';
import { findDuplicates } from './find-duplicates.js';
import { editText, makeText, plantTexts } from './planted-texts.fixture.js';
import { createDuplicateFilter, type Duplicate, type DuplicateResult } from './result.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-dedup-'));
});
afterAll(() => rm(directory, { recursive: true }));

type Line = { text: string } | { messages: Message[]; context?: string };

async function write(name: string, lines: readonly object[]): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

async function search(
  parts: readonly string[],
  settings: Partial<DedupSettings> = {},
  options: { threads?: number; signal?: AbortSignal } = {},
): Promise<DuplicateResult> {
  const workDirectory = join(directory, 'work');
  return findDuplicates(parts, { settings: dedupSchema.parse(settings), workDirectory, ...options });
}

async function duplicatesOf(lines: readonly Line[], settings?: Partial<DedupSettings>): Promise<Duplicate[]> {
  const file = await write(
    'lines.jsonl',
    lines.map((line, index) => ({ id: `i${index}`, ...line })),
  );
  return [...(await search([file], settings)).duplicates()];
}

/** `removed>kept kind` of every removed item. */
async function removals(lines: readonly Line[], settings?: Partial<DedupSettings>): Promise<string[]> {
  return (await duplicatesOf(lines, settings)).map(({ id, keptId, kind }) => `${id}>${keptId} ${kind}`);
}

const random = randomStream(11, 'find-duplicates');
const prose = (words: number): string => makeText(random, words);

describe('planted near-duplicates', () => {
  const planted = plantTexts(2000, 5);

  it('are found, and nothing else', async () => {
    const result = await search([await write('planted.jsonl', planted)]);
    const originalOf = new Map(planted.map(({ id, copyOf }) => [id, copyOf ?? id]));
    const found = [...result.duplicates()];
    for (const { id, keptId, kind } of found) {
      expect(originalOf.get(id)).toBe(originalOf.get(keptId));
      expect(kind).toBe('near');
    }
    const copies = planted.filter(({ copyOf }) => copyOf).length;
    expect(found.length).toBeGreaterThan(0.95 * copies);
    expect(result.items).toBe(2000);
    expect(result.near).toBe(found.length);
  });

  it('are the same with any number of threads and any division into parts', async () => {
    // Large enough for several chunks.
    const many = [...planted, ...plantTexts(3000, 6)];
    const whole = await write('whole.jsonl', many);
    const parts = [
      await write('a.jsonl', many.slice(0, 1234)),
      await write('empty.jsonl', []),
      await write('b.jsonl', many.slice(1234)),
    ];
    const [one, two, divided] = [
      await search([whole], {}, { threads: 1 }),
      await search([whole], {}, { threads: 2 }),
      await search(parts),
    ];
    const described = (result: DuplicateResult) => [...result.duplicates()];
    expect(described(two)).toEqual(described(one));
    const line = ({ part, line }: { part: number; line: number }): number => line + (part === 2 ? 1234 : 0);
    const flat = described(divided).map((duplicate) => ({
      ...duplicate,
      part: 0,
      line: line(duplicate),
      kept: { part: 0, line: line(duplicate.kept) },
    }));
    expect(flat).toEqual(described(one));
  });

  it('have exactly the Jaccard similarity of their shingles', async () => {
    const shingles = (text: string): Set<string> => {
      const words = text.split(' ');
      return new Set(words.slice(1).map((word, index) => `${words[index]} ${word}`));
    };
    const texts = new Map(planted.map(({ id, text }) => [id, shingles(text)]));
    const result = await search([await write('planted.jsonl', planted)]);
    for (const { id, keptId, similarity } of result.duplicates()) {
      const [a, b] = [texts.get(id)!, texts.get(keptId)!];
      const shared = [...a].filter((shingle) => b.has(shingle)).length;
      expect(similarity).toBeCloseTo(shared / (a.size + b.size - shared), 12);
    }
  });
});

describe('exact duplicates', () => {
  it('differ in case, white space and encoding only', async () => {
    const lines = [
      'The Café\r\nis open.',
      'the cafe\u0301  is open.',
      'THE CAFÉ IS OPEN.',
      'The café is open!',
    ];
    expect(await removals(lines.map((text) => ({ text })))).toEqual([
      'i1>i0 exact',
      'i2>i0 exact',
      'i3>i0 near',
    ]);
  });

  it('are all that is removed without `near`', async () => {
    const text = prose(100);
    const lines = [text, editText(random, text, 0.02), text].map((text) => ({ text }));
    expect(await removals(lines, { near: false })).toEqual(['i2>i0 exact']);
  });

  it('of a removed near-duplicate are removed in favour of the same item', async () => {
    const text = prose(100);
    const edited = editText(random, text, 0.03);
    const found = await duplicatesOf([text, edited, edited].map((text) => ({ text })));
    expect(found.map(({ keptId, kind }) => [keptId, kind])).toEqual([
      ['i0', 'near'],
      ['i0', 'near'],
    ]);
    expect(found[1]!.similarity).toBe(found[0]!.similarity);
  });
});

describe('short and odd texts', () => {
  it('shorter than a shingle are compared exactly', async () => {
    const lines = ['Yes', 'yes ', 'Yes!', 'No', ''].map((text) => ({ text }));
    expect(await removals(lines)).toEqual(['i1>i0 exact']);
    expect(await removals([{ text: 'a b c' }, { text: 'a b c.' }], { shingle_size: 4 })).toEqual([]);
  });

  it('without any word are equal only when they are', async () => {
    expect(await removals(['', ' \n', '!!!', '???'].map((text) => ({ text })))).toEqual(['i1>i0 exact']);
  });

  it('in a script without spaces are compared by characters', async () => {
    const text = '本公司于报告期内实现营业收入较上年同期增长主要系本期销售规模扩大所致并且毛利率保持稳定';
    const edited = text.replace('主要系', '主要是');
    expect(await removals([{ text }, { text: edited }, { text: '今天天气很好' }])).toEqual(['i1>i0 near']);
  });

  it('of many megabytes are compared', async () => {
    const text = prose(300_000);
    expect(await removals([{ text }, { text: prose(50) }, { text: `${text} end` }])).toEqual(['i2>i0 near']);
  });
});

describe('texts that share a template', () => {
  const letterhead =
    'Harbour Savings Bank, 12 Quay Street, telephone 555 0140, registered under 48213. Dear customer,';
  const letter = (day: number, account: number, amount: string, due: number): string =>
    `${letterhead} on ${day} March 2024 we looked through account ${account} and found that the payment of ${amount} euro ` +
    `has not arrived yet. Please transfer the sum by ${due} April 2024, and state the number of the account. If you have ` +
    'paid in the meantime, please take this letter as void. We are glad to help with any question that you may have, in our ' +
    'branch or by telephone, and remain with kind regards, your customer service.';

  it('are kept where their numbers differ', async () => {
    const lines = [
      letter(3, 77120, '1,204.50', 9),
      letter(18, 80544, '96.10', 24),
      letter(27, 31877, '310.00', 30),
    ];
    expect(await removals(lines.map((text) => ({ text })))).toEqual([]);
    expect(
      await removals(
        lines.map((text) => ({ text })),
        { number_overlap: 0 },
      ),
    ).toHaveLength(2);
  });

  it('are removed where the letter is the same but for a word', async () => {
    const text = letter(3, 77120, '1,204.50', 9);
    expect(await removals([{ text }, { text: text.replace('glad', 'happy') }])).toEqual(['i1>i0 near']);
  });

  it('are kept where the boilerplate is half of them', async () => {
    const boilerplate = prose(300);
    const lines = Array.from({ length: 30 }, () => ({ text: `${boilerplate} ${prose(300)}` }));
    expect(await removals(lines)).toEqual([]);
  });
});

describe('what is kept', () => {
  const text = prose(100);
  const lines = [text, `${text} ${prose(4)}`, `${text} ${prose(4)}`].map((text) => ({ text }));

  it('is the first', async () => {
    expect(await removals(lines)).toEqual(['i1>i0 near', 'i2>i0 near']);
  });

  it('is the longest, and of equally long ones the first', async () => {
    expect(await removals(lines, { keep: 'longest' })).toEqual(['i0>i1 near', 'i2>i1 near']);
  });

  it('is never removed itself', async () => {
    const random = randomStream(2, 'chain');
    const chain = [makeText(random, 120)];
    while (chain.length < 25) chain.push(editText(random, chain.at(-1)!, 0.07));
    const found = await duplicatesOf(chain.map((text) => ({ text })));
    const removed = new Set(found.map(({ id }) => id));
    for (const { keptId } of found) expect(removed.has(keptId)).toBe(false);
    // The end of the chain has hardly anything in common with its beginning.
    expect(found.length).toBeLessThan(23);
    expect(found.length).toBeGreaterThan(10);
  });
});

it('a text that thousands share part of takes no comparison of all with all', async () => {
  // Nearly equal to each other, so that every band puts all of them into a few buckets: 12.5 million pairs.
  const boilerplate = prose(200);
  const lines = Array.from({ length: 5000 }, (_, index) => ({
    text: `${boilerplate} number${index} ${prose(3)}`,
  }));
  const found = await duplicatesOf(lines);
  expect(found).toHaveLength(4999);
  expect(new Set(found.map(({ keptId }) => keptId))).toEqual(new Set(['i0']));
});

describe('conversations', () => {
  const table = Array.from({ length: 30 }, (_, row) => `Line ${row} | ${row * 37} | ${row * 41}`).join('\n');
  const ask = (question: string, answer: string, context = table): Line => ({
    messages: [
      { role: 'system', content: 'Answer from the table.' },
      { role: 'user', content: `${context}\n\n${question}` },
      { role: 'assistant', content: answer },
    ],
    context,
  });

  it('on one table are kept when the questions differ', async () => {
    const topics = ['revenue', 'costs', 'margin', 'debt', 'cash', 'tax', 'equity', 'wages'];
    const lines = topics.map((topic, index) =>
      ask(
        `What was the total amount of ${topic} in the year 2019 according to this table?`,
        `${index * 7 + 3}`,
      ),
    );
    expect(await removals(lines)).toEqual([]);
  });

  it('are kept when only a number differs', async () => {
    const question = (year: number): string =>
      `According to the table that is given above, what was the total amount of all revenue in the year ${year}?`;
    const lines = [ask(question(2019), 'It rose.'), ask(question(2018), 'It rose.')];
    expect(await removals(lines)).toEqual([]);
    const answers = [ask(question(2019), '12 + 3'), ask(question(2019), '12 - 3')];
    expect(await removals(answers)).toEqual([]);
  });

  it('are kept when a word of the question is another', async () => {
    const question = (label: string): string =>
      `According to the table that is given above, did the ${label} increase or decrease from the year 2018 to 2019?`;
    const lines = ['sales', 'costs', 'debts', 'taxes'].map((label) => ask(question(label), 'decreased'));
    expect(await removals(lines)).toEqual([]);
    const longer = question('sales').replace('the year 2018', 'the year of 2018');
    expect(await removals([ask(question('sales'), 'decreased'), ask(longer, 'decreased')])).toEqual([
      'i1>i0 near',
    ]);
  });

  it('with long texts for a question are removed when those are similar', async () => {
    const text = prose(120).replaceAll(/\d/g, 'x');
    const lines = [text, text.replace(/^\S+/, 'other').replace(/\S+$/, 'last')].map((text) =>
      ask(text, 'It is.', ''),
    );
    expect(await removals(lines)).toEqual(['i1>i0 near']);
  });

  it('are kept when only an operator differs', async () => {
    const question = (sign: string): string =>
      `Does the formula that is given above hold for every element of the set when x ${sign} y is true?`;
    expect(await removals([ask(question('<'), 'It does.'), ask(question('>'), 'It does.')])).toEqual([]);
    expect(await removals([ask(question('<'), 'It does.'), ask(question('<'), 'it does!')])).toEqual([
      'i1>i0 near',
    ]);
  });

  it('are kept when one question is asked about different texts', async () => {
    const lines = Array.from({ length: 6 }, () => ask('Does the study support this?', 'Yes.', prose(80)));
    expect(await removals(lines)).toEqual([]);
  });

  it('are removed when they are equal or every part is similar', async () => {
    const question = 'According to the table that is given above, what was the sum of all revenue in 2019?';
    const lines = [
      ask(question, 'The sum was 1,204.'),
      ask(question.toUpperCase(), 'the sum was 1,204.'),
      ask(question.replace('given', 'given right'), 'The sum was 1,204.', `${table}\nend`),
    ];
    expect(await removals(lines)).toEqual(['i1>i0 exact', 'i2>i0 near']);
  });

  it('are no duplicates of texts', async () => {
    const text = prose(60);
    const messages: Message[] = [{ role: 'user', content: text }];
    expect(await removals([{ text }, { messages }, { messages: [...messages] }])).toEqual(['i2>i1 exact']);
  });

  it('with the roles exchanged are different', async () => {
    const turns = (roles: Message['role'][]): Line => ({
      messages: roles.map((role) => ({ role, content: 'One and two and three.' })),
    });
    expect(await removals([turns(['user', 'assistant']), turns(['system', 'user'])])).toEqual([]);
  });
});

describe('the result', () => {
  it('tells positions over parts, ids and clusters', async () => {
    const [text, other] = [prose(80), prose(80)];
    const first = await write('first.jsonl', [
      { id: 'a', text },
      { id: 'b', text: other },
      { id: 'c', text },
    ]);
    const second = await write('second.jsonl', [
      { id: 'ü-1', text: other },
      { id: 'd', text: prose(80) },
      { id: 'e', text },
    ]);
    const result = await search([first, second]);
    expect([...result.clusters()]).toMatchObject([
      { kept: { part: 0, line: 0, id: 'a' }, removed: [{ id: 'c' }, { id: 'e', part: 1, line: 2 }] },
      { kept: { part: 0, line: 1, id: 'b' }, removed: [{ id: 'ü-1', similarity: 1 }] },
    ]);
    expect(result.clusterSizes()).toEqual([
      { size: 2, clusters: 1 },
      { size: 3, clusters: 1 },
    ]);
    const inSecond = createDuplicateFilter(result, 1);
    expect([0, 1, 2, 3].map((line) => inSecond(line)?.keptId)).toEqual(['b', undefined, 'a', undefined]);
  });

  it('counts empty lines, and is not confused by a byte order mark and Windows line ends', async () => {
    const file = join(directory, 'windows.jsonl');
    const line = JSON.stringify({ id: 'x', text: 'one two three' });
    await writeFile(file, `\ufeff${line}\r\n\r\n${line}`);
    const result = await search([file]);
    expect([...result.duplicates()]).toMatchObject([{ line: 2, kept: { line: 0 } }]);
    expect(result.items).toBe(2);
  });

  it('is empty for no parts', async () => {
    expect(await search([])).toMatchObject({ items: 0, removed: 0 });
  });
});

describe('trouble', () => {
  it('names file and line of what is no item', async () => {
    const good = await write('good.jsonl', [{ text: 'a' }]);
    const file = join(directory, 'bad.jsonl');
    for (const bad of ['{"text": "b"', '[1]', 'null']) {
      await writeFile(file, `{"text":"a"}\n\n${bad}\n`);
      const error = await search([good, file]).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(AttuneError);
      expect(error).toMatchObject({ file, line: 3 });
    }
  });

  it('names a file that is missing', async () => {
    await expect(search([join(directory, 'missing.jsonl')])).rejects.toThrow(AttuneError);
  });

  it('stops when it is told to, and leaves no files and listeners', async () => {
    const file = await write('long.jsonl', plantTexts(5000, 9));
    const reason = new Error('enough');
    await expect(search([file], {}, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const workDirectory = join(directory, 'work');
    for (const phase of ['deduplicate', 'compare']) {
      const controller = new AbortController();
      const { signal } = controller;
      let listeners = 0;
      const running = findDuplicates([file], {
        settings: dedupSchema.parse({}),
        workDirectory,
        signal,
        onProgress: (progress) => {
          listeners = Math.max(listeners, getEventListeners(signal, 'abort').length);
          if (progress.phase === phase) controller.abort(reason);
        },
      });
      await expect(running).rejects.toBe(reason);
      expect(listeners).toBe(1);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
      expect(await readdir(workDirectory)).toEqual([]);
    }
  });
});
