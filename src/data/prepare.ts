/**
 * From a recipe's data section to a prepared data set.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AttuneError } from '../errors.js';
import { fileError, hashFile, hashJson, writeFileAtomically, writeJson } from '../files.js';
import type { DataSettings } from '../recipe/data.js';
import { type DatasetInput, makeCard, renderCard } from './card.js';
import { type CollectOptions, collectExamples, namedSources, sourceFile } from './collect.js';
import { cardFile, type Dataset, openDataset } from './dataset.js';
import { splits } from './example.js';
import { writeExamples } from './parquet.js';
import { throwFirst } from './problems.js';

/** Raise it with every change that makes other examples from the same input, so that no stale folder is reused. */
const version = 2;

/** Where a recipe's files are and where data sets are kept. */
export interface PrepareOptions extends CollectOptions {
  /** Data sets are folders in here, named by the first 16 digits of their hash. */
  cacheDirectory: string;
}

/**
 * Prepares a data set: `train.parquet`, `validation.parquet`, `test.parquet`, `card.json` and `README.md` in a folder
 * that is named by the hash of sources and settings. Equal input gives equal bytes; a folder that is there already is
 * reused. It is written under another name and renamed when whole, so an interrupted run leaves nothing broken.
 *
 * @throws AttuneError with the first problem of the data (file, line, field, fix) and the number of others
 */
export async function prepareDataset(settings: DataSettings, options: PrepareOptions): Promise<Dataset> {
  const { baseDirectory, cacheDirectory, seed, onProgress, signal } = options;
  const { sources, split, limits } = settings;
  const files = await Promise.all(sources.map(({ path }) => hashFile(sourceFile(baseDirectory, path))));
  const input: DatasetInput = { version, sources: namedSources(sources), split, limits, seed, files };
  const hash = hashJson(input);
  const directory = join(cacheDirectory, hash.slice(0, 16));
  if (await exists(join(directory, cardFile))) return openDataset(directory);

  const collection = await collectExamples(settings, options);
  throwFirst(collection.problems);
  const temporary = join(
    cacheDirectory,
    `.${hash.slice(0, 16)}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`,
  );
  try {
    await mkdir(temporary, { recursive: true });
    for (const [done, name] of splits.entries()) {
      onProgress?.({ phase: 'write data', done, total: splits.length, unit: 'splits', note: name });
      const members = collection.examples.filter((example) => example.split === name);
      await writeExamples(join(temporary, `${name}.parquet`), members, signal);
    }
    const card = makeCard(hash, input, collection);
    await writeFileAtomically(join(temporary, 'README.md'), renderCard(card));
    await writeJson(join(temporary, cardFile), card);
    signal?.throwIfAborted();
    await moveIntoPlace(temporary, directory);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw fileError(error, directory);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  onProgress?.({ phase: 'write data', done: splits.length, total: splits.length, unit: 'splits' });
  return openDataset(directory);
}

async function moveIntoPlace(temporary: string, directory: string): Promise<void> {
  try {
    await rename(temporary, directory);
  } catch (error) {
    // Another run was faster with the same data set.
    if (await exists(join(directory, cardFile))) return;
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    throw new AttuneError('holds something that is not a data set', {
      file: directory,
      fix: 'delete the folder and try again',
    });
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
