/**
 * Where an export is written: a folder that appears complete or not at all.
 * @module
 */
import { readdir } from 'node:fs/promises';
import { AttuneError } from '../errors.js';
import { fileError } from '../files.js';
import { writeFolderAtomically } from '../train/checkpoints.js';

/**
 * Fills `directory` through `write` under a temporary name and renames it. An earlier export in it is replaced.
 *
 * @param isOwn whether a file of this name is one that such an export consists of
 * @throws {AttuneError} when the folder holds anything else, which is then left as it is
 */
export async function writeExportFolder(
  directory: string,
  isOwn: (name: string) => boolean,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw fileError(error, directory);
  });
  const foreign = names.find((name) => !isOwn(name));
  if (foreign !== undefined) {
    throw new AttuneError(`holds ${foreign}, which is no part of an export, and would be replaced`, {
      file: directory,
      fix: 'choose a new folder, or move what is in it',
    });
  }
  await writeFolderAtomically(directory, write);
}
