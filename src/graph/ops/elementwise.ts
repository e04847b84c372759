/**
 * Operators that work element by element, with NumPy broadcasting.
 * @module
 */

import { broadcastShapes } from '../dims.js';
import type { DataType, GradientRule, Tensor } from '../graph.js';
import { MICROSOFT } from '../graph.js';
import { sumTo } from './broadcast.js';

function binary(
  opType: string,
  a: Tensor,
  b: Tensor,
  gradient?: GradientRule,
  dtype: DataType = a.dtype,
): Tensor {
  return a.graph.node(opType, [a, b], [{ dtype, shape: broadcastShapes(a.shape, b.shape) }], {
    gradient,
  })[0]!;
}

function unary(opType: string, x: Tensor, gradient?: GradientRule): Tensor {
  return x.graph.node(opType, [x], [{ dtype: x.dtype, shape: x.shape }], { gradient })[0]!;
}

/** a + b */
export function add(a: Tensor, b: Tensor): Tensor {
  return binary('Add', a, b, ([dy], [needA, needB]) => [
    needA ? sumTo(dy!, a.shape) : undefined,
    needB ? sumTo(dy!, b.shape) : undefined,
  ]);
}

/** a - b */
export function sub(a: Tensor, b: Tensor): Tensor {
  return binary('Sub', a, b, ([dy], [needA, needB]) => [
    needA ? sumTo(dy!, a.shape) : undefined,
    needB ? neg(sumTo(dy!, b.shape)) : undefined,
  ]);
}

/** a · b */
export function mul(a: Tensor, b: Tensor): Tensor {
  return binary('Mul', a, b, ([dy], [needA, needB]) => [
    needA ? sumTo(mul(dy!, b), a.shape) : undefined,
    needB ? sumTo(mul(dy!, a), b.shape) : undefined,
  ]);
}

/** a / b */
export function div(a: Tensor, b: Tensor): Tensor {
  const y: Tensor = binary('Div', a, b, ([dy], [needA, needB]) => {
    const da = div(dy!, b);
    return [needA ? sumTo(da, a.shape) : undefined, needB ? neg(sumTo(mul(da, y), b.shape)) : undefined];
  });
  return y;
}

/** The larger of a and b. Used on values that need no gradient. */
export function maximum(a: Tensor, b: Tensor): Tensor {
  return binary('Max', a, b);
}

/** -x */
export function neg(x: Tensor): Tensor {
  return unary('Neg', x, ([dy]) => [neg(dy!)]);
}

/** Natural exponential. */
export function exp(x: Tensor): Tensor {
  const y: Tensor = unary('Exp', x, ([dy]) => [mul(dy!, y)]);
  return y;
}

/** Natural logarithm. */
export function log(x: Tensor): Tensor {
  return unary('Log', x, ([dy]) => [div(dy!, x)]);
}

/** Square root. */
export function sqrt(x: Tensor): Tensor {
  const y: Tensor = unary('Sqrt', x, ([dy]) => [div(mul(dy!, x.graph.scalar(0.5)), y)]);
  return y;
}

/** 1 / (1 + e^-x) */
export function sigmoid(x: Tensor): Tensor {
  const y: Tensor = unary('Sigmoid', x, ([dy]) => [mul(mul(dy!, y), sub(x.graph.scalar(1), y))]);
  return y;
}

/** x · sigmoid(x) (SiLU, arXiv 1702.03118), as one kernel. */
export function silu(x: Tensor): Tensor {
  const y: Tensor = x.graph.node('QuickGelu', [x], [{ dtype: x.dtype, shape: x.shape }], {
    domain: MICROSOFT,
    attributes: { alpha: { float: 1 } },
    // y' = s + y·(1 - s) with s = sigmoid(x)
    gradient: ([dy]) => {
      const s = sigmoid(x);
      return [mul(dy!, add(s, mul(y, sub(x.graph.scalar(1), s))))];
    },
  })[0]!;
  return y;
}

/** Another element type; gradients pass between floating-point types only. */
export function cast(x: Tensor, dtype: DataType): Tensor {
  const code = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float64: 11, bfloat16: 16 }[dtype];
  const floating = (type: DataType): boolean => type.includes('float');
  return x.graph.node('Cast', [x], [{ dtype, shape: x.shape }], {
    attributes: { to: { int: code } },
    gradient: floating(dtype) && floating(x.dtype) ? ([dy]) => [cast(dy!, x.dtype)] : undefined,
  })[0]!;
}
