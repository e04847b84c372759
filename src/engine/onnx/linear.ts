/**
 * The linear layers of a decoder inside a graph: frozen, adapted or trained.
 * @module
 */

import type { Tensor } from '../../graph/graph.js';
import { reshape } from '../../graph/ops/broadcast.js';
import { add, mul } from '../../graph/ops/elementwise.js';
import { matmul } from '../../graph/ops/matmul.js';
import { concat, split } from '../../graph/ops/shape.js';
import type { AdapterShape } from './parameters.js';
import { type BaseWeights, frozenMatrix, frozenVector } from './weights.js';

/** Random numbers of dropout: 0 or 1/(1 - p), and where each module's window begins. */
export interface DropoutDraws {
  pool: Tensor;
  /** int64 [modules] */
  offsets: Tensor;
}

/** Brings weights into a graph: trained ones from `parameters`, others from the base's files. */
export interface LayerWeights {
  base: BaseWeights;
  parameters: ReadonlyMap<string, Tensor>;
  adapter?: AdapterShape;
  dropout?: DropoutDraws;
}

/** The normalization weight `name`. */
export function vector(x: Tensor, weights: LayerWeights, name: string): Tensor {
  return weights.parameters.get(name) ?? frozenVector(x.graph, weights.base, name);
}

/**
 * Linear layers that read the same input: x·Wᵀ for each, with the low-rank branch where the module is adapted.
 *
 * The A matrices of all branches make one product, since each alone is too narrow to keep the cores busy.
 *
 * @param x [tokens, in]
 * @param modules names without `.weight`
 */
export function project(x: Tensor, weights: LayerWeights, modules: readonly string[]): Tensor[] {
  const outputs = modules.map((name) => {
    const trained = weights.parameters.get(`${name}.weight`);
    return trained
      ? matmul(x, trained, { transB: true })
      : frozenMatrix(x.graph, weights.base, name).apply(x);
  });
  const { adapter } = weights;
  const adapted = modules.filter((name) => adapter?.modules.includes(name));
  if (!adapter || adapted.length === 0) return outputs;
  const part = (name: string, matrix: 'A' | 'B'): Tensor =>
    weights.parameters.get(`${name}.lora_${matrix}.weight`)!;
  const narrow = weights.dropout
    ? adapted.map((name) =>
        matmul(mul(x, dropoutMask(x, weights.dropout!, adapter.modules.indexOf(name))), part(name, 'A'), {
          transB: true,
        }),
      )
    : sharedNarrow(
        x,
        adapted.map((name) => part(name, 'A')),
        adapter.r,
      );
  return outputs.map((output, i) => {
    const at = adapted.indexOf(modules[i]!);
    if (at < 0) return output;
    return add(output, matmul(narrow[at]!, part(modules[i]!, 'B'), { transB: true, alpha: adapter.scaling }));
  });
}

function sharedNarrow(x: Tensor, matrices: Tensor[], r: number): Tensor[] {
  if (matrices.length === 1) return [matmul(x, matrices[0]!, { transB: true })];
  const together = matmul(x, concat(matrices, 0), { transB: true });
  return split(
    together,
    1,
    matrices.map(() => r),
  );
}

/** A window of the step's pool of draws in the shape of `x`: each module looks at another one. */
function dropoutMask(x: Tensor, { pool, offsets }: DropoutDraws, index: number): Tensor {
  const { graph } = x;
  const integer = { dtype: 'int64' as const, shape: [1] };
  const [start] = graph.node('Gather', [offsets, graph.integers(index)], [integer]);
  const [size] = graph.node('ReduceProd', [graph.sizes(x.shape), graph.integers(0)], [integer]);
  const [end] = graph.node('Add', [start!, size!], [integer]);
  const [window] = graph.node(
    'Slice',
    [pool, start!, end!, graph.integers(0)],
    [{ dtype: 'float32', shape: [`window${index}`] }],
  );
  return reshape(window!, x.shape);
}
