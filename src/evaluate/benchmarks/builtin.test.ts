import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../files.js';
import type { Benchmark } from './benchmark.js';
import { benchmarkFile, builtinBenchmarks, findBuiltin } from './builtin.js';
import { loadBenchmark } from './load-benchmark.js';
import { resolveScorers } from './resolve-scorers.js';

const medicine = '../shared/data/medicine';
const finance = '../shared/data/finance';

const load = (name: string, itemsPath?: string): Promise<Benchmark> =>
  loadBenchmark(findBuiltin(name)!, { itemsPath, resolveScorers });

const counts = (values: readonly (string | number)[]): Map<string | number, number> => {
  const found = new Map<string | number, number>();
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1);
  return found;
};

async function remake(maker: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'attune-builtin-')), 'items.jsonl');
  execFileSync(process.execPath, [maker, file]);
  return readFile(file, 'utf8');
}

async function folderWith(name: string, content: unknown): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'attune-builtin-')), name);
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('built-in benchmarks', () => {
  it('are found by name, and nothing else is', () => {
    for (const { name, file } of builtinBenchmarks)
      expect(findBuiltin(name)).toMatch(new RegExp(`benchmarks.${file}$`));
    expect(findBuiltin('general.yaml')).toBeUndefined();
    expect(findBuiltin('../package.json')).toBeUndefined();
    expect(benchmarkFile('general', undefined)).toBe(findBuiltin('general'));
    expect(benchmarkFile('tatqa', 'dev.json')).toBe(findBuiltin('tatqa'));
    expect(benchmarkFile('own/tatqa.yaml', undefined)).toBe('own/tatqa.yaml');
    expect(() => benchmarkFile('tatqa', undefined)).toThrow('the items of tatqa do not come with Attune');
    expect(() => benchmarkFile('tatq', 'dev.json')).toThrow('there is no built-in benchmark "tatq"');
  });

  it.each(builtinBenchmarks.filter(({ needsItems }) => !needsItems))(
    '$name loads as it is',
    async ({ name }) => {
      const { items, source, licence, ...benchmark } = await load(name);
      expect(benchmark.name).toBe(name);
      expect(items.length).toBeGreaterThanOrEqual(30);
      expect({ source, licence }).toEqual({ source: expect.any(String), licence: 'Apache-2.0' });
    },
  );

  it.each(builtinBenchmarks.filter(({ needsItems }) => needsItems))(
    '$name asks for its items',
    async ({ name }) => {
      await expect(load(name)).rejects.toThrow();
    },
  );
});

describe('the general probe set', async () => {
  const { items } = await load('general');

  it('is what its maker writes', async () => {
    const committed = await readFile('benchmarks/general/items.jsonl', 'utf8');
    expect(await remake('benchmarks/general/make-items.mjs')).toBe(committed);
  });

  it('has enough independent topics, and categories of similar size', () => {
    expect(items.length).toBeGreaterThanOrEqual(400);
    expect(counts(items.map(({ group }) => group)).size).toBeGreaterThanOrEqual(100);
    for (const size of counts(items.map(({ group }) => group)).values()) expect(size).toBeLessThanOrEqual(5);
    const categories = [...counts(items.map(({ task }) => task)).values()];
    expect(categories.length).toBeGreaterThanOrEqual(10);
    expect(Math.max(...categories) / Math.min(...categories)).toBeLessThan(1.5);
  });

  it('asks nothing twice and has one right answer to each question', () => {
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    expect(new Set(items.map(({ prompt }) => prompt.text?.toLowerCase())).size).toBe(items.length);
    for (const { choices = [], reference } of items) {
      expect(choices.length).toBeGreaterThanOrEqual(2);
      expect(choices.length).toBeLessThanOrEqual(4);
      expect(new Set(choices).size).toBe(choices.length);
      expect(choices[reference.choice!]).toBe(reference.text);
    }
  });

  it('continues prompts by one blank, so that choices are tokens of their own', () => {
    for (const { prompt, choices = [] } of items) {
      expect(prompt.text).toBe(prompt.text?.trim());
      for (const choice of choices) expect(choice).toMatch(/^\S+( \S+)*$/);
    }
  });

  it('gives the right answer away neither by its place nor by its length', () => {
    for (const count of [2, 3, 4]) {
      const places = counts(
        items.filter(({ choices }) => choices?.length === count).map(({ reference }) => reference.choice!),
      );
      const expected = [...places.values()].reduce((a, b) => a + b) / count;
      const chiSquare = [...places.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
      expect(places.size).toBe(count);
      expect(chiSquare).toBeLessThan(6);
    }
    const chance = items.reduce((sum, { choices }) => sum + 1 / choices!.length, 0);
    for (const furthest of [Math.max, Math.min]) {
      // Whoever always took the longest (shortest) choice, drawing among equals, would have this many right.
      const right = items.reduce((sum, { choices, reference }) => {
        const lengths = choices!.map((choice) => choice.length);
        const best = furthest(...lengths);
        return lengths[reference.choice!] === best
          ? sum + 1 / lengths.filter((one) => one === best).length
          : sum;
      }, 0);
      expect(Math.abs(right - chance) / items.length).toBeLessThan(0.04);
    }
  });
});

describe('the general text', async () => {
  const { items, output } = await load('general-text');

  it('is 30 passages of 80 to 150 words, none twice', () => {
    expect(output).toBe('perplexity');
    expect(items).toHaveLength(30);
    for (const { reference } of items) {
      const words = reference.text.split(/\s+/).length;
      expect(words).toBeGreaterThanOrEqual(80);
      expect(words).toBeLessThanOrEqual(150);
      expect(reference.text).toMatch(/^[A-Z].*\.$/);
    }
    expect(new Set(items.map(({ reference }) => reference.text)).size).toBe(30);
  });
});

describe('clauses', async () => {
  const { items, fewShot } = await load('legal-clauses');

  it('are what the maker writes', async () => {
    const committed = await readFile('benchmarks/legal-clauses/items.jsonl', 'utf8');
    expect(await remake('benchmarks/legal-clauses/make-items.mjs')).toBe(committed);
  });

  it('are as many of each kind, none twice, none among the worked examples', () => {
    const kinds = counts(items.map(({ reference }) => reference.text));
    expect([...kinds.values()]).toEqual(Array(8).fill(items.length / 8));
    expect(items.length).toBeGreaterThanOrEqual(120);
    const texts = [...items, ...fewShot].map(({ prompt }) => prompt.text);
    expect(new Set(texts).size).toBe(items.length + fewShot.length);
    expect(counts(fewShot.map(({ reference }) => reference.text)).size).toBe(8);
  });
});

const abstract = {
  QUESTION: 'Does tea keep people awake?',
  CONTEXTS: ['Tea holds caffeine.', 'Ten people drank tea & slept.'],
  LABELS: ['BACKGROUND', 'RESULTS'],
  final_decision: 'no',
};

describe('PubMedQA', () => {
  it('is put as lm-evaluation-harness puts it', async () => {
    const { items, output } = await load(
      'pubmedqa-labelled',
      await folderWith('a.json', { 7: abstract, 8: abstract }),
    );
    expect(output).toBe('multiple_choice');
    expect(items[0]).toMatchObject({
      id: '7',
      group: '7',
      prompt: {
        text: 'Abstract: Tea holds caffeine.\nTen people drank tea & slept.\nQuestion: Does tea keep people awake?\nAnswer:',
      },
      choices: ['yes', 'no', 'maybe'],
      reference: { text: 'no', choice: 1 },
      context: 'BACKGROUND: Tea holds caffeine.\nRESULTS: Ten people drank tea & slept.',
    });
  });

  describe.skipIf(!existsSync(medicine))('with its own files', () => {
    const file = `${medicine}/pubmedqa_ori_pqal.json`;

    it.each(['pubmedqa', 'pubmedqa-chat'])('%s is the official test split', async (name) => {
      const { items } = await load(name, file);
      const truth = (await readJson(`${medicine}/pubmedqa_test_ground_truth.json`)) as Record<string, string>;
      expect(items).toHaveLength(500);
      expect(Object.fromEntries(items.map(({ id, reference }) => [id, reference.text]))).toEqual(truth);
    });

    it('has 1,000 labelled questions', async () => {
      expect((await load('pubmedqa-labelled', file)).items).toHaveLength(1000);
    });
  });
});

const report = {
  table: {
    uid: 't',
    table: [
      ['', '2019', '2018'],
      ['Sales', '$1,496.5', '$1,202.9'],
    ],
  },
  paragraphs: [{ text: 'Sales are in millions.' }, { text: 'Nothing {{ else }} is sold.' }],
  questions: [
    { uid: 'a', question: 'Sales in 2019?', answer: ['$1,496.5'], answer_type: 'span', scale: 'million' },
    { uid: 'b', question: 'Change?', answer: -24.4, answer_type: 'arithmetic', scale: 'percent' },
    { uid: 'c', question: 'Years?', answer: ['2019', '2018'], answer_type: 'multi-span', scale: '' },
    { uid: 'd', question: 'Sum?', answer: '5', answer_type: 'count', scale: '' },
  ],
};

describe('TAT-QA', () => {
  it('asks on the table and the text of a report', async () => {
    const { items } = await load('tatqa', await folderWith('t.json', [report]));
    expect(items.map(({ id, task, group, reference }) => [id, task, group, reference.text])).toEqual([
      ['a', 'span', 't', '$1,496.5 million'],
      ['b', 'arithmetic', 't', '-24.4%'],
      ['c', 'multi-span', 't', '2019; 2018'],
      ['d', 'count', 't', '5'],
    ]);
    const [system, user] = items[0]!.prompt.messages!;
    expect(system!.content).toContain('semicolon');
    expect(user!.content).toMatchInlineSnapshot(`
      " | 2019 | 2018
      Sales | $1,496.5 | $1,202.9

      Sales are in millions.
      Nothing {{ else }} is sold.

      Question: Sales in 2019?"
    `);
    expect(items[0]!.context).toMatchInlineSnapshot(`
      " | 2019 | 2018
      Sales | $1,496.5 | $1,202.9

      Sales are in millions.
      Nothing {{ else }} is sold."
    `);
  });

  it.skipIf(!existsSync(finance))('has 1,668 questions on 278 reports', async () => {
    const { items } = await load('tatqa', `${finance}/tatqa_dataset_dev.json`);
    expect(items).toHaveLength(1668);
    expect(counts(items.map(({ group }) => group)).size).toBe(278);
  });
});

describe('LegalBench', () => {
  it('reads a task as it is published', async () => {
    const tsv = 'index\tanswer\ttext\n0\tYes\t"The ""Receiver"" tells nobody."\n1\tNo\tAll may speak.\n';
    const { items } = await load('legalbench', await folderWith('test.tsv', tsv));
    expect(items.map(({ id, reference, choices }) => [id, reference.choice, choices])).toEqual([
      ['0', 0, ['Yes', 'No']],
      ['1', 1, ['Yes', 'No']],
    ]);
    expect(items[0]!.prompt.text).toContain('Clause: The "Receiver" tells nobody.\nAnswer:');
  });
});
