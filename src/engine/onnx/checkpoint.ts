/**
 * The embedded engine's state in the files of a checkpoint (DESIGN section 4).
 * @module
 */
import { join } from 'node:path';
import { type AdapterBase, readAdapter, writeAdapter } from '../../adapter/peft.js';
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
import type { TrainedState } from './optimizer.js';

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
  const modules = state.parameters.flatMap(({ name }) => /^(.*)\.lora_A\.weight$/.exec(name)?.[1] ?? []);
  const matrix = (module: string, which: 'A' | 'B'): Float32Array =>
    state.view(state.values, `${module}.lora_${which}.weight`);
  const tensors = new Map(
    modules.map((module) => [module, { A: matrix(module, 'A'), B: matrix(module, 'B') }]),
  );
  await writeAdapter(directory, { settings: settings.lora, baseModel, tensors });
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
    const { tensors } = await readAdapter(directory, config);
    for (const { name } of state.parameters) {
      const [, module, which] = /^(.*)\.lora_([AB])\.weight$/.exec(name) as unknown as [
        string,
        string,
        'A' | 'B',
      ];
      fill(state.view(state.values, name), tensors.get(module)?.[which], directory, name);
    }
    return;
  }
  const file = join(directory, 'model.safetensors');
  const { tensors } = await readSafetensors(file);
  for (const { name } of state.parameters)
    fill(state.view(state.values, name), tensors.get(name)?.data, file, name);
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
