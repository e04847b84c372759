/**
 * What a graph costs the process when the runtime has it as a session.
 * @module
 */

import { elementBytes } from '../../../graph/buffers.js';
import type { Graph, Node } from '../../../graph/graph.js';
import { MemoryWalk, type RunMemory } from '../../../graph/live-bytes.js';
import { liveNodes } from '../../../graph/schedule.js';

/** What a session takes beside its arena: fixed, and for each node (measured; docs/memory.md). */
const SESSION_BYTES = 8 * 2 ** 20;
const NODE_BYTES = 2816;
/** The system maps at least so much of a file at the first touch of a page. */
const FAULT_BYTES = 64 * 1024;

/** Runs to be counted: the first to the last, as a session would make them. */
export interface CountedGraph {
  graph: Graph;
  runs: readonly ((name: string) => number)[];
  /** Outputs that are written into the caller's buffers. */
  given?: ReadonlySet<string>;
  boundary?: string;
}

/** Memory of a session in bytes. */
export interface GraphMemory {
  /** Pages of the files that its weights lie in. */
  mapped: number;
  /** The runtime's account of nodes and values, and constants that lie in no file. */
  session: number;
  run: RunMemory;
  /** What the binding copies after a run. */
  copies: number;
}

/** Counts what a session with these runs will take. */
export function graphMemory({ graph, runs, given, boundary }: CountedGraph): GraphMemory {
  const nodes = liveNodes(graph);
  const walk = new MemoryWalk(graph, { given, boundary, scratch });
  let run: RunMemory | undefined;
  for (const sizeOf of runs) {
    const { kept, peak, ...arena } = walk.run(sizeOf);
    run = { ...arena, kept: Math.max(kept, run?.kept ?? 0), peak: Math.max(peak, run?.peak ?? 0) };
  }
  const largest = runs.at(-1)!;
  const elements = (shape: readonly (number | string)[]): number =>
    shape.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : largest(dim)), 1);
  const readers = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
  }
  let mapped = 0;
  let constants = 0;
  for (const { tensor, data } of graph.initializers) {
    const reading = readers.get(tensor.name);
    if (!reading) continue;
    if (!('file' in data)) {
      constants += data.byteLength;
      continue;
    }
    const isTable = reading.every(({ opType, inputs }) => opType === 'Gather' && inputs[0] === tensor.name);
    mapped += isTable ? Math.min(data.byteLength, largest('tokens') * FAULT_BYTES) : data.byteLength;
  }
  const copies = graph.outputs.reduce(
    (sum, { dtype, shape }) => sum + elementBytes[dtype] * elements(shape),
    0,
  );
  return { mapped, session: SESSION_BYTES + NODE_BYTES * nodes.length + constants, run: run!, copies };
}

/** The product of NF4 weights unpacks the whole matrix for itself. */
function scratch({ opType, attributes }: Node): number {
  if (opType !== 'MatMulBnb4') return 0;
  const { K, N } = attributes as { K: { int: number }; N: { int: number } };
  return 4 * K.int * N.int;
}
