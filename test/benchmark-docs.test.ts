import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { loadBenchmark } from '../src/evaluate/benchmarks/load-benchmark.js';
import { meanOf } from '../src/evaluate/metrics/metric.js';
import { benchmarkJsonSchema } from '../src/recipe/benchmark.js';
import type { JsonSchema } from '../src/recipe/json-schema.js';

/** `npx vitest run test/benchmark-docs.test.ts -u` writes the schema anew. */
it('schema/benchmark.schema.json', async () => {
  await expect(`${JSON.stringify(benchmarkJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    '../schema/benchmark.schema.json',
  );
});

const fields = Object.entries(benchmarkJsonSchema().properties ?? {});

it('every field of a benchmark is described', () => {
  expect(
    fields.filter(([, schema]: [string, JsonSchema]) => !schema.description).map(([name]) => name),
  ).toEqual([]);
});

it('every field stands in the table of docs/benchmarks.md', async () => {
  const page = await readFile('docs/benchmarks.md', 'utf8');
  expect(fields.map(([name]) => name).filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
});

it('the example is a benchmark', async () => {
  const benchmark = await loadBenchmark('examples/benchmarks/contract-clauses.yaml', {
    resolveScorers: async (specs) => ({
      scorers: [],
      metrics: specs.map(({ name = '' }) => meanOf(name)),
    }),
  });
  expect(benchmark.items.map(({ id, group, task }) => `${id} ${group} ${task}`)).toEqual([
    'c1 supply short',
    'c2 supply long',
    'c3 lease short',
    'c4 lease long',
    'c5 licence short',
    'c6 licence short',
  ]);
  expect(benchmark.items[0]!.prompt.messages![1]!.content).toBe(
    "Clause: Either party may end this Agreement by giving thirty days' written notice.\n\nWhich kind of clause is it? Answer with one of: termination, governing law, confidentiality.",
  );
  expect(benchmark.fewShot).toHaveLength(1);
});
