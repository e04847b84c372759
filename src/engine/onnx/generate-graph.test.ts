import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { interpreter } from '../../graph/interpreter/interpreter.fixture.js';
import { type InputSpec, integers, normal } from '../../graph/interpreter/random.fixture.js';
import { expectRuntimeAgrees } from '../../graph/interpreter/runtime.fixture.js';
import { buildGenerateGraph } from './generate-graph.js';
import { tinyBase, tokens } from './tiny-training.fixture.js';

const GROUPS = 2;
const MEMBERS = 3;
const SEQUENCE = 2;
const PREFIX = 4;
const PAST = 5;
const BATCH = GROUPS * MEMBERS;

let tiny: Awaited<ReturnType<typeof tinyBase>>;
beforeAll(async () => {
  tiny = await tinyBase();
});
afterAll(() => rm(tiny.directory, { recursive: true }));

/** Values for every input; masks of zeros let everything be seen. */
function inputs(hasPrefix: boolean, hasPast: boolean): Record<string, InputSpec> {
  const { numHiddenLayers, numKeyValueHeads, headDim } = tiny.config;
  const ids = tokens(BATCH * SEQUENCE, 'generate');
  const seen = (dims: number[], names: (number | string)[]): InputSpec => {
    const spec = normal(dims, names);
    spec.value.data.fill(0);
    return spec;
  };
  const cache = (kind: string, rows: number, rowName: string, length: number): Record<string, InputSpec> => ({
    [`${kind}_mask`]: seen([rows, 1, 1, length], [rowName, 1, 1, kind]),
    ...Object.fromEntries(
      Array.from({ length: numHiddenLayers }, (_, layer) =>
        ['key', 'value'].map((what) => [
          `${kind}_${what}.${layer}`,
          normal([rows, numKeyValueHeads, length, headDim], [rowName, numKeyValueHeads, kind, headDim]),
        ]),
      ).flat(),
    ),
  });
  return {
    input_ids: integers(ids),
    position_ids: integers(
      ids.map((_, i) => (hasPrefix ? PREFIX : 0) + (hasPast ? PAST : 0) + (i % SEQUENCE)),
      [GROUPS, MEMBERS, SEQUENCE],
    ),
    mask: seen([BATCH, 1, SEQUENCE, SEQUENCE], ['batch', 1, 'sequence', 'sequence']),
    last: integers(Array.from({ length: BATCH }, (_, i) => i * SEQUENCE + SEQUENCE - 1)),
    ...(hasPrefix ? cache('prefix', GROUPS, 'groups', PREFIX) : {}),
    ...(hasPast ? cache('past', BATCH, 'batch', PAST) : {}),
  };
}

it.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])('means the same to interpreter and runtime: prefix %s, past %s', async (hasPrefix, hasPast) => {
  const { graph, next } = buildGenerateGraph({
    ...tiny,
    parameters: [],
    hasPrefix,
    hasPast,
    wantsLogits: true,
  });
  const given = inputs(hasPrefix, hasPast);
  await expectRuntimeAgrees(graph, given, 2e-4);
  const greedy = buildGenerateGraph({ ...tiny, parameters: [], hasPrefix, hasPast, wantsLogits: false });
  const values = Object.fromEntries(Object.entries(given).map(([name, { value }]) => [name, value]));
  const logits = interpreter(graph)(values).get(next)!;
  const [rows, width] = logits.shape as [number, number];
  const most = Array.from({ length: rows }, (_, row) => {
    const line = logits.data.subarray(row * width, (row + 1) * width);
    return line.indexOf(Math.max(...line));
  });
  expect([...interpreter(greedy.graph)(values).get(greedy.next)!.data]).toEqual(most);
});
