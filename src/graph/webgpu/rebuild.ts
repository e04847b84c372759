/**
 * A graph written once more, with some of its nodes replaced.
 * @module
 */
import { Graph, type Initializer, type Node, type Tensor } from '../graph.js';
import { liveNodes } from '../schedule.js';

/** A node of the graph that is rewritten, seen from the new one. */
export interface SourceNode {
  readonly node: Node;
  /** What the node declares to give. */
  readonly outputs: readonly Tensor[];
  /** The new graph's tensor for input `index`; absent where the node leaves it out. */
  input(index: number): Tensor | undefined;
  /** The constant or weight that input `index` is. */
  initializer(index: number): Initializer | undefined;
  /** Whether something reads output `index`, or the graph gives it out. */
  isRead(index: number): boolean;
}

/** An integer or float among a node's attributes. */
export function setting({ attributes }: Node, name: string, fallback: number): number {
  const found = attributes[name];
  if (found && 'int' in found) return found.int;
  return found && 'float' in found ? found.float : fallback;
}

/** Replaces a node by others in `target`; `undefined` keeps it as it is. */
export type Rule = (source: SourceNode, target: Graph) => Tensor[] | undefined;

/** A rewritten graph. */
export interface Rebuilt {
  graph: Graph;
  /** Name of each output before → its name now; inputs keep theirs. */
  outputs: ReadonlyMap<string, string>;
}

/** Writes `source` once more in the same order, asking `rule` about every node. Gradients are not carried along. */
export function rebuild(source: Graph, rule: Rule): Rebuilt {
  const target = new Graph();
  const nodes = liveNodes(source);
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const given = new Set(source.outputs.map(({ name }) => name));
  const declared = new Map(source.results.map((tensor) => [tensor.name, tensor]));
  const initializers = new Map(source.initializers.map((entry) => [entry.tensor.name, entry]));
  const known = new Map<string, Tensor>();
  for (const { name, dtype, shape } of source.inputs) {
    if (read.has(name) || given.has(name)) known.set(name, target.input(name, dtype, shape));
  }

  const find = (name: string): Tensor | undefined => {
    if (name === '') return undefined;
    const tensor = known.get(name) ?? bring(target, initializers.get(name)!);
    known.set(name, tensor);
    return tensor;
  };
  for (const node of nodes) {
    const outputs = node.outputs.map((name) => declared.get(name)!);
    const view: SourceNode = {
      node,
      outputs,
      input: (index) => find(node.inputs[index] ?? ''),
      initializer: (index) => initializers.get(node.inputs[index] ?? ''),
      isRead: (index) => read.has(node.outputs[index]!) || given.has(node.outputs[index]!),
    };
    const written =
      rule(view, target) ??
      target.node(node.opType, node.inputs.map(find), outputs, {
        domain: node.domain,
        attributes: node.attributes,
      });
    for (const [i, name] of node.outputs.entries()) if (written[i]) known.set(name, written[i]);
  }
  const outputs = source.outputs.map(({ name }) => [name, target.output(find(name)!)] as const);
  return { graph: target, outputs: new Map(outputs) };
}

function bring(target: Graph, { tensor: { dtype, shape }, data }: Initializer): Tensor {
  const sizes = shape as number[];
  return 'file' in data ? target.mapped(dtype, sizes, data) : target.constant(dtype, sizes, data);
}
