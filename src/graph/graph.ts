/**
 * A graph under construction: nodes in the order in which they are wanted to run, the constants and
 * weights that they read, inputs and outputs.
 * @module
 */

/** Element types that the embedded runtime knows. `bfloat16` and `int8` occur as stored weights only. */
export type DataType =
  'float32' | 'float64' | 'int64' | 'int32' | 'bool' | 'uint8' | 'int8' | 'bfloat16';

/** A fixed size, or the name of a size that is known when the graph runs. */
export type Dim = number | string;

/** Gradients of an operation's inputs from those of its outputs; `needs[i]` tells which are wanted. */
export type GradientRule = (
  outputGradients: readonly (Tensor | undefined)[],
  needs: readonly boolean[],
) => (Tensor | undefined)[];

/** What differentiation sees: one application of an operator, or of a function with a gradient of its own. */
export interface Operation {
  /** Order of creation in the graph. */
  readonly id: number;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** Absent where no gradient exists (comparisons, casts to integers). */
  readonly gradient?: GradientRule;
}

/** A named value of a graph. */
export interface Tensor {
  readonly graph: Graph;
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly Dim[];
  /** What produced it; absent for inputs, weights and constants. */
  operation?: Operation;
}

/** An attribute of a node; `float` and `int` tell 1.0 from 1. */
export type Attribute = { int: number } | { float: number } | { ints: number[] } | { string: string };

/** One operator application as the runtime sees it. */
export interface Node {
  opType: string;
  /** Empty for standard operators, `com.microsoft` for the runtime's own. */
  domain: string;
  inputs: string[];
  outputs: string[];
  attributes: Record<string, Attribute>;
}

/** Bytes of a file that the runtime maps instead of copying. */
export interface MappedBytes {
  file: string;
  offset: number;
  byteLength: number;
}

/** A constant, held in the graph itself or in a mapped file. */
export interface Initializer {
  tensor: Tensor;
  data: Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array | Int8Array | MappedBytes;
}

/** The runtime's own operator domain. */
export const MICROSOFT = 'com.microsoft';

/** Builds one graph. Operators are functions over its tensors (`ops/`). */
export class Graph {
  readonly nodes: Node[] = [];
  readonly initializers: Initializer[] = [];
  readonly inputs: Tensor[] = [];
  readonly outputs: Tensor[] = [];
  /** Results of all nodes. Equal names of sizes must mean equal sizes: the runtime reuses memory by them. */
  readonly results: Tensor[] = [];
  #names = 0;
  #operations = 0;
  #constants = new Map<string, Tensor>();
  #derived = new Map<string, Tensor>();
  /** For each named size the first tensor that has it, and on which axis. */
  #sizeSources = new Map<string, { tensor: Tensor; axis: number }>();

  /** A value that is given at every run. */
  input(name: string, dtype: DataType, shape: readonly Dim[]): Tensor {
    const tensor: Tensor = { graph: this, name, dtype, shape };
    this.inputs.push(tensor);
    this.#noteSizes(tensor);
    return tensor;
  }

  /** Weights that stay in their file; they are mapped, never copied. */
  mapped(dtype: DataType, shape: readonly number[], bytes: MappedBytes): Tensor {
    return this.#constant(`${bytes.file}:${bytes.offset}:${dtype}:${shape}`, dtype, shape, bytes);
  }

  /** A constant held in the graph; equal small constants are stored once. */
  constant(
    dtype: DataType,
    shape: readonly number[],
    data: Exclude<Initializer['data'], MappedBytes>,
  ): Tensor {
    const key = data.length <= 64 ? `${dtype}:${shape}:${data.join()}` : undefined;
    return this.#constant(key, dtype, shape, data);
  }

  #constant(
    key: string | undefined,
    dtype: DataType,
    shape: readonly number[],
    data: Initializer['data'],
  ): Tensor {
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known) return known;
    const tensor: Tensor = { graph: this, name: `c${this.#names++}`, dtype, shape };
    this.initializers.push({ tensor, data });
    if (key !== undefined) this.#constants.set(key, tensor);
    return tensor;
  }

  /** A float32 scalar. */
  scalar(value: number): Tensor {
    return this.constant('float32', [], Float32Array.of(value));
  }

  /** An int64 vector, the form in which operators take shapes and axes. */
  integers(...values: number[]): Tensor {
    return this.constant('int64', [values.length], BigInt64Array.from(values, BigInt));
  }

  #noteSizes(tensor: Tensor): void {
    for (const [axis, dim] of tensor.shape.entries()) {
      if (typeof dim === 'string' && !this.#sizeSources.has(dim))
        this.#sizeSources.set(dim, { tensor, axis });
    }
  }

  /** What `build` makes, once in a graph for each `key`. */
  derived(key: string, build: () => Tensor): Tensor {
    const known = this.#derived.get(key) ?? build();
    this.#derived.set(key, known);
    return known;
  }

  /** The sizes of `shape` at run time, int64 [rank]; equal shapes are computed once in a graph. */
  sizes(shape: readonly Dim[]): Tensor {
    if (shape.every((dim) => typeof dim === 'number')) return this.integers(...shape);
    return this.derived(`sizes:${shape}`, () => {
      const vector = { dtype: 'int64' as const, shape: [shape.length] };
      if (shape.length > 1) {
        const parts = shape.map((dim) => this.sizes([dim]));
        return this.node('Concat', parts, [vector], { attributes: { axis: { int: 0 } } })[0]!;
      }
      const source = this.#sizeSources.get(shape[0] as string);
      if (!source) throw new Error(`nothing in the graph has the size ${shape[0]}`);
      const attributes = { start: { int: source.axis }, end: { int: source.axis + 1 } };
      return this.node('Shape', [source.tensor], [vector], { attributes })[0]!;
    });
  }

  /** Adds one node and, when `gradient` is given, lets differentiation pass through it. */
  node(
    opType: string,
    inputs: readonly (Tensor | undefined)[],
    outputs: readonly { dtype: DataType; shape: readonly Dim[] }[],
    options: { domain?: string; attributes?: Record<string, Attribute>; gradient?: GradientRule } = {},
  ): Tensor[] {
    const tensors: Tensor[] = outputs.map(({ dtype, shape }) => ({
      graph: this,
      name: `v${this.#names++}`,
      dtype,
      shape,
    }));
    for (const tensor of tensors) this.#noteSizes(tensor);
    this.results.push(...tensors);
    this.nodes.push({
      opType,
      domain: options.domain ?? '',
      inputs: inputs.map((input) => input?.name ?? ''),
      outputs: tensors.map((tensor) => tensor.name),
      attributes: options.attributes ?? {},
    });
    this.operation(
      inputs.filter((input) => input !== undefined),
      tensors,
      options.gradient,
    );
    return tensors;
  }

  /** Declares `outputs` a function of `inputs` for differentiation, hiding how they were computed. */
  operation(inputs: readonly Tensor[], outputs: readonly Tensor[], gradient?: GradientRule): void {
    const operation: Operation = { id: this.#operations++, inputs, outputs, gradient };
    for (const tensor of outputs) tensor.operation = operation;
  }

  /** Makes `tensor` a result of the graph under its present name. */
  output(tensor: Tensor): string {
    this.outputs.push(tensor);
    return tensor.name;
  }
}
