/**
 * Adapters on the disk as PEFT writes and reads them: `adapter_config.json` and `adapter_model.safetensors`.
 * @module
 */
import { join } from 'node:path';
import { z } from 'zod';
import { AttuneError } from '../errors.js';
import { readJson, writeJson } from '../files.js';
import type { ModelConfig } from '../model/config.js';
import { float32FromBfloat16, float32FromFloat16 } from '../model/floats.js';
import {
  type LoadedTensor,
  readSafetensors,
  type TensorToWrite,
  writeSafetensors,
} from '../model/safetensors.js';
import { type LoraPair, linearModules, targetModules } from './lora.js';
import type { LoraSettings } from './settings.js';

/** The files of an adapter's folder. */
export const adapterFiles = {
  config: 'adapter_config.json',
  weights: 'adapter_model.safetensors',
} as const;

/** What a LoRA adapter is, apart from how it was trained. */
export type AdapterSettings = Omit<LoraSettings, 'loraplus_lr_ratio'>;

/** The model that an adapter belongs to. */
export interface AdapterBase {
  /** Hub id or path, as PEFT is to find it. */
  name: string;
  /** Hub revision (commit), when it came from there. */
  revision?: string;
}

/** A LoRA adapter. */
export interface Adapter {
  settings: AdapterSettings;
  baseModel: AdapterBase;
  /** By module path, for example `model.layers.0.self_attn.q_proj`. */
  tensors: ReadonlyMap<string, LoraPair>;
}

/** PEFT wraps the model twice: `PeftModel.base_model` and `LoraModel.model`. */
const keyPrefix = 'base_model.model.';
const keyOf = (module: string, part: 'A' | 'B') => `${keyPrefix}${module}.lora_${part}.weight`;

/**
 * Writes an adapter that loads in PEFT as it is.
 *
 * The configuration names only settings that every PEFT since 0.7 knows: older versions refuse unknown
 * ones, and newer ones take their own defaults for the rest, which all mean "not used".
 *
 * @param directory created when missing; the two files in it are replaced
 */
export async function writeAdapter(directory: string, adapter: Adapter): Promise<void> {
  const { settings, baseModel, tensors } = adapter;
  const { r } = settings;
  const weights = [...tensors].flatMap(([module, { A, B }]): TensorToWrite[] => [
    { name: keyOf(module, 'A'), dtype: 'F32', shape: [r, A.length / r], data: A },
    { name: keyOf(module, 'B'), dtype: 'F32', shape: [B.length / r, r], data: B },
  ]);
  weights.sort((a, b) => (a.name < b.name ? -1 : 1));
  await writeSafetensors(join(directory, adapterFiles.weights), weights, { format: 'pt' });
  await writeJson(join(directory, adapterFiles.config), {
    alpha_pattern: {},
    auto_mapping: null,
    base_model_name_or_path: baseModel.name,
    bias: settings.bias,
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    layers_pattern: null,
    layers_to_transform: null,
    lora_alpha: settings.lora_alpha,
    lora_dropout: settings.lora_dropout,
    modules_to_save: null,
    peft_type: 'LORA',
    r,
    rank_pattern: {},
    revision: baseModel.revision ?? null,
    target_modules: targetNames(settings, [...tensors.keys()]),
    task_type: 'CAUSAL_LM',
    use_rslora: settings.use_rslora,
  });
}

/** `all-linear` written out, as PEFT does, for the tools that read only lists: the last names of the modules. */
function targetNames(settings: AdapterSettings, modules: string[]): string[] {
  if (settings.target_modules !== 'all-linear') return settings.target_modules;
  return [...new Set(modules.map((module) => module.split('.').at(-1)!))];
}

/**
 * Reads an adapter that PEFT or {@link writeAdapter} wrote and checks it against the model it is for: method,
 * modules, shapes, completeness. Half precision is widened to float32.
 *
 * @param directory holds `adapter_config.json` and `adapter_model.safetensors`
 * @param config of the base model
 * @throws {AttuneError} naming file, field or tensor, and what it should be
 */
export async function readAdapter(directory: string, config: ModelConfig): Promise<Adapter> {
  const { settings, baseModel } = await readAdapterConfig(join(directory, adapterFiles.config));
  const file = join(directory, adapterFiles.weights);
  const loaded = await readSafetensors(file);
  const modules = new Map(linearModules(config).map((module) => [module.name, module]));
  const tensors = new Map<string, LoraPair>();
  for (const module of adaptedModules(loaded.tensors, settings, config, file)) {
    const shape = modules.get(module)!;
    tensors.set(module, {
      A: matrix(loaded.tensors, keyOf(module, 'A'), [settings.r, shape.inFeatures], file),
      B: matrix(loaded.tensors, keyOf(module, 'B'), [shape.outFeatures, settings.r], file),
    });
  }
  return { settings, baseModel, tensors };
}

/** Fields of PEFT's LoRA configuration that change the maths in ways that are not followed here. */
const unsupportedFields = [
  'alora_invocation_tokens',
  'alpha_pattern',
  'arrow_config',
  'exclude_modules',
  'fan_in_fan_out',
  'kasa_config',
  'layer_replication',
  'layers_to_transform',
  'lora_bias',
  'modules_to_save',
  'rank_pattern',
  'target_parameters',
  'trainable_token_indices',
  'use_bdlora',
  'use_dora',
  'use_qalora',
];

/** The fields that are followed; absent ones have PEFT's defaults. */
const configSchema = z.object({
  r: z.int().positive(),
  lora_alpha: z.number(),
  lora_dropout: z.number().min(0).max(1).default(0),
  bias: z.enum(['none', 'all', 'lora_only']).default('none'),
  use_rslora: z.boolean().default(false),
  target_modules: z.union([z.array(z.string()).nonempty(), z.literal('all-linear')], {
    error: 'must be a list of module names or all-linear',
  }),
  base_model_name_or_path: z.string(),
  revision: z.string().nullish(),
  // The other ways to begin (PiSSA, OLoRA, ...) change the base model's weights too.
  init_lora_weights: z
    .union([z.boolean(), z.enum(['gaussian', 'orthogonal', 'eva'])], {
      error: 'names a way to begin that changes the base model too, which is not supported',
    })
    .default(true),
});

async function readAdapterConfig(file: string): Promise<Pick<Adapter, 'settings' | 'baseModel'>> {
  const fields = await readJson<Record<string, unknown> | null>(file);
  if (fields?.peft_type !== 'LORA') {
    const type = JSON.stringify(fields?.peft_type ?? null);
    throw new AttuneError(`holds an adapter of type ${type}, only "LORA" is read`, {
      file,
      field: 'peft_type',
    });
  }
  for (const field of unsupportedFields) {
    const value = fields[field] || {}; // null and false stand for unused too
    if (typeof value === 'object' && Object.keys(value).length === 0) continue;
    throw new AttuneError(`uses ${field}, which is not supported`, {
      file,
      field,
      fix: 'merge the adapter into its base model with PEFT and use the merged model',
    });
  }
  const parsed = configSchema.safeParse(fields);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue!.path.join('.');
    throw new AttuneError(`${field}: ${issue!.message}`, { file, field });
  }
  const { base_model_name_or_path: name, revision, init_lora_weights: _, ...settings } = parsed.data;
  return { settings, baseModel: { name, revision: revision ?? undefined } };
}

/** The modules that the settings select, when the file holds those and no others. */
function adaptedModules(
  loaded: ReadonlyMap<string, LoadedTensor>,
  settings: AdapterSettings,
  config: ModelConfig,
  file: string,
): string[] {
  const modules = targetModules(config, settings).map((module) => module.name);
  const keys = new Set(modules.flatMap((module) => [keyOf(module, 'A'), keyOf(module, 'B')]));
  const missing = [...keys].find((key) => !loaded.has(key));
  if (missing) {
    throw new AttuneError(`has no tensor ${missing}, which its target_modules ask for`, {
      file,
      field: missing,
      fix: 'check that the adapter belongs to this base model and is complete',
    });
  }
  const unknown = [...loaded.keys()].find((key) => !keys.has(key));
  if (unknown) {
    throw new AttuneError(`holds a tensor that this base model has no place for: ${unknown}`, {
      file,
      field: unknown,
      fix: 'check that the adapter belongs to this base model',
    });
  }
  return modules;
}

function matrix(
  loaded: ReadonlyMap<string, LoadedTensor>,
  key: string,
  shape: [number, number],
  file: string,
): Float32Array {
  const tensor = loaded.get(key)!;
  if (tensor.shape.length !== 2 || tensor.shape.some((size, axis) => size !== shape[axis])) {
    throw new AttuneError(
      `tensor ${key} is [${tensor.shape.join(', ')}], for this base model and r it must be [${shape.join(', ')}]`,
      { file, field: key, fix: 'check that the adapter belongs to this base model' },
    );
  }
  switch (tensor.dtype) {
    case 'F32':
      return tensor.data as Float32Array;
    case 'F16':
      return float32FromFloat16(tensor.data as Uint16Array);
    case 'BF16':
      return float32FromBfloat16(tensor.data as Uint16Array);
    default:
      throw new AttuneError(`tensor ${key} has the type ${tensor.dtype}, which is no type of weights`, {
        file,
        field: key,
      });
  }
}
