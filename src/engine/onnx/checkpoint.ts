/**
 * The embedded engine's state in the files of a checkpoint (DESIGN section 4).
 * @module
 */
import { join } from 'node:path';
import { type LoraPair, loraScaling } from '../../adapter/lora.js';
import { type AdapterBase, type AdapterSettings, readAdapter, writeAdapter } from '../../adapter/peft.js';
import type { LoraSettings } from '../../adapter/settings.js';
import { AttuneError } from '../../errors.js';
import type { ModelConfig } from '../../model/config.js';
import {
  readSafetensors,
  readStoredBytes,
  type TensorToWrite,
  writeSafetensors,
} from '../../model/safetensors.js';
import type { StoredTensor } from '../../model/weights.js';
import type { EngineSettings } from '../../train/settings.js';
import { joinedSettings, splitPair, stackPairs } from './merged-adapters.js';
import type { TrainedState } from './optimizer.js';
import { adapterPart } from './parameters.js';

/** Writes the trained weights: an adapter in PEFT's form, or `model.safetensors`. */
export async function writeTrained(
  directory: string,
  state: TrainedState,
  settings: EngineSettings,
  baseModel: AdapterBase,
): Promise<void> {
  if (!settings.lora) {
    await writeSafetensors(join(directory, 'model.safetensors'), tensorsOf(state, state.values), {
      format: 'pt',
    });
    return;
  }
  const { merged } = state;
  const tensors = trainedPairs(state);
  for (const [module, pair] of merged?.tensors ?? []) {
    tensors.set(module, stackPairs(pair, merged!.rank, tensors.get(module)!, settings.lora.r));
  }
  const joined = joinedSettings(settings.lora, merged?.rank ?? 0);
  await writeAdapter(directory, { settings: joined, baseModel, tensors });
}

/** The adapter in training, by module; views, no copies. */
export function trainedPairs(state: TrainedState): Map<string, LoraPair> {
  const matrix = (module: string, which: 'A' | 'B'): Float32Array =>
    state.view(state.values, `${module}.lora_${which}.weight`);
  const modules = state.parameters
    .map(({ name }) => adapterPart(name))
    .filter(({ matrix }) => matrix === 'A');
  return new Map(modules.map(({ module }) => [module, { A: matrix(module, 'A'), B: matrix(module, 'B') }]));
}

/** Writes the optimizer's moments. */
export async function writeOptimizer(directory: string, state: TrainedState): Promise<void> {
  await writeSafetensors(join(directory, 'optimizer.safetensors'), [
    ...tensorsOf(state, state.expAvg, 'exp_avg.'),
    ...tensorsOf(state, state.expAvgSq, 'exp_avg_sq.'),
  ]);
}

function tensorsOf(state: TrainedState, array: Float32Array, prefix = ''): TensorToWrite[] {
  return state.parameters.map(({ name, shape }) => ({
    name: prefix + name,
    dtype: 'F32',
    shape,
    data: state.view(array, name),
  }));
}

/** Fills the state from a checkpoint's files. */
export async function readCheckpoint(
  directory: string,
  state: TrainedState,
  settings: EngineSettings,
  config: ModelConfig,
): Promise<void> {
  await readTrained(directory, state, settings, config);
  const file = join(directory, 'optimizer.safetensors');
  const { tensors } = await readSafetensors(file);
  for (const [prefix, array] of [
    ['exp_avg.', state.expAvg],
    ['exp_avg_sq.', state.expAvgSq],
  ] as const) {
    for (const { name } of state.parameters)
      fill(state.view(array, name), tensors.get(prefix + name)?.data, file, prefix + name);
  }
}

/** Fills the trained weights from an adapter's folder or a `model.safetensors`. */
export async function readTrained(
  directory: string,
  state: TrainedState,
  settings: EngineSettings,
  config: ModelConfig,
): Promise<void> {
  if (settings.lora) {
    const read = await readAdapter(directory, config);
    const { r } = settings.lora;
    const mergedRank = read.settings.r - r;
    checkJoined(read.settings, settings.lora, directory);
    const merged = new Map<string, LoraPair>();
    const trained = new Map(read.tensors);
    if (mergedRank > 0) {
      for (const [module, pair] of read.tensors) {
        const [below, above] = splitPair(pair, mergedRank, read.settings.r);
        merged.set(module, below);
        trained.set(module, above);
      }
    }
    for (const { name } of state.parameters) {
      const { module, matrix } = adapterPart(name);
      fill(state.view(state.values, name), trained.get(module)?.[matrix], directory, name);
    }
    state.merged = mergedRank > 0 ? { rank: mergedRank, tensors: merged } : undefined;
    return;
  }
  const file = join(directory, 'model.safetensors');
  const { tensors } = await readSafetensors(file);
  for (const { name } of state.parameters)
    fill(state.view(state.values, name), tensors.get(name)?.data, file, name);
}

/** An adapter of a multiple of the settings' rank holds merged ones too, and then has to be scaled as they are. */
function checkJoined(read: AdapterSettings, settings: LoraSettings, directory: string): void {
  const joins = read.r / settings.r;
  const scaled = Math.abs(loraScaling(read) / loraScaling(settings) - 1) < 1e-6;
  if (joins === 1 || (Number.isInteger(joins) && scaled)) return;
  throw new AttuneError(
    `the adapter's rank ${read.r} and scaling ${loraScaling(read)} do not go with the settings' r ${settings.r} and scaling ${loraScaling(settings)}`,
    { file: directory, field: 'r', fix: 'resume with the recipe that began the run, or start a new run' },
  );
}

/** Full fine-tuning starts from the base model's own weights, which must be float32. */
export async function fillFromBase(
  state: TrainedState,
  tensors: ReadonlyMap<string, StoredTensor>,
): Promise<void> {
  for (const { name } of state.parameters) {
    const bytes = await readStoredBytes(tensors.get(name)!);
    state
      .view(state.values, name)
      .set(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4));
  }
}

function fill(target: Float32Array, data: unknown, file: string, field: string): void {
  if (!(data instanceof Float32Array) || data.length !== target.length) {
    throw new AttuneError(
      `tensor ${field} is ${data ? 'of another shape' : 'missing'}: the checkpoint belongs to other settings`,
      {
        file,
        field,
        fix: 'resume with the recipe that began the run, or start a new run',
      },
    );
  }
  target.set(data);
}
