/**
 * What the kernels of the reference interpreter have in common.
 * @module
 */
import type { Attribute } from '../graph.js';
import type { Value } from './value.fixture.js';

/** Attributes of a node with the defaults of the ONNX documentation left to the kernel. */
export class Attributes {
  constructor(private readonly attributes: Readonly<Record<string, Attribute>>) {}

  #get(name: string, kind: string): unknown {
    const attribute = this.attributes[name];
    if (attribute && !(kind in attribute)) throw new Error(`attribute ${name} is no ${kind}`);
    return attribute && (attribute as Record<string, unknown>)[kind];
  }

  /** An integer, or `fallback` where the node has none. */
  int(name: string, fallback?: number): number {
    const found = (this.#get(name, 'int') ?? fallback) as number | undefined;
    if (found === undefined) throw new Error(`attribute ${name} is missing`);
    return found;
  }

  /** A float, or `fallback` where the node has none. */
  float(name: string, fallback: number): number {
    return (this.#get(name, 'float') as number | undefined) ?? fallback;
  }

  /** A list of integers. */
  ints(name: string): number[] {
    const found = this.#get(name, 'ints') as number[] | undefined;
    if (!found) throw new Error(`attribute ${name} is missing`);
    return found;
  }

  /** A string, or `fallback` where the node has none. */
  string(name: string, fallback: string): string {
    return (this.#get(name, 'string') as string | undefined) ?? fallback;
  }
}

/** Computes the outputs of one node. An input that the node leaves out is `undefined`. */
export type Kernel = (inputs: readonly (Value | undefined)[], attributes: Attributes) => Value[];

/** The integers of a shape or axes input. */
export function integersOf(x: Value | undefined): number[] {
  return x ? [...x.data] : [];
}
