/**
 * Operators of our graphs that the runtime's WebGPU provider lacks or computes wrongly, by others that it has.
 * @module
 */
import type { Graph, Tensor } from '../graph.js';
import { add, div, mul, sqrt } from '../ops/elementwise.js';
import { meanLast } from '../ops/reduce.js';
import { transpose } from '../ops/shape.js';
import { type Rule, type SourceNode, setting } from './rebuild.js';

/** Replaces what the provider cannot do. */
export const operatorRule: Rule = (source, target) => {
  if (source.node.opType === 'FusedMatMul') return product(source, target);
  if (source.node.opType === 'SimplifiedLayerNormalization') return rmsNorm(source, target);
  return undefined;
};

/** The provider has no FusedMatMul: matrices are multiplied by Gemm, batches after a transposition. */
function product({ node, input, outputs }: SourceNode, target: Graph): Tensor[] {
  const [a, b] = [input(0)!, input(1)!];
  const [transA, transB] = [setting(node, 'transA', 0), setting(node, 'transB', 0)];
  const alpha = setting(node, 'alpha', 1);
  if (outputs[0]!.shape.length === 2) {
    const attributes = { transA: { int: transA }, transB: { int: transB }, alpha: { float: alpha } };
    return target.node('Gemm', [a, b], outputs, { attributes });
  }
  // Not by `matmul`: it compares sizes by their names, and one size may have two.
  const factors = [transA ? swapLastAxes(a) : a, transB ? swapLastAxes(b) : b];
  const [plain] = target.node('MatMul', factors, outputs);
  return [alpha === 1 ? plain! : mul(plain!, target.scalar(alpha))];
}

function swapLastAxes(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}

/**
 * The provider's SimplifiedLayerNormalization writes something else where 1/√(mean(x²) + epsilon) belongs (onnxruntime
 * 1.30.0; a test shows it), so this is computed beside it where it is read.
 */
function rmsNorm({ node, input, outputs, isRead }: SourceNode, target: Graph): Tensor[] {
  const [x, weight] = [input(0)!, input(1)!];
  const [y] = target.node(node.opType, [x, weight], outputs.slice(0, 1), { attributes: node.attributes });
  if (!isRead(1)) return [y!];
  const epsilon = target.scalar(setting(node, 'epsilon', 1e-5));
  return [y!, div(target.scalar(1), sqrt(add(meanLast(mul(x, x)), epsilon)))];
}
