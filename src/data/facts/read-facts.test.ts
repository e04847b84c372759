import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { factsSchema } from '../../recipe/data/facts.js';
import { findFiles } from '../ingest/find-files.js';
import { factItems } from './fact-items.js';
import { type ReadFacts, readFacts } from './read-facts.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-facts-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function read(name: string, content: string, heldOut = 1): Promise<ReadFacts> {
  await writeFile(join(directory, name), content);
  return readFacts((await findFiles(name, directory))[0]!, heldOut);
}

const lien = {
  id: 'lien',
  text: 'A lien is a right over property until a debt is paid.',
  questions: ['What is a lien?', 'Explain what a lien is.', 'What does a lien give a lender?'],
  answer: 'a right over property until a debt is paid',
};
const line = (...values: object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const told = ({ problems }: ReadFacts): string[] =>
  problems.map(({ line: at, field, message, fix }) => `${at} ${field}: ${message} | ${fix}`);

describe('readFacts', () => {
  it.each([
    ['a.jsonl', line(lien)],
    ['a.json', JSON.stringify([lien], null, 2)],
    ['a.json', JSON.stringify({ version: 1, facts: [lien] })],
    [
      'a.yaml',
      `- id: lien\n  text: ${lien.text}\n  questions:\n${lien.questions.map((one) => `    - ${one}\n`).join('')}  answer: ${lien.answer}\n`,
    ],
    ['a.yml', `version: 1\nfacts: ${JSON.stringify([lien])}\n`],
  ])('reads %s', async (name, content) => {
    const { facts, problems } = await read(name, content);
    expect(problems).toEqual([]);
    expect(facts).toMatchObject([lien]);
  });

  it('takes the place for the id where there is none, the key in an object, and numbers as texts', async () => {
    const { id: _, ...bare } = lien;
    expect((await read('a.jsonl', line({}, bare).replace('{}', ''))).facts).toMatchObject([
      { id: '2', line: 2 },
    ]);
    const keyed = await read(
      'a.json',
      JSON.stringify({ x: bare, y: { ...bare, questions: ['Q?', 'And Q?'], answer: 12 } }),
    );
    expect(keyed.facts).toMatchObject([{ id: 'x' }, { id: 'y', answer: '12' }]);
  });

  it('names every mistake with line, field and fix', async () => {
    const { answer: _, ...unanswered } = lien;
    const found = await read(
      'a.jsonl',
      `${line(
        { ...lien, questions: ['What is a lien?'] },
        unanswered,
        { ...lien, id: 'b', questions: ['What is a bond?', ' what IS  a bond'], answer: '' },
        { ...lien, text: 3, questions: 'What?' },
        { ...lien, id: 'c', questions: ['Why c?', ''], aspect: ['x'] },
      )}nothing\n[1]\n`,
    );
    expect(told(found).map((one) => one.replace(/Unexpected.*JSON/, '...'))).toEqual([
      '1 questions: 1 phrasing of the question, at least 2 are wanted: `held_out_phrasings` keeps 1 out of training | write further phrasings, or hold fewer out',
      '2 answer: `answer` is missing | write the short `answer` to all phrasings',
      '3 answer: `answer` is empty | write the short `answer` to all phrasings',
      '4 text: `text` has to be a text | say the fact as `text`, in one or two sentences',
      '4 questions: `questions` has to be a list of texts | write several phrasings of one question as a list',
      '5 aspect: unknown field `aspect` | did you mean `aspects`?',
      '5 questions.1: `questions.1` is empty | write several phrasings of one question as a list',
      expect.stringMatching(/^6 undefined: is not valid JSON/),
      '7 undefined: a fact has to be an object | write `text`, `questions` and `answer` of each fact',
    ]);
  });

  it('finds equal phrasings in one fact and in two, and ids that are there twice', async () => {
    const found = await read(
      'a.jsonl',
      line(
        { ...lien, questions: ['What is a lien?', ' what IS  a lien'] },
        { ...lien, questions: ['Name the claim.', 'WHAT is a “lien”?'] },
      ),
    );
    expect(told(found)).toEqual([
      '1 questions.1: the phrasing "what IS  a lien" is there twice | phrase the question in another way',
      '2 id: the id "lien" is that of the fact in line 1 too | give every fact its own id, or none',
      '2 questions.1: the phrasing "WHAT is a “lien”?" is that of the fact in line 1 too | ask each fact by its own question',
    ]);
  });

  it('tells formulas and signs apart', async () => {
    const questions = ['What is a + b?', 'What is a - b?', 'What is a / b?'];
    expect((await read('a.jsonl', line({ ...lien, questions }))).problems).toEqual([]);
  });

  it('says what is wrong with YAML, with the line', async () => {
    expect(told(await read('a.yaml', '- id: x\n  text: a\n bad: [\n'))[0]).toMatch(
      /^[34] undefined: is not valid YAML/,
    );
    expect(told(await read('a.yaml', 'just: words\n'))).toEqual([
      '1 undefined: holds no list of records | write a list, each record behind a dash',
    ]);
    expect(told(await read('a.yaml', `\n- &a [x, x]\n- text: y\n`))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^2 undefined: a fact has/),
        expect.stringMatching(/^3 answer/),
      ]),
    );
    const bomb = `${['- &a0 [x]', ...Array.from({ length: 9 }, (_, at) => `- &a${at + 1} [${`*a${at},`.repeat(9)}]`)].join('\n')}\n`;
    expect(told(await read('b.yaml', bomb)).some((one) => one.includes('alias'))).toBe(true);
  });

  it('refuses files of other kinds and empty ones', async () => {
    await expect(read('a.csv', 'text,answer\na,b\n')).rejects.toThrow('holds no facts: it is a csv file');
    expect(told(await read('a.yaml', '[]'))).toEqual([
      'undefined undefined: holds no facts | write one fact a line; docs/knowledge.md shows their form',
    ]);
  });

  it('takes long lines of one character in its stride', async () => {
    const long = 'a'.repeat(100_000);
    const { problems } = await read(
      'a.jsonl',
      line({ ...lien, text: long, questions: [long, '-'.repeat(100_000)] }),
    );
    expect(problems).toEqual([]);
  });
});

describe('factItems', () => {
  const source = factsSchema.parse({
    type: 'facts',
    path: 'x',
    licence: 'CC0-1.0',
    system_prompt: 'Be short.',
  });

  it('makes a text and every phrasing but the held-out ones, all of them trained on', async () => {
    const fact = { ...lien, line: 4, aspects: ['law'], group: 'securities' };
    const items = factItems(fact, source, 'facts.jsonl');
    expect(items).toMatchObject([
      { id: 'facts.jsonl#lien:text', task: 'fact_text', text: lien.text },
      { id: 'facts.jsonl#lien:1', task: 'recall' },
      { id: 'facts.jsonl#lien:2', task: 'recall' },
    ]);
    for (const item of items) {
      expect(item).toMatchObject({
        split: 'train',
        licence: 'CC0-1.0',
        group: 'securities',
        aspects: ['law'],
        origin: { file: 'facts.jsonl', row: 4 },
      });
    }
    expect(items[1]!.messages).toEqual([
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'What is a lien?' },
      { role: 'assistant', content: lien.answer },
    ]);
  });

  it('never gives away a held-out phrasing, however many are held out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 1, max: 8 }), (count, heldOut) => {
        fc.pre(heldOut < count);
        const questions = Array.from({ length: count }, (_, at) => `Phrasing ${at}?`);
        const items = factItems(
          { ...lien, questions, line: 1 },
          { ...source, held_out_phrasings: heldOut },
          'f',
        );
        const asked = items.flatMap(({ messages }) => messages?.at(-2)?.content ?? []);
        expect(asked).toEqual(questions.slice(0, count - heldOut));
        expect(JSON.stringify(items)).not.toContain(questions.at(-1));
      }),
    );
  });
});
