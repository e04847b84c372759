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
import { type BaseWeights, frozenProducts, frozenVector } from './weights.js';

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
  /** The frozen branch of adapters that were merged; it has the modules and the scaling of `adapter`. */
  merged?: MergedBranch;
}

/** A low-rank branch that is not trained. */
export interface MergedBranch {
  rank: number;
  /** A and B of each module, as {@link mergedName} names them. */
  tensors: ReadonlyMap<string, Tensor>;
}

/** Name of a merged matrix as a graph's input. */
export function mergedName(module: string, matrix: 'A' | 'B'): string {
  return `${module}.merged_${matrix}.weight`;
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
  const isFrozen = (name: string): boolean => !weights.parameters.has(`${name}.weight`);
  const frozen = frozenProducts(x, weights.base, modules.filter(isFrozen));
  const outputs = modules.map((name) =>
    isFrozen(name)
      ? frozen.shift()!
      : matmul(x, weights.parameters.get(`${name}.weight`)!, { transB: true }),
  );
  const { adapter, merged, parameters } = weights;
  const adapted = modules.filter((name) => adapter?.modules.includes(name));
  if (!adapter || adapted.length === 0) return outputs;
  const addBranch = (narrow: Tensor[], wide: (module: string) => Tensor): void => {
    adapted.forEach((name, i) => {
      const at = modules.indexOf(name);
      const product = matmul(narrow[i]!, wide(name), { transB: true, alpha: adapter.scaling });
      outputs[at] = add(outputs[at]!, product);
    });
  };
  if (merged) {
    const matrix = (name: string, which: 'A' | 'B'): Tensor => merged.tensors.get(mergedName(name, which))!;
    const narrow = sharedNarrow(
      x,
      adapted.map((name) => matrix(name, 'A')),
      merged.rank,
    );
    addBranch(narrow, (name) => matrix(name, 'B'));
  }
  const trained = (name: string, which: 'A' | 'B'): Tensor => parameters.get(`${name}.lora_${which}.weight`)!;
  const matrices = adapted.map((name) => trained(name, 'A'));
  const narrow = weights.dropout
    ? adapted.map((name, i) =>
        matmul(mul(x, dropoutMask(x, weights.dropout!, adapter.modules.indexOf(name))), matrices[i]!, {
          transB: true,
        }),
      )
    : sharedNarrow(x, matrices, adapter.r);
  addBranch(narrow, (name) => trained(name, 'B'));
  return outputs;
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
