/**
 * Softmax, root-mean-square normalization and rotary positions.
 * @module
 */

import type { Tensor } from '../graph.js';
import { MICROSOFT } from '../graph.js';
import { sum, sumTo } from './broadcast.js';
import { mul, neg, sub } from './elementwise.js';
import { meanLast } from './reduce.js';

/** e^x / Σ e^x over the last axis. */
export function softmax(x: Tensor): Tensor {
  const y: Tensor = x.graph.node('Softmax', [x], [{ dtype: x.dtype, shape: x.shape }], {
    attributes: { axis: { int: -1 } },
    gradient: ([dy]) => {
      const weighted = mul(dy!, y);
      return [sub(weighted, mul(y, sum(weighted, -1)))];
    },
  })[0]!;
  return y;
}

/**
 * Root-mean-square normalization (arXiv 1910.07467): y = x · inv · weight, inv = 1/√(mean(x²) + epsilon).
 *
 * @param x [n, width]
 * @param weight [width]
 */
export function rmsNorm(x: Tensor, weight: Tensor, epsilon: number): Tensor {
  const [y, inv] = x.graph.node(
    'SimplifiedLayerNormalization',
    [x, weight],
    [
      { dtype: x.dtype, shape: x.shape },
      { dtype: x.dtype, shape: [...x.shape.slice(0, -1), 1] },
    ],
    {
      attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
      // dx = dy·w·inv - x·inv²·mean(dy·y); dy·y stands for dy·w·x·inv and saves a pass
      gradient: ([dy], [needX, needWeight]) => {
        const dx = needX
          ? mul(sub(mul(dy!, weight), mul(x, mul(inv!, meanLast(mul(dy!, y!))))), inv!)
          : undefined;
        return [dx, needWeight ? sumTo(mul(dy!, mul(x, inv!)), weight.shape) : undefined];
      },
    },
  );
  return y!;
}

/** Tables of {@link rotary}: cosines and sines [positions, headDim / 2]. */
export interface RotaryTables {
  cos: Tensor;
  sin: Tensor;
}

/**
 * Rotary position embedding (arXiv 2104.09864) in the half-split form of Transformers' Llama.
 *
 * @param x [batch, heads, sequence, headDim]
 * @param positions int64 [batch, sequence]
 */
export function rotary(x: Tensor, positions: Tensor, { cos, sin }: RotaryTables): Tensor {
  return x.graph.node('RotaryEmbedding', [x, positions, cos, sin], [{ dtype: x.dtype, shape: x.shape }], {
    domain: MICROSOFT,
    // A rotation's transpose is the rotation back.
    gradient: ([dy]) => [rotary(dy!, positions, { cos, sin: neg(sin) }), undefined, undefined, undefined],
  })[0]!;
}
