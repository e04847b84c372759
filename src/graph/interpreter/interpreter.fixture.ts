/**
 * A reference interpreter: executes a graph in float64 and plain TypeScript, so that gradient rules can be
 * compared with central differences to more digits than the runtime's float32 has.
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Dim, Graph, Initializer, Node, Tensor } from '../graph.js';
import { liveNodes } from '../schedule.js';
import { arithmetic, isIntegerType } from './arithmetic.fixture.js';
import { Attributes, type Kernel } from './kernel.fixture.js';
import { movement } from './movement.fixture.js';
import { quantized } from './quantized.fixture.js';
import { type Value, value } from './value.fixture.js';

/** Kernels by operator. */
export const kernels: Readonly<Record<string, Kernel>> = { ...arithmetic, ...movement, ...quantized };

/** Runs a graph: values of its inputs by name → values of its outputs by name. */
export type Interpreter = (feeds: Readonly<Record<string, Value>>) => Map<string, Value>;

/**
 * Prepares `graph` as it is now; constants and mapped weights are read once.
 *
 * @param observe sees every value as it is computed
 */
export function interpreter(graph: Graph, observe?: (name: string, value: Value) => void): Interpreter {
  const nodes = liveNodes(graph);
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const constants = graph.initializers
    .filter(({ tensor }) => read.has(tensor.name))
    .map((initializer) => [initializer.tensor.name, constantValue(initializer)] as const);
  const integers = integerNames(graph, nodes);
  const declared = new Map([...graph.inputs, ...graph.results].map((tensor) => [tensor.name, tensor]));
  return (feeds) => {
    const values = new Map<string, Value>(constants);
    const sizes = new Map<string, number>();
    for (const [name, given] of Object.entries(feeds)) {
      values.set(name, given);
      if (declared.has(name)) checkShape(declared.get(name)!, given.shape, sizes);
    }
    for (const node of nodes) {
      const kernel = kernels[node.opType];
      if (!kernel) throw new Error(`the interpreter has no ${node.opType}`);
      const inputs = node.inputs.map((name) => {
        if (name && !values.has(name)) throw new Error(`${node.opType} reads ${name} before it exists`);
        return name ? values.get(name) : undefined;
      });
      const results = kernel(inputs, new Attributes(node.attributes));
      for (const [i, name] of node.outputs.entries()) {
        const { shape, data } = results[i]!;
        // Of all that is done with integers, only a division can leave them.
        const result = integers.has(name) ? { shape, data: data.map(Math.trunc) } : { shape, data };
        checkShape(declared.get(name)!, shape, sizes);
        values.set(name, result);
        observe?.(name, result);
      }
    }
    return new Map(graph.outputs.map(({ name }) => [name, values.get(name)!]));
  };
}

/** Holds a value to its declared shape: fixed sizes, and one size for each name in the whole graph. */
function checkShape({ name, shape }: Tensor, actual: readonly number[], sizes: Map<string, number>): void {
  const fits = (dim: Dim, i: number): boolean => {
    if (typeof dim === 'number') return dim === actual[i];
    if (!sizes.has(dim)) sizes.set(dim, actual[i]!);
    return sizes.get(dim) === actual[i];
  };
  if (shape.length !== actual.length || !shape.every(fits)) {
    throw new Error(`${name} is declared [${shape}] and has the shape [${actual}]`);
  }
}

/** Names of the values that hold integers: by declaration, by operator, or because what they come from does. */
function integerNames(graph: Graph, nodes: readonly Node[]): Set<string> {
  const isInteger = ({ dtype }: Tensor): boolean => !dtype.includes('float');
  const declared = [...graph.inputs, ...graph.initializers.map(({ tensor }) => tensor)].filter(isInteger);
  const names = new Set(declared.map(({ name }) => name));
  for (const { opType, attributes, inputs, outputs } of nodes) {
    const made =
      ['Shape', 'ArgMax', 'QuantizeLinear'].includes(opType) ||
      (opType === 'Cast' ? isIntegerType(new Attributes(attributes).int('to')) : names.has(inputs[0]!));
    if (opType === 'MatMulIntegerToFloat') continue;
    if (made) for (const name of outputs) names.add(name);
  }
  return names;
}

function constantValue({ tensor, data }: Initializer): Value {
  const shape = tensor.shape as number[];
  if (!('file' in data)) return value(shape, Float64Array.from(data, Number));
  const bytes = new Uint8Array(data.byteLength);
  const handle = openSync(data.file, 'r');
  readSync(handle, bytes, 0, bytes.length, data.offset);
  closeSync(handle);
  if (tensor.dtype === 'uint8') return value(shape, bytes);
  if (tensor.dtype === 'int8') return value(shape, new Int8Array(bytes.buffer));
  if (tensor.dtype === 'float32') return value(shape, new Float32Array(bytes.buffer));
  if (tensor.dtype !== 'bfloat16') throw new Error(`mapped ${tensor.dtype} is not interpreted`);
  const halves = new Uint16Array(bytes.buffer);
  // A bfloat16 is the upper half of a float32.
  return value(shape, new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer));
}
