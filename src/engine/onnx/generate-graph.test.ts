import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { interpreter } from '../../graph/interpreter/interpreter.fixture.js';
import { type InputSpec, integers, normal } from '../../graph/interpreter/random.fixture.js';
import { expectRuntimeAgrees } from '../../graph/interpreter/runtime.fixture.js';
import { buildGenerateGraph } from './generate-graph.js';
import { tinyBase, tokens } from './tiny-training.fixture.js';

const BATCH = 3;
const GROUPS = 2;
const PREFIX = 4;
const PAST = 5;
const SEQUENCE = 6;

let tiny: Awaited<ReturnType<typeof tinyBase>>;
beforeAll(async () => {
  tiny = await tinyBase();
});
afterAll(() => rm(tiny.directory, { recursive: true }));

const zeros = (dims: number[], names: (number | string)[]): InputSpec => {
  const spec = normal(dims, names);
  spec.value.data.fill(0);
  return spec;
};

/** Keys and values of one kind with a mask that hides the first token of the first sequence. */
function given(
  kind: string,
  rows: [number, string],
  length: number,
  between: number[],
): Record<string, InputSpec> {
  const { numHiddenLayers, numKeyValueHeads, headDim } = tiny.config;
  const maskBetween = kind === 'past' ? between : between.map(() => 1);
  const mask = zeros([BATCH, 1, ...maskBetween, 1, length], ['batch', 1, ...maskBetween, 1, kind]);
  mask.value.data[0] = -1e9;
  const inner = kind === 'past' ? between : [];
  return {
    [`${kind}_mask`]: mask,
    ...Object.fromEntries(
      Array.from({ length: numHiddenLayers }, (_, layer) =>
        ['key', 'value'].map((what) => [
          `${kind}_${what}.${layer}`,
          normal(
            [rows[0], numKeyValueHeads, ...inner, length, headDim],
            [rows[1], numKeyValueHeads, ...inner, kind, headDim],
          ),
        ]),
      ).flat(),
    ),
  };
}

function inputs(
  kind: 'read' | 'step',
  hasPrefix: boolean,
  hasPast: boolean,
  blocks: number,
): Record<string, InputSpec> {
  const sequence = kind === 'read' ? SEQUENCE : 1;
  const ids = tokens(BATCH * sequence, 'generate');
  const between = kind === 'step' ? [1] : [];
  const before = (hasPrefix ? PREFIX : 0) + (hasPast ? PAST : 0);
  const mask = zeros([sequence, sequence], ['sequence', 'sequence']);
  mask.value.data.forEach((_, at) => {
    if (at % sequence > Math.floor(at / sequence)) mask.value.data[at] = -1e9;
  });
  const bounds = Array.from({ length: blocks + 1 }, (_, b) => Math.floor((b * sequence) / blocks));
  return {
    input_ids: integers(ids),
    position_ids: integers(
      ids.map((_, i) => before + (i % sequence)),
      [BATCH, sequence],
    ),
    last: integers(Array.from({ length: BATCH }, (_, i) => (i + 1) * sequence - 1)),
    ...(kind === 'read' ? { mask, ...(blocks > 1 ? { bounds: integers(bounds) } : {}) } : {}),
    ...(hasPast ? given('past', [BATCH, 'batch'], PAST, between) : {}),
    ...(hasPrefix ? given('prefix', [GROUPS, 'groups'], PREFIX, between) : {}),
    ...(hasPrefix && kind === 'read' ? { prefix_of: integers([1, 0, 1]) } : {}),
    ...(hasPrefix && kind === 'step'
      ? { prefix_members: integers([1, 1, 0, 2], [GROUPS, 2]), prefix_place: integers([2, 0, 3]) }
      : {}),
  };
}

const cases: ['read' | 'step', boolean, boolean, number][] = [
  ['read', false, false, 1],
  ['read', false, false, 4],
  ['read', true, false, 1],
  ['read', false, true, 3],
  ['read', true, true, 6],
  ['step', false, true, 1],
  ['step', true, true, 1],
];

it.each(cases)(
  'means the same to interpreter and runtime: %s, prefix %s, past %s, %i blocks',
  async (kind, hasPrefix, hasPast, blocks) => {
    const options = { ...tiny, parameters: [], kind, hasPrefix, hasPast, blocks };
    const { graph, next, logits } = buildGenerateGraph(options);
    const specs = inputs(kind, hasPrefix, hasPast, blocks);
    await expectRuntimeAgrees(graph, specs, 2e-4);
    const values = Object.fromEntries(Object.entries(specs).map(([name, { value }]) => [name, value]));
    const results = interpreter(graph)(values);
    const [rows, width] = results.get(logits)!.shape as [number, number];
    const most = Array.from({ length: rows }, (_, row) => {
      const line = results.get(logits)!.data.subarray(row * width, (row + 1) * width);
      return line.indexOf(Math.max(...line));
    });
    expect([...results.get(next)!.data]).toEqual(most);
    if (blocks === 1) return;
    // Blocks only leave out what causality hides.
    const whole = buildGenerateGraph({ ...options, blocks: 1 });
    const expected = interpreter(whole.graph)(values).get(whole.logits)!.data;
    results.get(logits)!.data.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 9);
    });
  },
);
