import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../model/config.js';
import { initialLora, linearModules, loraScaling, targetModules } from './lora.js';

const config: ModelConfig = {
  modelType: 'llama',
  vocabSize: 49152,
  hiddenSize: 576,
  intermediateSize: 1536,
  numHiddenLayers: 30,
  numAttentionHeads: 9,
  numKeyValueHeads: 3,
  headDim: 64,
  rmsNormEps: 1e-5,
  ropeTheta: 100000,
  maxPositionEmbeddings: 8192,
  tieWordEmbeddings: true,
  eosTokenIds: [2],
};

describe('linearModules', () => {
  it('lists SmolLM2-135M in the order of its forward pass', () => {
    const modules = linearModules(config);
    expect(modules).toHaveLength(30 * 7);
    expect(modules[1]).toEqual({
      name: 'model.layers.0.self_attn.k_proj',
      inFeatures: 576,
      outFeatures: 192,
    });
    expect(modules[13]).toEqual({
      name: 'model.layers.1.mlp.down_proj',
      inFeatures: 1536,
      outFeatures: 576,
    });
    const weights = modules.reduce((sum, module) => sum + module.inFeatures * module.outFeatures, 0);
    expect(weights).toBe(106_168_320);
  });

  it('takes the width of the heads from headDim, not from hiddenSize', () => {
    const [q, k, , o] = linearModules({ ...config, headDim: 128 });
    expect([q!.outFeatures, k!.outFeatures, o!.inFeatures]).toEqual([1152, 384, 1152]);
  });
});

describe('targetModules', () => {
  const names = (...target_modules: string[]) =>
    targetModules(config, { target_modules }).map((module) => module.name);

  it('selects all linear layers', () => {
    expect(targetModules(config, { target_modules: 'all-linear' })).toEqual(linearModules(config));
  });

  it('selects by suffix after a dot, each module once', () => {
    expect(names('v_proj', 'q_proj', 'layers.0.self_attn.q_proj')).toEqual(
      Array.from({ length: 30 }, (_, layer) => [
        `model.layers.${layer}.self_attn.q_proj`,
        `model.layers.${layer}.self_attn.v_proj`,
      ]).flat(),
    );
    expect(names('layers.2.mlp.up_proj')).toEqual(['model.layers.2.mlp.up_proj']);
  });

  it('names what it does not know and what there is', () => {
    expect(() => names('q_proj', 'c_attn', 'proj')).toThrow(/c_attn, proj/);
    expect(() => names('lm_head')).toThrow(
      expect.objectContaining({ fix: expect.stringContaining('q_proj, k_proj, v_proj, o_proj, gate_proj') }),
    );
    expect(() => names()).toThrow(/trains nothing/);
  });
});

describe('loraScaling', () => {
  it('is alpha over r, or over its root', () => {
    expect(loraScaling({ r: 16, lora_alpha: 32, use_rslora: false })).toBe(2);
    expect(loraScaling({ r: 16, lora_alpha: 32, use_rslora: true })).toBe(8);
  });
});

describe('initialLora', () => {
  const [q, k] = linearModules(config);

  it('draws A uniformly within 1/√in and leaves B zero', () => {
    const { A, B } = initialLora(q!, 16, 7);
    expect([A.length, B.length]).toEqual([16 * 576, 576 * 16]);
    expect(B.every((value) => value === 0)).toBe(true);
    const bound = 1 / 24;
    expect(Math.max(...A)).toBeLessThanOrEqual(bound);
    expect(Math.max(...A)).toBeGreaterThan(0.999 * bound);
    expect(Math.min(...A)).toBeLessThan(-0.999 * bound);
    const variance = A.reduce((sum, value) => sum + value * value, 0) / A.length;
    expect(variance / (bound ** 2 / 3)).toBeCloseTo(1, 1);
  });

  it('depends on seed and module only', () => {
    expect(initialLora(q!, 4, 7).A).toEqual(initialLora(q!, 4, 7).A);
    expect(initialLora(q!, 4, 7).A).not.toEqual(initialLora(q!, 4, 8).A);
    expect(initialLora(q!, 4, 7).A).not.toEqual(initialLora(k!, 4, 7).A);
  });
});
