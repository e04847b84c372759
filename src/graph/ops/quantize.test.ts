import { describe, expect, it } from 'vitest';
import { differentiate } from '../differentiate.js';
import { expectEveryOperator } from '../gradient-check.fixture.js';
import { Graph } from '../graph.js';
import { normal } from '../interpreter/random.fixture.js';
import { expectRuntimeAgrees, runInRuntime } from '../interpreter/runtime.fixture.js';
import * as operators from './quantize.js';

/** x in 8 bits, taken back to numbers: through a product with a matrix that is 1 on its diagonal. */
function roundTrip(rows: number) {
  const graph = new Graph();
  const width = 4;
  const identity = Int8Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0));
  const y = operators.multiplyRows(
    operators.quantizeRows(graph.input('x', 'float32', ['n', width])),
    graph.constant('int8', [width, width], identity),
    graph.constant('float32', [width], new Float32Array(width).fill(1)),
  );
  return { graph, name: graph.output(y), x: normal([rows, width], ['n', width]) };
}

describe('rows in 8 bits', () => {
  it('are within half a step of what they were, each by its own largest magnitude', async () => {
    const { graph, name, x } = roundTrip(3);
    for (let i = 4; i < 8; i++) x.value.data[i]! *= 1e4;
    for (let i = 8; i < 12; i++) x.value.data[i]! *= 1e-9;
    const results = await runInRuntime(graph, { x });
    for (let row = 0; row < 3; row++) {
      const own = [...x.value.data.subarray(4 * row, 4 * row + 4)];
      const step = Math.max(...own.map(Math.abs)) / 63;
      for (const [i, element] of own.entries()) {
        expect(Math.abs(results.get(name)!.data[4 * row + i]! - element)).toBeLessThanOrEqual(
          step / 2 + 1e-6 * step,
        );
      }
    }
    await expectRuntimeAgrees(graph, { x }, 1e-6);
  });

  it('of zeros stay zeros', async () => {
    const { graph, name, x } = roundTrip(2);
    x.value.data.fill(0, 0, 4);
    const results = await runInRuntime(graph, { x });
    expect([...results.get(name)!.data.slice(0, 4)]).toEqual([0, 0, 0, 0]);
  });

  it('refuse a weight that does not fit', () => {
    const graph = new Graph();
    const rows = operators.quantizeRows(graph.input('x', 'float32', ['n', 4]));
    const weight = graph.constant('int8', [3, 2], new Int8Array(6));
    const scales = graph.constant('float32', [2], new Float32Array(2));
    expect(() => operators.multiplyRows(rows, weight, scales)).toThrow('do not fit');
  });

  it('have no gradient', () => {
    const { graph } = roundTrip(2);
    const [x] = graph.inputs;
    const [y] = graph.outputs;
    expect(() => differentiate([[y!, y!]], [x!])).toThrow('no gradient');
    expectEveryOperator(operators, [], ['quantizeRows', 'multiplyRows']);
  });
});
