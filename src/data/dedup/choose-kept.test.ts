import { expect, it } from 'vitest';
import { chooseKept } from './choose-kept.js';
import { SimilarityGraph } from './similarity-graph.js';

const inOrder = (one: number, other: number): number => one - other;

/** Similarity of lines as points: near-duplicates are at most `reach` apart. */
function comparison(reach: number) {
  return async (pairs: Int32Array) => {
    const count = pairs.length / 2;
    const distance = (pair: number): number => Math.abs(pairs[pair * 2]! - pairs[pair * 2 + 1]!);
    return {
      similarities: Float64Array.from({ length: count }, (_, pair) => 1 / (1 + distance(pair))),
      areDuplicates: Uint8Array.from({ length: count }, (_, pair) => (distance(pair) <= reach ? 1 : 0)),
    };
  };
}

it('never removes what is more than two steps away from what is kept', async () => {
  const graph = new SimilarityGraph(9);
  for (let line = 0; line < 8; line++) graph.add(line, line + 1, 0.5);
  expect(await chooseKept(graph, inOrder, comparison(1))).toEqual({
    removed: [1, 2, 4, 5, 7, 8],
    kept: [0, 0, 3, 3, 6, 6],
    similarities: [0.5, 1 / 3, 0.5, 1 / 3, 0.5, 1 / 3],
  });
});

it('compares what was not compared before', async () => {
  const graph = new SimilarityGraph(4);
  for (const [one, other] of [
    [0, 1],
    [1, 2],
    [2, 3],
  ] as const)
    graph.add(one, other, 0.5);
  const { removed, kept } = await chooseKept(graph, inOrder, comparison(3));
  expect([removed, kept]).toEqual([
    [1, 2, 3],
    [0, 0, 0],
  ]);
});

it('keeps the first by the given order', async () => {
  const graph = new SimilarityGraph(5);
  graph.add(1, 3, 0.9);
  graph.add(3, 4, 0.8);
  const { removed, kept } = await chooseKept(graph, (one, other) => other - one, comparison(9));
  expect([removed, kept]).toEqual([
    [1, 3],
    [4, 4],
  ]);
});
