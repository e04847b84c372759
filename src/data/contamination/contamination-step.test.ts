import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random.js';
import { contaminationSchema } from '../../recipe/data/contamination.js';
import type { Item } from '../item.js';
import type { RemovedItem } from '../step.js';
import {
  editWords,
  hasRealQuestions,
  makeFacts,
  makeItem,
  makeProse,
  makeTable,
  makeText,
  makeWords,
  type Question,
  readPubmedqa,
  readTatqa,
  reframe,
  rewrite,
} from './cases.fixture.js';
import { type BuildIndexOptions, buildContaminationIndex } from './contamination-index.js';
import { createContaminationStep } from './contamination-step.js';
import { heldOutItem } from './held-out.js';

const settings = contaminationSchema.parse({});

async function removedFrom(
  held: Item[],
  trained: Item[],
  { benchmark, ...options }: BuildIndexOptions & { benchmark?: string } = {},
  overrides: object = {},
): Promise<RemovedItem[]> {
  const chosen = { ...settings, ...overrides };
  const index = await buildContaminationIndex(
    held.map((item) => heldOutItem(item, benchmark)),
    chosen,
    options,
  );
  const { items, removed } = await createContaminationStep(index, chosen)(trained);
  expect(items.length + removed.length).toBe(trained.length);
  return removed;
}

/** The ways in which held-out questions get into training data. */
function plant(held: Question[], seed: number): Record<string, Item[]> {
  const random = randomStream(seed, 'plant');
  const words = makeWords(random, 3000);
  const edit = (text: string): string => rewrite(editWords(text, 0.1, random), random);
  const around = (text: string): string =>
    `${makeProse(words, 80, random)}. ${text} ${makeProse(words, 80, random)}`;
  const each = (make: (question: Question, bare: Omit<Question, 'context'>) => Item): Item[] =>
    held.map((question) => {
      const { context, ...bare } = question;
      return make(question, bare);
    });
  return {
    verbatim: each((all) => makeItem(`${all.id} copied`, all)),
    'verbatim in one prompt': each((all) => makeItem(`${all.id} copied`, all, false)),
    edited: each(({ id, question, answer, context }) =>
      makeItem(`${id} edited`, {
        question: edit(question),
        answer: rewrite(answer, random),
        ...(context ? { context: edit(context) } : {}),
      }),
    ),
    'without its passage': each((_all, bare) => makeItem(`${bare.id} bare`, bare)),
    'without its passage, edited': each((_all, { id, question, answer }) =>
      makeItem(`${id} bare`, { question: edit(question), answer: rewrite(answer, random) }),
    ),
    'without its passage, reframed': each((_all, { id, question, answer }) =>
      makeItem(`${id} framed`, { question: reframe(edit(question), random), answer }),
    ),
    'in a longer text': each(({ id, question, answer, context }) =>
      makeText(`${id} text`, around(`${context ?? ''} ${question} ${answer}`)),
    ),
  };
}

/** Bars: 0.95 of everything that is planted, and nearly as much of every way. */
async function expectFound(held: Question[], seed: number): Promise<void> {
  const items = held.map((question) => makeItem(question.id, question));
  let [found, all] = [0, 0];
  for (const [way, planted] of Object.entries(plant(held, seed))) {
    const removed = await removedFrom(items, planted, { benchmark: 'b' });
    expect(removed.length / planted.length, way).toBeGreaterThanOrEqual(0.93);
    found += removed.length;
    all += planted.length;
  }
  expect(found / all).toBeGreaterThanOrEqual(0.95);
}

async function expectKept(held: Question[], clean: Item[]): Promise<void> {
  const items = held.map((question) => makeItem(question.id, question));
  const removed = await removedFrom(items, clean, { benchmark: 'b' });
  expect(removed.length / clean.length, removed[0]?.detail).toBeLessThanOrEqual(0.01);
}

/** Questions on tables, `count` of each of some tables. */
function tableQuestions(seed: number, tables: number): Question[] {
  const random = randomStream(seed, 'tables');
  return Array.from({ length: tables }, (_, t) => {
    const { text, questions } = makeTable(random);
    return questions.map((question, q) => ({ ...question, id: `table ${seed}.${t}.${q}`, context: text }));
  }).flat();
}

describe('made questions', () => {
  const random = randomStream(5, 'facts');
  const facts = makeFacts(random, 600);
  const held = facts.slice(0, 200);

  it('finds questions that need no passage', () => expectFound(held, 1));

  it('keeps other questions in the same words, with the same system text and answers', async () => {
    await expectKept(
      held,
      facts.slice(200).map((fact) => makeItem(fact.id, fact)),
    );
  });

  it('keeps the same questions on other tables', async () => {
    const heldTables = tableQuestions(1, 20);
    await expectKept(
      heldTables,
      tableQuestions(2, 60).map((question) => makeItem(question.id, question)),
    );
    await expectKept(
      heldTables,
      tableQuestions(3, 60).map((question) => makeItem(question.id, question, false)),
    );
  });

  it('finds other questions on the same table, written differently', async () => {
    const table = makeTable(randomStream(7));
    const [first, , third] = table.questions as [Question, Question, Question];
    const markdown = table.text.replace(/^(.*) \| 2019 (\d+) \| 2018 (\d+)$/gm, (_, label, now, before) => {
      const grouped = (digits: string): string => Number(digits).toLocaleString('en-US');
      return `| ${label} | $${grouped(now)} | $${grouped(before)} |`;
    });
    expect(markdown).not.toBe(table.text);
    const [removed] = await removedFrom(
      [makeItem('held', { ...first, context: table.text })],
      [makeItem('trained', { question: third.question, answer: third.answer, context: markdown })],
    );
    expect(removed).toMatchObject({ id: 'trained', reason: 'shared_context' });
    expect(removed!.detail).toBe('1.00 of the figures of the context of held (test)');
  });

  it('keeps texts that share boilerplate with many held-out ones', async () => {
    const words = makeWords(random, 4000);
    const boilerplate = makeProse(words, 60, random);
    const text = (id: string): Item => makeText(id, `${makeProse(words, 80, random)} ${boilerplate}`);
    const ids = (name: string, count: number): string[] =>
      Array.from({ length: count }, (_, i) => `${name} ${i}`);
    expect(await removedFrom(ids('held', 40).map(text), ids('trained', 200).map(text))).toEqual([]);
  });

  it('finds a text that is a piece of a long held-out one', async () => {
    const words = makeWords(random, 4000);
    const long = makeProse(words, 3000, random);
    const piece = long.split(' ').slice(1000, 1150).join(' ');
    const [removed] = await removedFrom([makeText('held', long)], [makeText('piece', piece)]);
    expect(removed).toMatchObject({ reason: 'heldout_overlap' });
    expect(removed!.detail).toMatch(/^1\.00 of this item's 5-grams come from a part of held \(test\)$/);
  });
});

describe.skipIf(!hasRealQuestions)('real questions (needs ../shared/data)', () => {
  it('TAT-QA: finds its questions, keeps those on other tables', async () => {
    const tables = readTatqa();
    const held = tables.slice(0, 139).flat();
    const others = tables.slice(139).flat();
    await expectFound(held, 1);
    await expectKept(
      held,
      others.map((question) => makeItem(question.id, question)),
    );
    await expectKept(
      held,
      others.map((question) => makeItem(question.id, question, false)),
    );
  });

  it('PubMedQA: finds its questions, keeps the others', async () => {
    const questions = readPubmedqa();
    const held = questions.slice(0, 500);
    const others = questions.slice(500);
    await expectFound(held, 2);
    await expectKept(
      held,
      others.map((question) => makeItem(question.id, question)),
    );
    await expectKept(
      held,
      others.map(({ context, ...bare }) => makeItem(bare.id, bare)),
    );
  });
});

describe('the step', () => {
  const question = {
    question: 'Why do zebras in Botswana migrate northwards?',
    answer: 'because of the rain',
  };

  it('removes items of a held-out group, and of a held-out document where that is asked for', async () => {
    const held = {
      ...makeText('held', 'nothing in common'),
      group: 'acme',
      origin: { file: 'a.pdf', page: 1 },
    };
    const sameGroup = { ...makeText('1', 'something else'), group: 'acme' };
    const sameFile = { ...makeText('2', 'something else'), origin: { file: 'a.pdf', page: 2 } };
    expect(await removedFrom([held], [sameGroup, sameFile])).toMatchObject([
      { id: '1', reason: 'shared_group', detail: 'group acme of held (test)' },
    ]);
    expect(await removedFrom([held], [sameGroup, sameFile], {}, { shared_source: true })).toMatchObject([
      { id: '1', reason: 'shared_group' },
      { id: '2', reason: 'shared_source', detail: 'document a.pdf of held (test)' },
    ]);
  });

  it('lets test items and items without a split pass as they are', async () => {
    const held = makeItem('held', question);
    const index = await buildContaminationIndex([heldOutItem(held)], settings);
    const items: Item[] = [
      { ...held, split: 'test' },
      { ...held, split: undefined },
    ];
    const outcome = await createContaminationStep(index, settings)(items);
    expect(outcome.items[0]).toBe(items[0]);
    expect(outcome.items[1]).toBe(items[1]);
    expect(outcome.removed).toEqual([]);
  });

  it('says which item was found, how much of it, and where', async () => {
    const [removed] = await removedFrom(
      [makeItem('q7', question)],
      [{ ...makeItem('t', question), split: 'validation' }],
      { benchmark: 'animals' },
    );
    expect(removed).toEqual({
      id: 't',
      source: 'made',
      step: 'contamination',
      reason: 'benchmark_overlap',
      detail: '1.00 of the question, and the answer, of q7 (animals)',
      excerpt: expect.stringContaining('You are a careful analyst'),
    });
  });

  it('gives the same for an index that went through structured cloning, whatever the batches', async () => {
    const facts = makeFacts(randomStream(9), 60);
    const index = await buildContaminationIndex(
      facts.slice(0, 30).map((fact) => heldOutItem(makeItem(fact.id, fact), 'b')),
      settings,
    );
    const items = facts.map((fact) => makeItem(`t ${fact.id}`, fact));
    const whole = await createContaminationStep(index, settings)(items);
    expect(whole.removed.length).toBeGreaterThanOrEqual(30);
    const cloned = createContaminationStep(structuredClone(index), settings);
    const single: RemovedItem[] = [];
    for (const item of items.toReversed()) single.unshift(...(await cloned([item])).removed);
    expect(single).toEqual(whole.removed);
  });

  it('still finds passages when the index keeps a sample of their n-grams', async () => {
    const random = randomStream(11);
    const words = makeWords(random, 5000);
    const held = Array.from({ length: 1500 }, (_, i) => makeText(`held ${i}`, makeProse(words, 200, random)));
    const index = await buildContaminationIndex(
      held.map((item) => heldOutItem(item)),
      settings,
      {
        most_features: 100_000,
      },
    );
    expect(index.features.samplingRate).toBe(4);
    const step = createContaminationStep(index, settings);
    const copies = held.map((item) => ({
      ...makeText(`${item.id} copy`, editWords(item.text!, 0.05, random)),
    }));
    expect((await step(copies)).removed.length).toBeGreaterThan(0.99 * held.length);
    const others = held.map(({ id }) => makeText(`${id} other`, makeProse(words, 200, random)));
    expect((await step(others)).removed).toEqual([]);
  });

  it('takes an instruction that many groups share for no passage', async () => {
    const instruction =
      'Rewrite the sentence below so that a child of ten years can read it without help from others.';
    const held = ['the cat sleeps', 'our dog barks', 'a bird sings', 'the cow eats'].map((sentence, i) =>
      makeItem(`h${i}`, { question: sentence, answer: 'x', context: instruction }),
    );
    const clean = makeItem('t', { question: 'my horse runs away', answer: 'y', context: instruction });
    expect(await removedFrom(held, [clean])).toEqual([]);
  });

  it('stands empty items, empty indexes and texts of one character', async () => {
    const odd = [
      '',
      ' ',
      '?',
      'a'.repeat(100_000),
      'a '.repeat(50_000),
      '1'.repeat(100_000),
      '漢'.repeat(10_000),
    ];
    const items = odd.map((text, i) => makeText(`text ${i}`, text));
    expect(await removedFrom([], items)).toEqual([]);
    expect(
      await removedFrom([makeText('held', ''), makeItem('q', { question: '', answer: '' })], items),
    ).toEqual([]);
  });
});
