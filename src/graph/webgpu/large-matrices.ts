/**
 * Weights that are larger than what a shader may bind: read in pieces of whole rows.
 * @module
 */
import type { Graph, Initializer, Tensor } from '../graph.js';
import { add, cast, mul } from '../ops/elementwise.js';
import { gatherRows } from '../ops/indexing.js';
import { matmul } from '../ops/matmul.js';
import { concat, slice } from '../ops/shape.js';
import { type Rule, type SourceNode, setting } from './rebuild.js';

/** Rows [from, to) of a matrix. */
interface Piece {
  from: number;
  to: number;
  rows: Tensor;
}

/**
 * Cuts mapped matrices of more than `largest` bytes where they are looked up, multiplied, or multiplied transposed.
 */
export function largeMatrixRule(largest: number): Rule {
  return (source, target) => {
    const { node, input } = source;
    const isTable = node.opType === 'Gather';
    const matrix = source.initializer(isTable ? 0 : 1);
    const pieces = matrix && cut(target, matrix, largest);
    if (!pieces) return undefined;
    if (isTable && setting(node, 'axis', 0) === 0) return [lookUp(pieces, input(1)!)];
    return [multiply(source, pieces)];
  };
}

function cut(target: Graph, { tensor, data }: Initializer, largest: number): Piece[] | undefined {
  if (!('file' in data) || data.byteLength <= largest || tensor.shape.length !== 2) return undefined;
  const [rows, width] = tensor.shape as [number, number];
  const rowBytes = data.byteLength / rows;
  const step = Math.max(1, Math.floor(largest / rowBytes));
  return Array.from({ length: Math.ceil(rows / step) }, (_, i) => {
    const from = i * step;
    const to = Math.min(rows, from + step);
    const place = { offset: data.offset + from * rowBytes, byteLength: (to - from) * rowBytes };
    return { from, to, rows: target.mapped(tensor.dtype, [to - from, width], { file: data.file, ...place }) };
  });
}

function multiply({ node, input }: SourceNode, pieces: readonly Piece[]): Tensor {
  const x = input(0)!;
  const transB = setting(node, 'transB', 0) === 1;
  const plain =
    node.opType === 'MatMul' || (node.opType === 'FusedMatMul' && setting(node, 'transA', 0) === 0);
  if (!plain) throw new Error(`${node.opType} reads a matrix that is too large for one buffer`);
  const alpha = setting(node, 'alpha', 1);
  // Rows are what is summed over, or with a transposed matrix the columns of the result.
  return transB
    ? concat(
        pieces.map(({ rows }) => matmul(x, rows, { transB, alpha })),
        1,
      )
    : pieces.map(({ from, to, rows }) => matmul(slice(x, 1, from, to), rows, { alpha })).reduce(add);
}

/** Each piece gives the rows that it has, and zeros for the others. */
function lookUp(pieces: readonly Piece[], indices: Tensor): Tensor {
  const { graph } = indices;
  const integers = (opType: string, a: Tensor, b: Tensor): Tensor =>
    graph.node(opType, [a, b], [{ dtype: 'int64', shape: indices.shape }])[0]!;
  const column = [...indices.shape, 1];
  return pieces
    .map(({ from, to, rows }) => {
      const local = integers('Sub', indices, graph.integers(from));
      const inside = integers(
        'Min',
        integers('Max', local, graph.integers(0)),
        graph.integers(to - from - 1),
      );
      const pair = [cast(local, 'int32'), cast(inside, 'int32')];
      const [isHere] = graph.node('Equal', pair, [{ dtype: 'bool', shape: indices.shape }]);
      const factor = cast(isHere!, 'float32');
      const [rowFactor] = graph.node(
        'Reshape',
        [factor, graph.integers(-1, 1)],
        [{ dtype: 'float32', shape: column }],
      );
      return mul(gatherRows(rows, inside), rowFactor!);
    })
    .reduce(add);
}
