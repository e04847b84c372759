/**
 * Random inputs for graphs under test.
 * @module
 */
import { type RandomStream, randomStream } from '../../random.js';
import type { DataType, Dim } from '../graph.js';
import { sizeOf, type Value, value } from './value.fixture.js';

/** An input of a graph: its value and how the graph declares it. */
export interface InputSpec {
  value: Value;
  dtype: DataType;
  /** Declared shape; names stand for sizes that the graph does not know. */
  dims: readonly Dim[];
}

function filled(shape: readonly number[], dims: readonly Dim[], draw: () => number): InputSpec {
  const data = Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(draw()));
  return { value: value(shape, data), dtype: 'float32', dims };
}

let drawn = 0;
const stream = (): RandomStream => randomStream(11, 'graph-tests', drawn++);

/** Standard normal elements, representable in float32. */
export function normal(shape: readonly number[], dims: readonly Dim[] = shape): InputSpec {
  const random = stream();
  return filled(shape, dims, () => random.normal());
}

/** Elements in [0.5, 2.5), away from what logarithm, root and division cannot take. */
export function positive(shape: readonly number[], dims: readonly Dim[] = shape): InputSpec {
  const random = stream();
  return filled(shape, dims, () => 0.5 + 2 * random.next());
}

/** The given integers as int64. */
export function integers(data: readonly number[], shape: readonly number[] = [data.length]): InputSpec {
  return { value: value(shape, data), dtype: 'int64', dims: shape };
}
