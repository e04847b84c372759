import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataSchema } from '../../recipe/data.js';
import type { Dataset } from '../dataset.js';
import { type Example, splits } from '../example.js';
import { prepareDataset } from '../prepare.js';
import { findStory, listDatasets } from '../story.js';
import { type Teacher, TeacherError } from '../teacher/teacher.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-pipeline-'));
  await mkdir(join(directory, 'sources', 'sub'), { recursive: true });
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const put = (name: string, content: string): Promise<void> =>
  writeFile(join(directory, 'sources', name), content);

const report = (name: string, sales: number, before: number): string => `# ${name} annual report

## Results

Net sales of ${name} increased to $${sales}.5 million in 2019, compared to $${before}.2 million in 2018.
"Adjusted margin" means gross profit divided by net sales, without charges for closed plants.

| (in millions) | 2019 | 2018 |
|---|---|---|
| Sales of ${name} products | ${sales}.5 | ${before}.2 |
| Costs of ${name} materials | ${sales - 40}.1 | ${before - 30}.4 |
`;

async function prepare(data: object, more: object = {}): Promise<Dataset> {
  return prepareDataset(dataSchema.parse(data), {
    baseDirectory: directory,
    cacheDirectory: join(directory, 'data'),
    seed: 3,
    ...more,
  });
}

async function allExamples(dataset: Dataset): Promise<Example[]> {
  return (await Promise.all(splits.map((split) => dataset.examples(split)))).flat();
}

const documents = { sources: [{ type: 'documents', path: 'sources', licence: 'CC0-1.0' }] };

describe('a folder of every kind of file', () => {
  it('becomes passages, pairs and records, each with its story', async () => {
    await put('Alpha.md', report('Alpha', 120, 90));
    await put('Beta.md', report('Beta', 310, 250));
    await put('sub/Gamma.md', report('Gamma', 77, 61));
    await put(
      'page.html',
      '<h1>Terms</h1><p>A covenant is a promise in a loan agreement that the borrower keeps.</p>',
    );
    await put(
      'notes.txt',
      'OVERVIEW\n\nThe plant in Lyon reopened in May after repairs that took three weeks.',
    );
    await put('table.csv', 'Item,2019,2018\nPumps,12.5,11.0\nFans,7.25,6.5\n');
    await put(
      'questions.csv',
      'question,answer\nWhat is a lien?,A claim on property\nWhat is a bond?,A debt that is traded\n',
    );
    await put(
      'copy.txt',
      'OVERVIEW\n\nThe plant in Lyon reopened in May after repairs that took three weeks.',
    );
    await put('broken.pdf', '%PDF-1.7 this is none');
    const dataset = await prepare(documents);
    const { card } = dataset;
    expect(card.sources[0]).toMatchObject({
      rejected: 1,
      forms: { markdown: 3, html: 1, text: 2, 'csv: question answer': 1, csv: 1 },
    });
    expect(card.duplicates).toMatchObject({ exact: 1, near: 0 });
    expect(card.warnings.some((warning) => warning.includes('PDF'))).toBe(true);

    const examples = await allExamples(dataset);
    const tasks = new Set(examples.map(({ task }) => task));
    expect([...tasks]).toEqual(expect.arrayContaining(['text', 'look_up', 'definition', 'general']));
    for (const { id, steps, origin } of examples) {
      if (!id.includes('questions.csv')) expect(steps!.length, id).toBeGreaterThan(0);
      expect(origin!.file, id).toMatch(/^sources\//);
    }
    const pair = examples.find(({ task, group }) => task === 'look_up' && group.endsWith('Alpha.md'))!;
    expect(pair.messages![1]!.content).toContain(pair.messages!.at(-1)!.content);

    expect(await listDatasets(join(directory, 'data'))).toEqual([dataset.directory]);
    expect(await findStory(dataset.directory, pair.id)).toMatchObject({ example: { id: pair.id } });
    const gone = await findStory(dataset.directory, 'sources/notes.txt');
    expect(gone!.removed).toMatchObject({
      step: 'dedup',
      reason: 'exact_duplicate',
      kept: 'sources/copy.txt',
    });
    expect(await findStory(dataset.directory, 'nothing')).toBeUndefined();
    expect(await readFile(join(dataset.directory, 'report.html'), 'utf8')).toContain(
      'Content-Security-Policy',
    );
  });

  it('takes a source with too many broken records for an error, and names them', async () => {
    await put('a.jsonl', '{"prompt": "p", "completion": "c"}\n{"prompt": "q"}\n');
    await expect(prepare({ sources: [{ type: 'records', path: 'sources/a.jsonl' }] })).rejects.toMatchObject({
      line: 2,
      field: 'completion',
      fix: expect.any(String),
    });
    const lenient = await prepare({
      sources: [{ type: 'records', path: 'sources/a.jsonl' }],
      max_rejected_share: 0.5,
      split: { train: 1, validation: 0, test: 0 },
    });
    const rejected = await readFile(join(lenient.directory, 'rejected.jsonl'), 'utf8');
    expect(JSON.parse(rejected)).toMatchObject({ line: 2, record: '{"prompt": "q"}' });
  });
});

describe('privacy', () => {
  it('leaves no value anywhere in the data set, not in what was removed or rejected either', async () => {
    const person = (index: number): string => `ada.person${index}@mail-of-${index}.com`;
    const lines = [0, 1, 2, 3, 4, 5].map((index) =>
      JSON.stringify({
        id: `contact ${person(index)}`,
        prompt: `Who wrote letter ${index} to the CafÃ©? Write to ${person(index)}.`,
        completion: index % 2 ? `It was ${person(index)}` : '### Response: nobody',
      }),
    );
    lines.push(JSON.stringify({ prompt: `only ${person(7)}` }));
    await put('a.jsonl', `${lines.join('\n')}\n`);
    const dataset = await prepare({
      sources: [{ type: 'records', path: 'sources/a.jsonl' }],
      max_rejected_share: 0.5,
      split: { train: 1, validation: 0, test: 0 },
      dedup: { near: false },
    });
    expect(dataset.card.steps.find(({ step }) => step === 'privacy')!.changed.email).toBeGreaterThan(8);
    expect(dataset.card.steps.find(({ step }) => step === 'clean')!.samples.length).toBeGreaterThan(0);
    for (const name of await readdir(dataset.directory)) {
      const bytes = await readFile(join(dataset.directory, name));
      expect(bytes.includes('ada.person'), name).toBe(false);
    }
    expect(JSON.stringify(await allExamples(dataset))).not.toContain('ada.person');
    expect(await readFile(join(dataset.directory, 'rejected.jsonl'), 'utf8')).toContain('[EMAIL]');
  });
});

describe('changed settings', () => {
  it('redo only the stages that depend on them, and leave no others behind', async () => {
    for (const [index, name] of ['Alpha', 'Beta', 'Gamma'].entries()) {
      await put(`${name}.md`, report(name, 100 + 37 * index, 80 + 21 * index));
    }
    const stages = async (): Promise<Map<string, number>> => {
      const [only] = await readdir(join(directory, 'data', '.stages'));
      const folder = join(directory, 'data', '.stages', only!);
      const times = new Map<string, number>();
      for (const name of await readdir(folder)) times.set(name, (await stat(join(folder, name))).mtimeMs);
      return times;
    };
    const first = await prepare(documents);
    const before = await stages();
    const second = await prepare({
      ...documents,
      coverage: { aspects: [{ name: 'sales', keywords: ['sales'] }] },
    });
    const after = await stages();
    expect(second.hash).not.toBe(first.hash);
    const kept = [...before.keys()].filter((name) => after.has(name)).map((name) => name.split('-')[0]);
    expect(kept.sort()).toEqual(['dedup', 'pairs', 'read', 'refine']);
    expect(after.size).toBe(before.size);
    expect(second.card.coverage.aspects[0]!.train).toBeGreaterThan(0);
  });
});

describe('a teacher', () => {
  const settings = {
    sources: [{ type: 'documents', path: 'sources', make: ['text'] }],
    teacher: {
      tasks: ['extraction'],
      pairs_per_passage: 1,
      min_passage_characters: 50,
      stop_after_failures: 50,
    },
    split: { train: 1, validation: 0, test: 0 },
    dedup: { near: false },
  };
  const answer = (passage: string): string => {
    const sales = /increased to (\$[\d.]+ million)/.exec(passage)![1]!;
    const quote = /Net sales of .* in 2018\./.exec(passage)![0];
    return JSON.stringify({ question: 'How much were net sales in 2019?', answer: sales, quote });
  };
  const teacher = (reply: (passage: string) => string | Error): Teacher => ({
    name: 'test',
    hash: 'test-teacher',
    complete: async ({ messages }) => {
      const text = reply(messages.map(({ content }) => content).join('\n'));
      if (text instanceof Error) throw text;
      return { text, finish: 'stop' };
    },
  });

  it('writes pairs that stand beside the passages; invented answers are listed as removed', async () => {
    await put('Alpha.md', report('Alpha', 120, 90));
    await put('Beta.md', report('Beta', 310, 250));
    const dataset = await prepare(settings, {
      teacher: teacher((prompt) =>
        prompt.includes('Beta')
          ? JSON.stringify({
              question: 'How much were net sales?',
              answer: '$987.6 million',
              quote: 'Net sales',
            })
          : answer(prompt),
      ),
    });
    const taught = (await allExamples(dataset)).filter(({ messages }) => messages);
    expect(taught.map(({ messages }) => messages!.at(-1)!.content)).toEqual(['$120.5 million']);
    expect(dataset.card.taught).toMatchObject({ asked: 2, accepted: 1, failed: 0 });
    const step = dataset.card.steps.find((one) => one.step === 'teacher')!;
    expect(Object.values(step.removed).reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it('is asked again for what it did not answer, and the answers that are there are kept', async () => {
    for (const name of ['Alpha', 'Beta', 'Gamma']) await put(`${name}.md`, report(name, 120, 90));
    let calls = 0;
    const first = await prepare(settings, {
      teacher: teacher((prompt) => {
        calls++;
        return prompt.includes('Gamma') ? new TeacherError('busy') : answer(prompt);
      }),
    });
    expect(first.card.taught).toMatchObject({ accepted: 2, failed: 1 });
    expect(calls).toBe(3);
    const second = await prepare(settings, {
      teacher: teacher((prompt) => {
        calls++;
        return answer(prompt);
      }),
    });
    expect(calls).toBe(4);
    expect(second.directory).toBe(first.directory);
    expect(second.card.taught).toMatchObject({ accepted: 3, failed: 0 });
    const third = await prepare(settings, { teacher: teacher(() => new TeacherError('never asked')) });
    expect(third.card.taught).toMatchObject({ accepted: 3 });
    expect(existsSync(join(directory, 'data', '.answers'))).toBe(true);
  });
});
