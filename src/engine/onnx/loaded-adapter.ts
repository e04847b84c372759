/**
 * A LoRA adapter from its files, as the graphs of the embedded engine take it.
 * @module
 */
import { loraScaling } from '../../adapter/lora.js';
import { readAdapter } from '../../adapter/peft.js';
import type { ModelConfig } from '../../model/config.js';
import type { AdapterShape, Parameter } from './parameters.js';

/** What is computed with besides the base: nothing, or the matrices of an adapter. */
export interface LoadedAdapter {
  parameters: readonly Parameter[];
  /** Absent without an adapter. */
  adapter?: AdapterShape;
  /** Values of the parameters. */
  values: ReadonlyMap<string, Float32Array>;
}

/**
 * Reads an adapter in PEFT's form.
 *
 * @param directory its folder; without one, the base alone
 */
export async function loadAdapter(
  directory: string | undefined,
  config: ModelConfig,
): Promise<LoadedAdapter> {
  const values = new Map<string, Float32Array>();
  const parameters: Parameter[] = [];
  if (directory === undefined) return { parameters, values };
  const { settings, tensors } = await readAdapter(directory, config);
  for (const [module, { A, B }] of tensors) {
    for (const [which, data] of [
      ['A', A],
      ['B', B],
    ] as const) {
      const name = `${module}.lora_${which}.weight`;
      const rows = which === 'A' ? settings.r : data.length / settings.r;
      const shape = [rows, data.length / rows];
      parameters.push({ name, shape, size: data.length, weightDecay: false, learningRateRatio: 1 });
      values.set(name, data);
    }
  }
  const adapter = { r: settings.r, scaling: loraScaling(settings), dropout: 0, modules: [...tensors.keys()] };
  return { parameters, adapter, values };
}
