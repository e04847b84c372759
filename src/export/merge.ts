/**
 * What is exported: the base model with its adapter merged into it, a few rows at a time.
 * @module
 */
import { loraScaling } from '../adapter/lora.js';
import type { Adapter } from '../adapter/peft.js';
import { AttuneError } from '../errors.js';
import type { Model } from '../model/model.js';
import { blockOf, elementCount } from '../model/stored-types.js';
import { readFloat32Rows } from '../model/weight-store.js';
import type { StoredType } from '../model/weights.js';

/** A model with what was trained on it. */
export interface ExportSource {
  /** The base, best not quantized; after full fine-tuning the run's own model. */
  model: Model;
  /** LoRA adapter of the base; several stages' adapters are one already. */
  adapter?: Adapter;
}

/** A tensor of the merged model. */
export interface MergedTensor {
  /** Name as in Transformers. */
  name: string;
  /** Row-major, as in Transformers: a linear layer's weight is [out, in]. */
  shape: readonly number[];
  /**
   * The elements in float32, in the order of the rows: slices of whole rows and, for query and key weights, of whole
   * heads. Each is at most 16 MiB, or one head or row where that is more.
   *
   * @throws {AttuneError} when an element is not a finite number
   */
  slices(): AsyncIterable<Float32Array>;
}

/** Most bytes of a slice: small beside any model, large enough to read and write at the disk's speed. */
const sliceBytes = 16 * 1024 * 1024;

/**
 * The merged model's tensors, in the order of the computation: W + scaling · B·A for the adapted weights, the base's own
 * for the rest. Sums are taken in float64 and rounded to float32 once; a tied `lm_head` is not repeated.
 *
 * No more than one slice of one tensor is in memory, so the model may be larger than the memory.
 *
 * @throws {AttuneError} when the adapter has a module that the model does not have, or of another shape
 */
export function mergedTensors({ model, adapter }: ExportSource): MergedTensor[] {
  const { weights, config } = model;
  for (const [module, { A, B }] of adapter?.tensors ?? []) {
    const shape = weights.tensors.get(`${module}.weight`)?.shape;
    const r = adapter!.settings.r;
    if (shape?.length !== 2 || A.length !== r * shape[1]! || B.length !== r * shape[0]!) {
      throw new AttuneError(`the adapter's ${module} does not fit the model ${model.name}`, {
        field: module,
        fix: 'name the base model that the adapter was trained on',
      });
    }
  }
  return [...weights.tensors.values()].map((tensor) => {
    const { name, shape } = tensor;
    const [rows = 1] = shape;
    const columns = elementCount(shape) / rows;
    const pair = adapter?.tensors.get(name.replace(/\.weight$/, ''));
    const unit = /\.[qk]_proj\.weight$/.test(name) ? config.headDim : 1;
    const atOnce = Math.max(unit, Math.floor(sliceBytes / (columns * 4 * unit)) * unit);
    return {
      name,
      shape,
      async *slices() {
        for (let start = 0; start < rows; start += atOnce) {
          const count = Math.min(atOnce, rows - start);
          const values = await readFloat32Rows(tensor, start, count);
          if (pair)
            addProduct(values, columns, start, pair, adapter!.settings.r, loraScaling(adapter!.settings));
          checkFinite(values, name);
          yield values;
        }
      },
    };
  });
}

/** Adds scaling · B·A to the rows from `start` on. */
function addProduct(
  values: Float32Array,
  columns: number,
  start: number,
  { A, B }: { A: Float32Array; B: Float32Array },
  r: number,
  scaling: number,
): void {
  const sums = new Float64Array(columns);
  for (let row = 0; row * columns < values.length; row++) {
    const own = values.subarray(row * columns, (row + 1) * columns);
    sums.set(own);
    for (let k = 0; k < r; k++) {
      const factor = scaling * B[(start + row) * r + k]!;
      if (factor === 0) continue;
      const from = k * columns;
      for (let i = 0; i < columns; i++) sums[i] = sums[i]! + factor * A[from + i]!;
    }
    own.set(sums);
  }
}

function checkFinite(values: Float32Array, name: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) {
      throw new AttuneError(`tensor ${name} holds ${values[i]}, which is no weight`, {
        field: name,
        fix: 'train again from the last checkpoint that is sound; the metrics say where the loss left its range',
      });
    }
  }
}

/**
 * The quantized types that the base's weights are stored in; empty for a base in floating point. Such a base has lost
 * precision before the merge, and what was trained on it learned to live with that: it has to be said beside the export.
 */
export function quantizedBaseTypes({ weights }: Pick<Model, 'weights'>): StoredType[] {
  const types = new Set([...weights.tensors.values()].map(({ dtype }) => dtype));
  return [...types].filter((dtype) => blockOf(dtype).elements > 1).sort();
}
