import { beforeAll, describe, expect, it } from 'vitest';
import { dequantizeNf4, quantizeNf4 } from '../../adapter/nf4.js';
import { quantizeWeights } from '../../adapter/quantized-weights.js';
import { differentiate } from '../../graph/differentiate.js';
import { Graph } from '../../graph/graph.js';
import { integers, normal } from '../../graph/interpreter/random.fixture.js';
import { expectRuntimeAgrees, runInRuntime } from '../../graph/interpreter/runtime.fixture.js';
import { reshape } from '../../graph/ops/broadcast.js';
import { float32FromBfloat16 } from '../../model/floats.js';
import { readSafetensors } from '../../model/safetensors.js';
import { tinyBase } from './tiny-training.fixture.js';
import { type BaseWeights, embeddingRows, frozenMatrix, frozenVector } from './weights.js';

const NAME = 'model.layers.0.mlp.gate_proj';
const bases: Record<string, { base: BaseWeights; matrix: Float32Array }> = {};

beforeAll(async () => {
  for (const torch_dtype of ['float32', 'bfloat16'] as const) {
    const { directory, base } = await tinyBase({ torch_dtype });
    const { tensors } = await readSafetensors(`${directory}/model.safetensors`);
    const data = tensors.get(`${NAME}.weight`)!.data;
    const matrix = data instanceof Uint16Array ? float32FromBfloat16(data) : (data as Float32Array);
    bases[torch_dtype] = { base, matrix };
    if (torch_dtype === 'bfloat16') continue;
    const weights = { tensors: base.tensors, readFloat32: async () => matrix };
    const model = { hash: directory, path: directory, weights };
    const quantized = await quantizeWeights(model, [`${NAME}.weight`], { cacheDirectory: directory });
    bases.nf4 = { base: { ...base, quantized }, matrix: dequantizeNf4(quantizeNf4(matrix)) };
  }
});

describe.each(['float32', 'bfloat16', 'nf4'])('a frozen matrix in %s', (precision) => {
  it('is in the graph, number for number, what the file holds', async () => {
    const { base, matrix } = bases[precision]!;
    const graph = new Graph();
    const frozen = frozenMatrix(graph, base, NAME);
    expect(frozen.shape).toEqual([24, 16]);
    // A weight that is mapped as it is cannot be a result itself.
    graph.output(reshape(frozen.dense(), [24, 16]));
    const [dense] = (await runInRuntime(graph, {})).values();
    expect(dense!.shape).toEqual([24, 16]);
    expect(Float32Array.from(dense!.data)).toEqual(matrix);
  });

  it('multiplies, and passes the gradient to what it multiplies', async () => {
    const { base, matrix } = bases[precision]!;
    const graph = new Graph();
    const x = graph.input('x', 'float32', ['tokens', 16]);
    const dy = graph.input('dy', 'float32', ['tokens', 24]);
    const y = frozenMatrix(graph, base, NAME).apply(x);
    const [dx] = differentiate([[y, dy]], [x]);
    const [yName, dxName] = [graph.output(y), graph.output(dx!)];
    const inputs = { x: normal([3, 16]), dy: normal([3, 24]) };
    await expectRuntimeAgrees(graph, inputs, 2e-6);
    const results = await runInRuntime(graph, inputs);
    const weight = (out: number, inner: number): number => matrix[out * 16 + inner]!;
    results.get(yName)!.data.forEach((actual, i) => {
      const row = inputs.x.value.data.subarray(Math.floor(i / 24) * 16);
      const wanted = Array.from({ length: 16 }, (_, j) => row[j]! * weight(i % 24, j));
      expect(actual).toBeCloseTo(
        wanted.reduce((a, b) => a + b),
        5,
      );
    });
    results.get(dxName)!.data.forEach((actual, i) => {
      const row = inputs.dy.value.data.subarray(Math.floor(i / 16) * 24);
      const wanted = Array.from({ length: 24 }, (_, j) => row[j]! * weight(j, i % 16));
      expect(actual).toBeCloseTo(
        wanted.reduce((a, b) => a + b),
        5,
      );
    });
  });
});

describe('weights', () => {
  it.each(['float32', 'bfloat16'])(
    'as rows of the embedding and as vectors are float32 (%s)',
    async (precision) => {
      const { base } = bases[precision]!;
      const graph = new Graph();
      const ids = graph.input('ids', 'int64', ['tokens']);
      const rows = embeddingRows(graph, base, 'model.embed_tokens.weight', ids);
      const vector = frozenVector(graph, base, 'model.norm.weight');
      expect([rows.dtype, vector.dtype]).toEqual(['float32', 'float32']);
      graph.output(rows);
      await expectRuntimeAgrees(graph, { ids: integers([7, 0, 7]) }, 0);
    },
  );

  it('that are missing or of a type that cannot be mapped are named', () => {
    const { base } = bases.float32!;
    expect(() => frozenMatrix(new Graph(), base, 'model.layers.9.up')).toThrow('no tensor model.layers.9.up');
    const tensors = new Map(base.tensors);
    const half = { ...tensors.get('model.norm.weight')!, dtype: 'F16' as const };
    tensors.set('model.norm.weight', half);
    expect(() => frozenVector(new Graph(), { tensors }, 'model.norm.weight')).toThrow(
      'model.norm.weight is F16, which cannot be mapped',
    );
  });
});
