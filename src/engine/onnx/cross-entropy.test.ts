import { describe, expect, it } from 'vitest';
import { expectGradients, type Problem } from '../../graph/gradient-check.fixture.js';
import { Graph } from '../../graph/graph.js';
import { interpreter } from '../../graph/interpreter/interpreter.fixture.js';
import { integers, normal } from '../../graph/interpreter/random.fixture.js';
import { crossEntropySum } from './cross-entropy.js';
import { tokens } from './tiny-training.fixture.js';

const WIDTH = 3;
const CLASSES = 7;
/** So large a vocabulary makes chunks as small as they become, 32 rows; the head that is used is a small one. */
const MANY = 2 ** 20;

function problem(targets: number, most: number, vocabulary: number, trained: boolean) {
  return {
    inputs: {
      hidden: normal([targets, WIDTH], ['targets', WIDTH]),
      head: normal([CLASSES, WIDTH]),
      ids: { ...integers(tokens(targets, 'targets').map((id) => id % CLASSES)), dims: ['targets'] },
    },
    build: ({ hidden, head, ids }) =>
      crossEntropySum(
        hidden!,
        ids!,
        trained ? { dense: () => head!, parameter: head! } : { dense: () => head! },
        vocabulary,
        most,
      ),
    by: trained ? ['hidden', 'head'] : ['hidden'],
    samples: 12,
  } satisfies Problem;
}

const situations = [
  { name: 'one chunk', targets: 5, most: 20, vocabulary: CLASSES },
  { name: 'chunks that are full, cut and empty', targets: 45, most: 120, vocabulary: MANY },
  { name: 'chunks that are all full', targets: 64, most: 64, vocabulary: MANY },
  { name: 'a single target', targets: 1, most: 33, vocabulary: MANY },
].flatMap((situation) => [true, false].map((trained) => ({ ...situation, trained })));

describe('crossEntropySum', () => {
  it.each(situations)('$name, trained head $trained', ({ targets, most, vocabulary, trained }) => {
    const given = problem(targets, most, vocabulary, trained);
    const graph = new Graph();
    const { hidden, head, ids } = given.inputs;
    const declared = {
      hidden: graph.input('hidden', 'float32', hidden.dims),
      head: graph.input('head', 'float32', head.dims),
      ids: graph.input('ids', 'int64', ids.dims),
    };
    graph.output(given.build(declared));
    const feeds = { hidden: hidden.value, head: head.value, ids: ids.value };
    const [loss] = interpreter(graph)(feeds).values();
    let wanted = 0;
    ids.value.data.forEach((id, row) => {
      const logits = Array.from({ length: CLASSES }, (_, c) =>
        hidden.value.data
          .subarray(row * WIDTH, (row + 1) * WIDTH)
          .reduce((sum, x, w) => sum + x * head.value.data[c * WIDTH + w]!, 0),
      );
      wanted += Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[id]!;
    });
    expect(Math.abs(loss!.data[0]! - wanted) / wanted).toBeLessThan(1e-12);
    expectGradients(given);
  });

  it('is exact where the probability of the target is too small for a number', () => {
    const graph = new Graph();
    const hidden = graph.input('hidden', 'float32', ['targets', 1]);
    const ids = graph.input('ids', 'int64', ['targets']);
    const head = graph.constant('float32', [2, 1], Float32Array.of(1, 0));
    graph.output(crossEntropySum(hidden, ids, { dense: () => head }, 2, 1));
    const far = { shape: [1, 1], data: Float64Array.of(2000) };
    const [loss] = interpreter(graph)({
      hidden: far,
      ids: { shape: [1], data: Float64Array.of(1) },
    }).values();
    expect(loss!.data[0]).toBe(2000);
  });
});
