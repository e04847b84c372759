/**
 * The default model as a folder that Transformers reads.
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './process.mjs';

/** Writes SmolLM2-135M-Instruct in float32 into the work folder, once; returns where it is. */
export async function exportedModel(workDirectory, log) {
  const folder = join(workDirectory, 'smollm2-135m-instruct');
  if (!existsSync(join(folder, 'model.safetensors'))) {
    log('writing the model in float32');
    await mkdir(folder, { recursive: true });
    await run(process.execPath, [
      fileURLToPath(new URL('../parity/export-base.mjs', import.meta.url)),
      folder,
    ]);
  }
  return folder;
}
