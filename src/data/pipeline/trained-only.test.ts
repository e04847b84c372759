import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataSchema } from '../../recipe/data.js';
import { checkData } from '../check.js';
import type { Dataset } from '../dataset.js';
import { type Example, splits } from '../example.js';
import { prepareDataset } from '../prepare.js';
import { lengthRehearser } from '../replay/rehearser.fixture.js';
import { findStory } from '../story.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-trained-only-'));
  await put('records.jsonl', records);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const put = (name: string, values: readonly object[] | string): Promise<void> =>
  writeFile(
    join(directory, name),
    typeof values === 'string' ? values : values.map((value) => `${JSON.stringify(value)}\n`).join(''),
  );

const towns = ['Bergen', 'Ghent', 'Porto', 'Krakow', 'Turku', 'Graz', 'Nantes', 'Cork', 'Lugano', 'Tartu'];
const records = towns.map((town, index) => ({
  id: `r${index}`,
  prompt: `Which plant stands in ${town}, and what is made there?`,
  completion: `The plant in ${town} makes ${['pumps', 'fans', 'gears', 'tiles', 'ropes'][index % 5]}.`,
}));
/** Phrasings so alike that a search for duplicates takes them for one. */
const facts = ['accrual', 'goodwill', 'covenant', 'tranche'].map((term) => ({
  id: term,
  text: `The word ${term} has a meaning in accounting that the handbook gives in its first chapter.`,
  questions: [
    `Please tell me in a few words what the handbook of accounting says about the term ${term}.`,
    `Please tell me in few words what the handbook of accounting says about the term ${term}.`,
    `Please tell me in a few words what the handbook for accounting says about the term ${term}.`,
    `Please tell me what the handbook of accounting says about the term ${term} in a few words.`,
  ],
  answer: `the handbook's ${term}`,
}));
const recordsSource = { type: 'records', path: 'records.jsonl' };
const factsSource = { type: 'facts', path: 'facts.jsonl', licence: 'CC0-1.0' };

const settingsOf = (data: object) =>
  dataSchema.parse({ split: { train: 0.6, validation: 0.2, test: 0.2 }, ...data });

function prepare(data: object, more: object = {}): Promise<Dataset> {
  return prepareDataset(settingsOf(data), {
    baseDirectory: directory,
    cacheDirectory: join(directory, 'data'),
    seed: 3,
    ...more,
  });
}

const allOf = async (dataset: Dataset): Promise<Example[]> =>
  (await Promise.all(splits.map((split) => dataset.examples(split)))).flat();

describe('facts', () => {
  beforeEach(() => put('facts.jsonl', facts));

  it('are all trained on, phrasings and all, while the rest is divided as without them', async () => {
    const alone = await allOf(await prepare({ sources: [recordsSource] }));
    const dataset = await prepare({ sources: [recordsSource, factsSource] });
    const examples = await allOf(dataset);
    const own = examples.filter(({ licence }) => licence === 'CC0-1.0');
    expect(own).toHaveLength(4 * (1 + 3));
    expect(new Set(own.map(({ split }) => split))).toEqual(new Set(['train']));
    expect(new Set(own.map(({ task }) => task))).toEqual(new Set(['fact_text', 'recall']));
    expect(examples.filter(({ licence }) => licence !== 'CC0-1.0')).toEqual(alone);
    for (const { questions } of facts) expect(JSON.stringify(examples)).not.toContain(questions[3]);
  });

  it('would lose phrasings to the search for duplicates if they were records', async () => {
    const asRecords = facts.flatMap(({ id, questions, answer }) =>
      questions
        .slice(0, 3)
        .map((prompt, index) => ({ id: `${id}${index}`, group: id, prompt, completion: answer })),
    );
    await put('records.jsonl', [...records, ...asRecords]);
    const { card } = await prepare({ sources: [recordsSource] });
    expect(card.duplicates.near).toBeGreaterThan(0);
  });

  it('say on the card, in the report and in their story how they were treated', async () => {
    const { card, directory: folder } = await prepare({ sources: [factsSource, recordsSource] });
    expect(card.sources[0]).toMatchObject({ type: 'facts', examples: 16, facts: { facts: 4, held_out: 4 } });
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toContain(
      '`facts.jsonl` (facts): 16 examples, from 1 jsonl, of 4 facts; all in the train split, none taken for a duplicate; 4 phrasings are held out for recall',
    );
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain(
      'only trained on and not compared for duplicates',
    );
    const story = await findStory(folder, 'facts.jsonl#goodwill:2');
    expect(story?.example?.steps).toMatchObject([
      { step: 'facts', note: 'phrasing 2 of 4 of the fact goodwill' },
    ]);
  });

  it('take their whole group into training', async () => {
    await put('facts.jsonl', [{ ...facts[0], group: 'Porto' }]);
    await put(
      'records.jsonl',
      records.map((record, index) => ({ ...record, group: towns[index] })),
    );
    for (const seed of [1, 2, 3]) {
      const examples = await allOf(await prepare({ sources: [recordsSource, factsSource] }, { seed }));
      const group = examples.filter((example) => example.group === 'Porto');
      expect(group.map(({ split }) => split)).toEqual(Array(5).fill('train'));
    }
  });

  it('can be all there is', async () => {
    const { counts } = await prepare({ sources: [factsSource] });
    expect(counts).toEqual({ train: 16, validation: 0, test: 0 });
  });

  it('keep their aspects beside those that the recipe finds', async () => {
    await put('facts.jsonl', [{ ...facts[0], aspects: ['terms'] }]);
    const coverage = { aspects: [{ name: 'accounting', keywords: ['accounting'] }] };
    const examples = await allOf(await prepare({ sources: [factsSource, recordsSource], coverage }));
    expect(examples.find(({ task }) => task === 'recall')?.aspects).toEqual(['terms', 'accounting']);
  });

  it('have personal data masked like everything else, and are not cleaned', async () => {
    const fact = { ...facts[0], text: 'Ask  ann.doe@example.com.', answer: 'ann.doe@example.com' };
    await put('facts.jsonl', [fact]);
    const examples = await allOf(await prepare({ sources: [factsSource, recordsSource] }));
    const text = examples.find(({ task }) => task === 'fact_text')?.text;
    expect(text).toMatch(/^Ask {2}\S/);
    expect(JSON.stringify(examples)).not.toContain('ann.doe');
  });

  it('take records that ask the same into training', async () => {
    await put(
      'facts.jsonl',
      records.slice(0, 3).map(({ id, prompt, completion }) => ({
        id,
        text: `About ${id}.`,
        questions: [prompt, `${prompt} Say.`],
        answer: completion,
      })),
    );
    for (const seed of [1, 2, 3]) {
      const examples = await allOf(await prepare({ sources: [recordsSource, factsSource] }, { seed }));
      const same = examples.filter(({ id }) => ['r0', 'r1', 'r2'].includes(id));
      expect(same.map(({ split }) => split)).toEqual(['train', 'train', 'train']);
    }
  });

  it('with mistakes stop the preparation with file and line, and a check lists all', async () => {
    await put('facts.jsonl', [
      facts[0]!,
      { ...facts[1], questions: ['One?'] },
      { ...facts[2], answer: undefined },
    ]);
    const data = { sources: [factsSource, recordsSource] };
    await expect(prepare(data)).rejects.toMatchObject({
      file: expect.stringContaining('facts.jsonl'),
      line: 2,
      field: 'questions',
      message: expect.stringContaining('and 1 more problem'),
    });
    const { problems } = await checkData(settingsOf(data), { baseDirectory: directory, seed: 1 });
    expect(
      problems.filter(({ severity }) => severity === 'error').map(({ line, field }) => [line, field]),
    ).toEqual([
      [2, 'questions'],
      [3, 'answer'],
    ]);
  });
});

describe('replay', () => {
  const prompts = Array.from({ length: 30 }, (_, index) => ({
    prompt: `${towns[index % 10]} ${'o'.repeat(index)}?`,
  }));
  const replaySource = { type: 'replay', path: 'prompts.jsonl', max_new_tokens: 30 };
  beforeEach(() => put('prompts.jsonl', prompts));

  it('becomes training items in the order of the sources, with an account of what was left out', async () => {
    const { rehearser, rounds } = lengthRehearser();
    const data = { sources: [replaySource, recordsSource] };
    const dataset = await prepare(data, { rehearser });
    const { asked, not_ended, prompts: there } = dataset.card.sources[0]!.replay!;
    expect([there, asked]).toEqual([30, 30]);
    expect(not_ended).toBe(prompts.filter(({ prompt }) => prompt.length > 30).length);
    const own = (await allOf(dataset)).filter(
      ({ task, licence }) => task === 'general' && licence === 'Apache-2.0',
    );
    expect(own).toHaveLength(30 - not_ended);
    for (const { split, aspects } of own) expect([split, aspects]).toEqual(['train', ['general']]);
    expect(await readFile(join(dataset.directory, 'README.md'), 'utf8')).toContain(
      `30 of 30 prompts asked, answers left out: ${not_ended} not ended; all in the train split`,
    );
    expect((await findStory(dataset.directory, 'prompts.jsonl:30'))?.removed).toMatchObject({
      step: 'replay',
      reason: 'not_ended',
    });
    await prepare(data, { rehearser });
    expect(rounds).toHaveLength(1);
    const other = await prepare(data, { rehearser: { ...lengthRehearser().rehearser, hash: 'other' } });
    expect(other.hash).not.toBe(dataset.hash);
  });

  it('gives the same bytes after an interruption as without one', async () => {
    const data = { sources: [recordsSource, replaySource] };
    const whole = await prepare(data, lengthRehearser());
    const controller = new AbortController();
    const elsewhere = await mkdtemp(join(tmpdir(), 'attune-trained-only-'));
    for (const name of ['records.jsonl', 'prompts.jsonl'])
      await cp(join(directory, name), join(elsewhere, name));
    const options = {
      ...lengthRehearser(),
      baseDirectory: elsewhere,
      cacheDirectory: join(elsewhere, 'data'),
    };
    const stopped = prepare(data, {
      ...options,
      signal: controller.signal,
      onProgress: ({ phase, done }: { phase: string; done: number }) => {
        if (phase === 'replay' && done === 9) controller.abort(new Error('stopped'));
      },
    });
    await expect(stopped).rejects.toThrow('stopped');
    const again = await prepare(data, options);
    expect(again.hash).toBe(whole.hash);
    for (const file of ['train.parquet', 'README.md', 'removed.parquet']) {
      expect(await readFile(join(again.directory, file))).toEqual(
        await readFile(join(whole.directory, file)),
      );
    }
  });

  it('is not asked for by a check, and needs a model to be prepared', async () => {
    const data = { sources: [replaySource, recordsSource] };
    const check = await checkData(settingsOf(data), { baseDirectory: directory, seed: 1 });
    expect(check.problems).toEqual([]);
    expect(check.sources[0]).toMatchObject({
      type: 'replay',
      examples: 0,
      replay: { prompts: 30, asked: 0 },
    });
    await expect(prepare(data)).rejects.toThrow('replay needs the model that answers the prompts');
  });

  it('warns where the prompts run out', async () => {
    const { card } = await prepare(
      { sources: [{ ...replaySource, count: 29 }, recordsSource] },
      lengthRehearser(),
    );
    const { examples } = card.sources[0]!;
    expect(examples).toBeLessThan(29);
    expect(card.warnings).toEqual([
      `replay gave ${examples} of the 29 answers that are wanted: no prompt is left`,
    ]);
  });

  it('takes the prompts that come with Attune', async () => {
    const { card } = await prepare(
      { sources: [{ type: 'replay', count: 25 }, recordsSource] },
      lengthRehearser(),
    );
    expect(card.sources[0]).toMatchObject({ path: 'builtin', type: 'replay', examples: 25 });
    expect(card.warnings).toEqual([]);
  });
});
