/**
 * What a stage leaves behind: its adapter or model, loadable like the result of a whole run.
 * @module
 */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Model } from '../../../model/model.js';
import { writeModelFiles } from '../../../model/model-files.js';
import { checkpointDirectory, writeFolderAtomically } from '../../../train/checkpoints.js';
import type { Run } from '../../../train/run-folder.js';
import { stageDirectory } from '../../../train/stage-records.js';

/** How a run's result is kept. */
export type ResultKind = 'adapter' | 'model';

/**
 * Copies what was trained up to `step` out of its checkpoint.
 *
 * @returns the folder
 */
export async function keepStageResult(
  run: Run,
  { name, step, kind, model }: { name: string; step: number; kind: ResultKind; model: Model },
): Promise<string> {
  const checkpoint = checkpointDirectory(run.checkpointsDirectory, step);
  const files =
    kind === 'model' ? ['model.safetensors'] : ['adapter_model.safetensors', 'adapter_config.json'];
  const target = join(run.directory, stageDirectory(name), kind);
  await writeFolderAtomically(target, async (temporary) => {
    for (const file of files) await copyFile(join(checkpoint, file), join(temporary, file));
    if (kind === 'model') await writeModelFiles(temporary, model);
  });
  return target;
}
