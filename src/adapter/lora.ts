/**
 * LoRA (arXiv 2106.09685) as PEFT lays it out: which linear layers are adapted, the shapes and initial
 * values of A and B, and the factor of their product.
 *
 *     y = x Wᵀ + scaling · (x Aᵀ) Bᵀ        W [out, in]   A [r, in]   B [out, r]
 *
 * @module
 */
import { AttuneError } from '../errors.js';
import type { ModelConfig } from '../model/config.js';
import { randomStream } from '../random.js';
import type { LoraSettings } from './settings.js';

/** A linear layer: `y = x Wᵀ` with W [outFeatures, inFeatures]. */
export interface AdaptedModule {
  /** Module path as in Transformers, for example `model.layers.0.self_attn.q_proj`; its weight is `<name>.weight`. */
  name: string;
  inFeatures: number;
  outFeatures: number;
}

/** The two matrices of one adapted module. */
export interface LoraPair {
  /** [r, inFeatures], row-major. */
  A: Float32Array;
  /** [outFeatures, r], row-major. */
  B: Float32Array;
}

/** Every linear layer of the model but `lm_head`, in the order of its forward pass: what `all-linear` and QLoRA mean. */
export function linearModules(config: ModelConfig): AdaptedModule[] {
  const { hiddenSize, intermediateSize, numAttentionHeads, numKeyValueHeads, headDim } = config;
  const queries = numAttentionHeads * headDim;
  const keys = numKeyValueHeads * headDim;
  const ofLayer: [string, number, number][] = [
    ['self_attn.q_proj', hiddenSize, queries],
    ['self_attn.k_proj', hiddenSize, keys],
    ['self_attn.v_proj', hiddenSize, keys],
    ['self_attn.o_proj', queries, hiddenSize],
    ['mlp.gate_proj', hiddenSize, intermediateSize],
    ['mlp.up_proj', hiddenSize, intermediateSize],
    ['mlp.down_proj', intermediateSize, hiddenSize],
  ];
  return Array.from({ length: config.numHiddenLayers }, (_, layer) =>
    ofLayer.map(([name, inFeatures, outFeatures]) => ({
      name: `model.layers.${layer}.${name}`,
      inFeatures,
      outFeatures,
    })),
  ).flat();
}

/**
 * The modules that an adapter of these settings changes.
 *
 * A name of `target_modules` selects, as in PEFT, every module that has this name or whose path ends in it
 * after a dot: `q_proj`, `self_attn.q_proj`, `layers.3.mlp.up_proj`. PEFT passes over a name that selects
 * nothing; here it is an error, since it is nearly always a spelling mistake.
 *
 * @throws {AttuneError} when a name selects nothing, or none is given
 */
export function targetModules(
  config: ModelConfig,
  settings: Pick<LoraSettings, 'target_modules'>,
): AdaptedModule[] {
  const modules = linearModules(config);
  const targets = settings.target_modules;
  if (targets === 'all-linear') return modules;
  const selects = (target: string, module: string) => module === target || module.endsWith(`.${target}`);
  const unknown = targets.filter((target) => !modules.some((module) => selects(target, module.name)));
  if (targets.length === 0 || unknown.length > 0) {
    const known = [...new Set(modules.map((module) => module.name.split('.').at(-1)))];
    throw new AttuneError(
      targets.length === 0
        ? 'target_modules is empty: an adapter without modules trains nothing'
        : `target_modules names no linear layer that can be adapted: ${unknown.join(', ')}`,
      { field: 'target_modules', fix: `use all-linear, or names among ${known.join(', ')}` },
    );
  }
  return modules.filter((module) => targets.some((target) => selects(target, module.name)));
}

/** The factor of B·A: alpha / r, with rank-stabilized LoRA (arXiv 2312.03732) alpha / √r. */
export function loraScaling(settings: Pick<LoraSettings, 'r' | 'lora_alpha' | 'use_rslora'>): number {
  return settings.lora_alpha / (settings.use_rslora ? Math.sqrt(settings.r) : settings.r);
}

/**
 * Initial values as in PEFT: A by Kaiming's uniform rule with a = √5, which is U(-1/√in, 1/√in); B zero,
 * so that the adapted model starts as the base model.
 *
 * Each module draws from its own stream of `seed`: adding or leaving out a module changes no other.
 *
 * @param stage number of the training stage that begins with a fresh adapter; each draws other numbers
 */
export function initialLora(module: AdaptedModule, r: number, seed: number, stage = 0): LoraPair {
  const stream = randomStream(seed, 'lora', module.name, ...(stage > 0 ? [stage] : []));
  const bound = 1 / Math.sqrt(module.inFeatures);
  const A = new Float32Array(r * module.inFeatures);
  for (let i = 0; i < A.length; i++) A[i] = (2 * stream.next() - 1) * bound;
  return { A, B: new Float32Array(module.outFeatures * r) };
}
