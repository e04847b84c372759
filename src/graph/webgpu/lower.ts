/**
 * A graph as the runtime's WebGPU provider can run it, every node of it: the CPU provider gets none.
 *
 * Three passes, each a {@link rebuild}: large weights are cut into pieces, operators that the provider lacks are
 * replaced, integers become inputs that the host computes.
 * @module
 */
import type { Graph } from '../graph.js';
import { type GivenInputs, type HostInput, hoistIntegers } from './host-integers.js';
import { largeMatrixRule } from './large-matrices.js';
import { operatorRule } from './operators.js';
import { rebuild } from './rebuild.js';

/** The least `maxStorageBufferBindingSize` of an adapter (https://www.w3.org/TR/webgpu/#limits), in bytes. */
const GUARANTEED_BINDING = 128 * 2 ** 20;

/** What {@link lowerForWebGpu} gives. */
export interface Lowered {
  graph: Graph;
  /** Name of each output before → its name now; inputs keep theirs. */
  outputs: ReadonlyMap<string, string>;
  /** Inputs beyond those of the graph before, computed from what a run is given. */
  hostInputs(given: GivenInputs): HostInput[];
}

/**
 * Rewrites `graph`; the numbers stay those that it gave before.
 *
 * @param largest bytes of the largest mapped matrix that is bound whole; the default fits every adapter
 */
export function lowerForWebGpu(graph: Graph, largest = GUARANTEED_BINDING): Lowered {
  const cut = rebuild(graph, largeMatrixRule(largest));
  const replaced = rebuild(cut.graph, operatorRule);
  const hoisted = hoistIntegers(replaced.graph);
  const outputs = [...cut.outputs].map(
    ([before, after]) => [before, hoisted.outputs.get(replaced.outputs.get(after)!)!] as const,
  );
  return { graph: hoisted.graph, outputs: new Map(outputs), hostInputs: hoisted.hostInputs };
}
