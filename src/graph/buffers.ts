/**
 * Which buffers the runtime makes for the results of a graph, in its order of execution, and when it frees them.
 *
 * The runtime decides this once, from the declared shapes: some operators write over their input when nobody else
 * reads it, others take a buffer of the same declared shape that has become free, the last freed one first. A buffer is
 * held from its first user to its last, also through times in which nothing of use lies in it.
 * @module
 */
import type { DataType, Dim, Graph, Node, Tensor } from './graph.js';
import { executionOrder, fileOrder, liveNodes } from './schedule.js';

/** Bytes of one element. */
export const elementBytes: Readonly<Record<DataType, number>> = {
  float32: 4,
  float64: 8,
  int64: 8,
  int32: 4,
  bool: 1,
  uint8: 1,
  int8: 1,
  bfloat16: 2,
};

/** Operators whose result is their first input's buffer under another shape. */
const VIEWS = new Set(['Reshape']);
/** Operators that may write over their first input (measured: the elementwise ones of the CPU never do). */
const OVERWRITING = new Set(['Sigmoid', 'Softmax', 'ScatterElements', 'Cast']);

/** What one node does to the memory. */
export interface BufferStep {
  node: Node;
  /** Buffers that are made before it runs, by number. */
  begins: number[];
  /** Buffers that nobody needs after it. */
  ends: number[];
}

/** All buffers of a graph. */
export interface BufferPlan {
  /** In the order in which the runtime executes them. */
  steps: BufferStep[];
  /** By number, the tensor whose declared shape a buffer has. */
  buffers: Tensor[];
}

/**
 * Plans the buffers of a graph as the runtime does with memory patterns off.
 *
 * @param given outputs that are written into buffers of the caller, by name; the others are made by the runtime
 */
export function planBuffers(graph: Graph, given: ReadonlySet<string> = new Set()): BufferPlan {
  const order = executionOrder(fileOrder(liveNodes(graph)));
  const results = new Map(graph.results.map((tensor) => [tensor.name, tensor]));
  const isOutput = new Set(graph.outputs.map(({ name }) => name));
  const uses = new Map<string, number>();
  for (const { inputs, outputs } of order) {
    for (const name of [...inputs, ...outputs]) uses.set(name, (uses.get(name) ?? 0) + 1);
  }

  const buffers: Tensor[] = [];
  /** For each result the buffer that it lies in; none for those in the caller's memory. */
  const bufferOf = new Map<string, number>();
  /** Users of each buffer that are still to come. */
  const remaining: number[] = [];
  const lastStep: number[] = [];
  const free = new Map<string, number[]>();
  const steps: BufferStep[] = [];

  const place = (node: Node, name: string, index: number): number | undefined => {
    const tensor = results.get(name)!;
    if (isOutput.has(name)) {
      if (given.has(name)) return undefined;
      // The caller gets it, so it is never freed within the run.
      buffers.push(tensor);
      remaining.push(Number.POSITIVE_INFINITY);
      return buffers.length - 1;
    }
    const own = uses.get(name)!;
    const over = index === 0 ? bufferOf.get(node.inputs[0]!) : undefined;
    const source = results.get(node.inputs[0]!);
    const isView = VIEWS.has(node.opType) && over !== undefined;
    const overwrites =
      OVERWRITING.has(node.opType) &&
      over !== undefined &&
      remaining[over] === 1 &&
      shapeKey(source!) === shapeKey(tensor);
    if (isView || overwrites) {
      remaining[over!]! += own;
      return over;
    }
    // A view of an input or of a weight needs nothing.
    if (VIEWS.has(node.opType)) return undefined;
    const again = free.get(shapeKey(tensor))?.pop();
    if (again !== undefined) {
      remaining[again]! += own;
      return again;
    }
    buffers.push(tensor);
    remaining.push(own);
    return buffers.length - 1;
  };

  for (const [at, node] of order.entries()) {
    const known = buffers.length;
    for (const [index, name] of node.outputs.entries()) {
      const buffer = place(node, name, index);
      if (buffer !== undefined) bufferOf.set(name, buffer);
    }
    for (const name of [...node.inputs, ...node.outputs]) {
      const buffer = bufferOf.get(name);
      if (buffer === undefined) continue;
      lastStep[buffer] = at;
      if (--remaining[buffer]! > 0) continue;
      const key = shapeKey(buffers[buffer]!);
      const list = free.get(key) ?? [];
      free.set(key, list);
      list.push(buffer);
    }
    steps.push({ node, begins: range(known, buffers.length), ends: [] });
  }
  for (const [buffer, at] of lastStep.entries()) {
    if (remaining[buffer] !== Number.POSITIVE_INFINITY) steps[at]!.ends.push(buffer);
  }
  return { steps, buffers };
}

/** Two buffers of equal keys can stand for each other. */
function shapeKey({ dtype, shape }: Tensor): string {
  return `${elementBytes[dtype]}:${shape}`;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Bytes of a tensor of this shape. */
export function tensorBytes(
  { dtype, shape }: { dtype: DataType; shape: readonly Dim[] },
  sizeOf: (name: string) => number,
): number {
  return shape.reduce<number>(
    (product, dim) => product * (typeof dim === 'number' ? dim : sizeOf(dim)),
    elementBytes[dtype],
  );
}
