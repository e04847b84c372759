/**
 * What the recipe's `training.device` asks of the section `adapter`.
 * @module
 */
import type { z } from 'zod';
import type { adapterSchema } from './adapter.js';
import type { TrainingSettings } from './training.js';

interface RecipeParts {
  adapter: z.output<typeof adapterSchema>;
  training: TrainingSettings;
}

/** Complains about what `device: webgpu` cannot train. */
export function checkDevice({ adapter, training }: RecipeParts, context: z.RefinementCtx): void {
  if (training.device !== 'webgpu') return;
  const complain = (field: keyof typeof adapter, wanted: string): void =>
    context.addIssue({
      code: 'custom',
      path: ['adapter', field],
      message: `\`training.device: webgpu\` trains LoRA over a base in float32: set \`${field}: ${wanted}\`, or \`training.device: cpu\``,
    });
  if (adapter.method !== 'lora') complain('method', 'lora');
  else if (adapter.load_in_8bit) complain('load_in_8bit', 'false');
  else if (adapter.precision !== 'float32') complain('precision', 'float32');
}
