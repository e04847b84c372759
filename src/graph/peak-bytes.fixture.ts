/**
 * How much memory the results of a graph take when each is freed after its last reader.
 * @module
 */
import type { Graph } from './graph.js';
import { interpreter } from './interpreter/interpreter.fixture.js';
import type { Value } from './interpreter/value.fixture.js';
import { executionOrder, fileOrder, liveNodes } from './schedule.js';

/** Most bytes of results that exist at once in the runtime's order; every element counts as four bytes. */
export function peakBytes(graph: Graph, feeds: Readonly<Record<string, Value>>): number {
  const bytes = new Map<string, number>();
  interpreter(graph, (name, { data }) => bytes.set(name, 4 * data.length))(feeds);
  const order = executionOrder(fileOrder(liveNodes(graph)));
  const readers = new Map<string, number>();
  for (const { inputs } of order) {
    for (const name of new Set(inputs)) readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  for (const { name } of graph.outputs) readers.set(name, Number.POSITIVE_INFINITY);
  let live = 0;
  let peak = 0;
  for (const { inputs, outputs } of order) {
    for (const name of outputs) live += bytes.get(name)!;
    peak = Math.max(peak, live);
    for (const name of new Set(inputs)) {
      readers.set(name, readers.get(name)! - 1);
      if (readers.get(name) === 0) live -= bytes.get(name) ?? 0;
    }
  }
  return peak;
}
