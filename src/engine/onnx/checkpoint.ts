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
  readSafetensorsHeader,
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
    ...eightBitTensors(state),
  ]);
}

/** Of moments only those in 32 bits. */
function tensorsOf(state: TrainedState, array: Float32Array, prefix = ''): TensorToWrite[] {
  const parameters =
    array === state.values
      ? state.parameters
      : state.parameters.filter(({ name }) => !state.eightBit.has(name));
  return parameters.map(({ name, shape }) => ({
    name: prefix + name,
    dtype: 'F32',
    shape,
    data: state.view(array, name),
  }));
}

/** Codes in the shape of their parameter, and the scales of their blocks. */
function eightBitTensors(state: TrainedState): TensorToWrite[] {
  return state.parameters.flatMap(({ name, shape }): TensorToWrite[] => {
    const moments = state.eightBit.get(name);
    if (!moments) return [];
    const scales = (data: Float32Array) => ({ dtype: 'F32' as const, shape: [data.length], data });
    return [
      { name: `exp_avg.${name}`, dtype: 'U8', shape, data: moments.expAvg },
      { name: `exp_avg_absmax.${name}`, ...scales(moments.expAvgAbsmax) },
      { name: `exp_avg_sq.${name}`, dtype: 'U8', shape, data: moments.expAvgSq },
      { name: `exp_avg_sq_absmax.${name}`, ...scales(moments.expAvgSqAbsmax) },
    ];
  });
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
  const { tensors } = await readSafetensorsHeader(file);
  for (const { name } of state.parameters) {
    const moments = state.eightBit.get(name);
    const read = (target: Float32Array | Uint8Array, prefix: string): Promise<void> =>
      readInto(target, tensors.get(prefix + name), file, prefix + name);
    await read(moments?.expAvg ?? state.view(state.expAvg, name), 'exp_avg.');
    await read(moments?.expAvgSq ?? state.view(state.expAvgSq, name), 'exp_avg_sq.');
    if (!moments) continue;
    await read(moments.expAvgAbsmax, 'exp_avg_absmax.');
    await read(moments.expAvgSqAbsmax, 'exp_avg_sq_absmax.');
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
  const { tensors } = await readSafetensorsHeader(file);
  for (const { name } of state.parameters)
    await readInto(state.view(state.values, name), tensors.get(name), file, name);
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
    await readInto(state.view(state.values, name), tensors.get(name), tensors.get(name)?.file ?? '', name);
  }
}

/** Reads a tensor by itself: a file as large as the state never lies in memory beside it. */
async function readInto(
  target: Float32Array | Uint8Array,
  tensor: StoredTensor | undefined,
  file: string,
  field: string,
): Promise<void> {
  const dtype = target instanceof Float32Array ? 'F32' : 'U8';
  if (tensor?.dtype !== dtype || tensor.byteLength !== target.byteLength)
    throw foreign(tensor !== undefined, file, field);
  const bytes = await readStoredBytes(tensor);
  new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(bytes);
}

function fill(target: Float32Array, data: Float32Array | undefined, file: string, field: string): void {
  if (data?.length !== target.length) throw foreign(data !== undefined, file, field);
  target.set(data);
}

function foreign(exists: boolean, file: string, field: string): AttuneError {
  return new AttuneError(
    `tensor ${field} is ${exists ? 'of another shape' : 'missing'}: the checkpoint belongs to other settings`,
    { file, field, fix: 'resume with the recipe that began the run, or start a new run' },
  );
}
