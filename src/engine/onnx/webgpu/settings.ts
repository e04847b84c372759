/**
 * Which settings the device can take.
 * @module
 */
import { AttuneError } from '../../../errors.js';
import type { EngineSettings } from '../../../train/settings.js';

/**
 * Refuses what the provider has no operators for, before anything is computed.
 *
 * @throws {AttuneError} naming the field and what to set
 */
export function checkWebGpuSettings({ device, method, precision }: EngineSettings): void {
  if (device !== 'webgpu') return;
  const [field, value] =
    method === 'lora' ? (['adapter.precision', precision] as const) : (['adapter.method', method] as const);
  if (method === 'lora' && precision === 'float32') return;
  throw new AttuneError(`WebGPU trains LoRA over a base in float32, not ${value}`, {
    field,
    fix: `set ${method === 'lora' ? 'adapter.precision: float32' : 'adapter.method: lora'}, or training.device: cpu`,
  });
}
