/**
 * Integers stay on the host. The WebGPU provider has next to no int64 arithmetic, and all of ours is small: sizes,
 * places, token numbers. What follows from the shapes and integers that come in is computed in Node before each run and
 * handed over, so that no node of the graph is left for the runtime's CPU provider.
 * @module
 */
import type { DataType, Dim, Graph, Node } from '../graph.js';
import { type HostArray, hostOperators } from './host-operators.js';
import { type Rebuilt, rebuild, type SourceNode, setting } from './rebuild.js';

/** What a run is given, as far as integers follow from it. */
export type GivenInputs = Readonly<
  Record<string, { readonly dims: readonly number[]; readonly data: unknown }>
>;

/** An input that the host computes. */
export interface HostInput extends HostArray {
  name: string;
  dtype: DataType;
}

/** A graph without integer arithmetic. */
export interface Hoisted extends Rebuilt {
  /** The further inputs of a run, from those that the graph had before. */
  hostInputs(given: GivenInputs): HostInput[];
}

const isInteger = (dtype: DataType): boolean => dtype === 'int64' || dtype === 'int32';

/** Makes inputs of all integers that follow from shapes, constants and integer inputs. */
export function hoistIntegers(graph: Graph): Hoisted {
  const constants = new Map<string, HostArray>();
  for (const { tensor, data } of graph.initializers) {
    if (!isInteger(tensor.dtype) || 'file' in data) continue;
    constants.set(tensor.name, { dims: tensor.shape as number[], data: wide(data) });
  }
  const integerInputs = graph.inputs.filter(({ dtype }) => isInteger(dtype)).map(({ name }) => name);
  const known = new Set([...constants.keys(), ...integerInputs]);
  const follows = ({ node, outputs }: SourceNode): boolean =>
    node.opType === 'Shape' ||
    (Object.hasOwn(hostOperators, node.opType) &&
      outputs.every(({ dtype }) => isInteger(dtype)) &&
      node.inputs.every((name) => name === '' || known.has(name)));

  const hoisted: SourceNode[] = [];
  const rebuilt = rebuild(graph, (source, target) => {
    if (!follows(source)) return undefined;
    hoisted.push(source);
    return source.outputs.map(({ name, dtype, shape }) => {
      known.add(name);
      return target.input(inputName(name), dtype, shape);
    });
  });
  const read = new Set(rebuilt.graph.nodes.flatMap(({ inputs }) => inputs));
  const origins = sizeOrigins(graph);
  return {
    ...rebuilt,
    hostInputs: (given) => {
      const run = new HostRun(graph, origins, constants, given);
      return hoisted.flatMap(({ node, outputs }) => {
        const [{ name, dtype }] = outputs as [(typeof outputs)[0]];
        const result = run.compute(node);
        return read.has(inputName(name)) ? [{ name: inputName(name), dtype, ...result }] : [];
      });
    },
  };
}

/** A rebuilt graph gives its own tensors names that begin otherwise. */
const inputName = (name: string): string => `host:${name}`;

function wide(data: unknown): BigInt64Array {
  return data instanceof BigInt64Array ? data : BigInt64Array.from(data as Int32Array, BigInt);
}

/** For each named size that no input has, the node and axis that it first occurs at. */
function sizeOrigins(graph: Graph): Map<string, { node: Node; axis: number }> {
  const shapes = new Map(graph.results.map(({ name, shape }) => [name, shape]));
  const origins = new Map<string, { node: Node; axis: number }>();
  for (const node of graph.nodes) {
    for (const name of node.outputs) {
      for (const [axis, dim] of shapes.get(name)!.entries()) {
        if (typeof dim === 'string' && !origins.has(dim)) origins.set(dim, { node, axis });
      }
    }
  }
  return origins;
}

/** The integers of one run. */
class HostRun {
  readonly #values: Map<string, HostArray>;
  readonly #shapes: Map<string, readonly Dim[]>;
  readonly #sizes = new Map<string, number>();
  readonly #origins: ReadonlyMap<string, { node: Node; axis: number }>;

  constructor(
    graph: Graph,
    origins: ReadonlyMap<string, { node: Node; axis: number }>,
    constants: ReadonlyMap<string, HostArray>,
    given: GivenInputs,
  ) {
    this.#origins = origins;
    this.#values = new Map(constants);
    this.#shapes = new Map([...graph.inputs, ...graph.results].map(({ name, shape }) => [name, shape]));
    for (const { name, dtype, shape } of graph.inputs) {
      const input = given[name];
      if (!input) continue;
      for (const [axis, dim] of shape.entries()) {
        if (typeof dim === 'string') this.#sizes.set(dim, input.dims[axis]!);
      }
      if (isInteger(dtype)) this.#values.set(name, { dims: input.dims, data: wide(input.data) });
    }
  }

  compute(node: Node): HostArray {
    const result =
      node.opType === 'Shape'
        ? this.#sizesOf(node)
        : hostOperators[node.opType]!(
            node.inputs.map((name) => this.#value(name)),
            node,
          );
    this.#values.set(node.outputs[0]!, result);
    return result;
  }

  #value(name: string): HostArray {
    const value = this.#values.get(name);
    if (!value) throw new Error(`${name} is not known before the graph runs`);
    return value;
  }

  #sizesOf(node: Node): HostArray {
    const shape = this.#shapes.get(node.inputs[0]!)!;
    const wanted = shape.slice(setting(node, 'start', 0), setting(node, 'end', shape.length));
    return { dims: [wanted.length], data: BigInt64Array.from(wanted, (dim) => BigInt(this.#size(dim))) };
  }

  #size(dim: Dim): number {
    if (typeof dim === 'number') return dim;
    const size = this.#sizes.get(dim) ?? this.#derivedSize(dim);
    this.#sizes.set(dim, size);
    return size;
  }

  #derivedSize(dim: string): number {
    const { node, axis } = this.#origins.get(dim)!;
    const sizeOf = (name: string): number => this.#size(this.#shapes.get(name)![axis]!);
    if (node.opType === 'Concat') return node.inputs.reduce((sum, name) => sum + sizeOf(name), 0);
    if (node.opType !== 'Slice') throw new Error(`${node.opType} gives the size ${dim} its first meaning`);
    const [x, ...places] = node.inputs as [string, string, string, string];
    const [start, end] = places.map((name) => Math.min(Number(this.#value(name).data[0]), sizeOf(x)));
    return Math.max(0, end! - start!);
  }
}
