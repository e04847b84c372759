import { describe, expect, it } from 'vitest';
import { differentiate } from '../../graph/differentiate.js';
import { expectGradients, type Problem } from '../../graph/gradient-check.fixture.js';
import { Graph } from '../../graph/graph.js';
import { interpreter } from '../../graph/interpreter/interpreter.fixture.js';
import { integers, normal } from '../../graph/interpreter/random.fixture.js';
import { expectRuntimeAgrees } from '../../graph/interpreter/runtime.fixture.js';
import { value } from '../../graph/interpreter/value.fixture.js';
import { crossEntropySum } from './cross-entropy.js';
import { tokens } from './tiny-training.fixture.js';

const WIDTH = 3;
const CLASSES = 7;

const weightsOf = (targets: number) =>
  value(
    [targets, 1],
    Array.from({ length: targets }, (_, i) => (i < targets - 1 ? 1 + i / targets : 0)),
  );

function problem(targets: number, chunks: number, trained: boolean) {
  return {
    inputs: {
      hidden: normal([targets, WIDTH], ['targets', WIDTH]),
      head: normal([CLASSES, WIDTH]),
      // The last one is what fills a small micro-batch up.
      weights: { ...normal([targets, 1], ['targets', 1]), value: weightsOf(targets) },
      ids: { ...integers(tokens(targets, 'targets').map((id) => id % CLASSES)), dims: ['targets'] },
    },
    build: ({ hidden, head, ids, weights }) =>
      crossEntropySum(
        hidden!,
        ids!,
        weights!,
        trained ? { dense: () => head!, parameter: head! } : { dense: () => head! },
        chunks,
      ),
    by: trained ? ['hidden', 'head'] : ['hidden'],
    samples: 12,
  } satisfies Problem;
}

const situations = [
  { name: 'one chunk', targets: 5, chunks: 1 },
  { name: 'chunks of unequal size', targets: 45, chunks: 4 },
  { name: 'chunks of equal size', targets: 64, chunks: 2 },
  { name: 'chunks of a single target', targets: 3, chunks: 3 },
].flatMap((situation) => [true, false].map((trained) => ({ ...situation, trained })));

describe('crossEntropySum', () => {
  it.each(situations)('$name, trained head $trained', async ({ targets, chunks, trained }) => {
    const given = problem(targets, chunks, trained);
    const graph = new Graph();
    const { hidden, head, ids, weights } = given.inputs;
    const declared = {
      hidden: graph.input('hidden', 'float32', hidden.dims),
      head: graph.input('head', 'float32', head.dims),
      ids: graph.input('ids', 'int64', ids.dims),
      weights: graph.input('weights', 'float32', weights.dims),
    };
    const output = given.build(declared);
    graph.output(output);
    const feeds = { hidden: hidden.value, head: head.value, ids: ids.value, weights: weights.value };
    const [loss] = interpreter(graph)(feeds).values();
    let wanted = 0;
    ids.value.data.forEach((id, row) => {
      const logits = Array.from({ length: CLASSES }, (_, c) =>
        hidden.value.data
          .subarray(row * WIDTH, (row + 1) * WIDTH)
          .reduce((sum, x, w) => sum + x * head.value.data[c * WIDTH + w]!, 0),
      );
      const loss = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[id]!;
      wanted += weights.value.data[row]! * loss;
    });
    expect(Math.abs(loss!.data[0]! - wanted) / wanted).toBeLessThan(1e-12);
    expectGradients(given);

    // A second time, in memory that the first has used.
    const again = given.build(declared);
    const scale = graph.scalar(0.5);
    const targetsOf = trained ? [declared.hidden, declared.head] : [declared.hidden];
    for (const gradient of differentiate([[again, scale]], targetsOf)) graph.output(gradient!);
    await expectRuntimeAgrees(graph, given.inputs, 1e-5);
  });

  it('is exact where the probability of the target is too small for a number', () => {
    const graph = new Graph();
    const hidden = graph.input('hidden', 'float32', ['targets', 1]);
    const ids = graph.input('ids', 'int64', ['targets']);
    const head = graph.constant('float32', [2, 1], Float32Array.of(1, 0));
    const weights = graph.constant('float32', [1, 1], Float32Array.of(1));
    graph.output(crossEntropySum(hidden, ids, weights, { dense: () => head }, 1));
    const far = { shape: [1, 1], data: Float64Array.of(2000) };
    const [loss] = interpreter(graph)({
      hidden: far,
      ids: { shape: [1], data: Float64Array.of(1) },
    }).values();
    expect(loss!.data[0]).toBe(2000);
  });
});
