/**
 * From a recipe's data section to a prepared data set.
 * @module
 */
import { scryptSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AttuneError } from '../errors.js';
import {
  fileError,
  hashFile,
  hashJson,
  removeAbandoned,
  temporaryName,
  writeFileAtomically,
  writeJson,
} from '../files.js';
import type { OnProgress } from '../progress.js';
import type { DataSettings } from '../recipe/data.js';
import { type DatasetInput, makeCard, renderCard } from './card.js';
import { cardFile, type Dataset, openDataset } from './dataset.js';
import { findFiles } from './ingest/find-files.js';
import { firstExamples } from './parquet.js';
import type { Pipeline } from './pipeline/pipeline.js';
import { type Prepared, prepareItems } from './pipeline/prepare-items.js';
import { findSources, type SourceFiles } from './pipeline/sources.js';
import { writeRemoved, writeSplits } from './pipeline/write.js';
import { hashNameModel } from './privacy/name-finder.js';
import { throwFirst } from './problems.js';
import type { DataModel } from './quality/data-model.js';
import type { Rehearser } from './replay/rehearser.js';
import { renderDataReport } from './report/page.js';
import { createWorkPool } from './stages/pool.js';
import type { TeacherEstimate } from './teacher/estimate.js';
import type { Teacher } from './teacher/teacher.js';

/** Raise it with every change that makes other examples from the same input, so that no stale folder is reused. */
const version = 3;

/** Where a recipe's files are, where data sets are kept, and who helps. */
export interface PrepareOptions {
  /** Folder that paths in the settings are relative to: the recipe's. */
  baseDirectory: string;
  /** Data sets are folders in here, named by the first 16 digits of their hash. */
  cacheDirectory: string;
  seed: number;
  /** Writes pairs, where the settings have a `teacher`. */
  teacher?: Teacher;
  /** Told before the first call of a teacher. */
  onEstimate?: (estimate: TeacherEstimate) => void;
  /** Gives the losses of the base model, where the settings ask for `quality.difficulty`. */
  model?: DataModel;
  /** Grades examples, where the settings ask for `quality.judge`. */
  judge?: Teacher;
  /** The untouched model, where the sources have `replay`. */
  rehearser?: Rehearser;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/**
 * Prepares a data set in a folder that is named by the hash of sources and settings: `train.parquet`,
 * `validation.parquet`, `test.parquet`, what was removed and rejected, and the account of it all in `card.json`,
 * `README.md` and `report.html`. Equal input gives equal bytes; a folder that is there already is reused. It is written
 * under another name and renamed when whole. Stages are kept beside it until then, so that a killed run goes on where
 * it was.
 *
 * @throws AttuneError with the first problem of the data (file, line, field, fix) and the number of others
 */
export async function prepareDataset(settings: DataSettings, options: PrepareOptions): Promise<Dataset> {
  const { baseDirectory, cacheDirectory, onProgress, signal } = options;
  const { sources, problems } = await findSources(settings, {
    baseDirectory,
    hash: true,
    onProgress,
    signal,
  });
  throwFirst(problems);
  const names = settings.privacy.names?.model;
  const input = datasetInput(settings, sources, options, {
    benchmarks: await benchmarkHashes(settings, baseDirectory),
    nameModel: names === undefined ? null : await hashNameModel(resolve(baseDirectory, names)),
  });
  const hash = hashJson(input);
  const directory = join(cacheDirectory, hash.slice(0, 16));
  if (existsSync(join(directory, cardFile))) {
    const dataset = await openDataset(directory);
    // Where a teacher did not answer everything, its missing answers are asked for again.
    if (!dataset.card.taught?.failed) return dataset;
    await rm(directory, { recursive: true, force: true });
  }

  const stageDirectory = join(cacheDirectory, '.stages', hashJson(input.sources).slice(0, 16));
  const pool = createWorkPool(signal);
  const pipeline: Pipeline = {
    ...options,
    settings,
    stageDirectory,
    answerDirectory: join(cacheDirectory, '.answers'),
    secret: input.secret,
    pool,
  };
  try {
    const prepared = await prepareItems(pipeline, { sources, benchmarkHashes: input.benchmarks }, throwFirst);
    await writeDataset(pipeline, prepared, { hash, input, directory });
    await removeOtherStages(stageDirectory, prepared);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw fileError(error, directory);
  } finally {
    await pool.close();
  }
  return openDataset(directory);
}

/** What decides a data set's content. Settings that shape token rows later are left out. */
function datasetInput(
  settings: DataSettings,
  sources: readonly SourceFiles[],
  { seed, teacher, model, judge, rehearser }: PrepareOptions,
  { benchmarks, nameModel }: { benchmarks: readonly string[]; nameModel: string | null },
): DatasetInput {
  const {
    max_length: _length,
    packing: _packing,
    overlong: _overlong,
    train_on: _trainOn,
    max_examples_per_context: _most,
    ...rest
  } = settings;
  return {
    version,
    ...rest,
    sources: sources.map(({ source }) => source),
    seed,
    files: sources.map(({ files, hashes }) =>
      files.map(({ name }, index): [string, string] => [name, hashes[index]!]),
    ),
    benchmarks: [...benchmarks],
    ...secretMark(settings),
    models: [
      ...[teacher, model, judge].map((one) => one?.hash ?? null),
      nameModel,
      ...(rehearser ? [rehearser.hash] : []),
    ],
  };
}

/**
 * Stands for the secret of made-up values, so that another one gives another data set: too short, and too slow to
 * make, for the secret to be guessed from it.
 */
function secretMark({ privacy: { secret_env } }: DataSettings): { secret?: string } {
  const secret = secret_env === undefined ? undefined : process.env[secret_env];
  return secret ? { secret: scryptSync(secret, 'attune', 3).toString('hex') } : {};
}

async function benchmarkHashes({ contamination }: DataSettings, baseDirectory: string): Promise<string[]> {
  const hashes: string[] = [];
  for (const { path } of contamination.benchmarks) {
    for (const { file } of await findFiles(path, baseDirectory)) hashes.push(await hashFile(file));
  }
  return hashes;
}

async function writeDataset(
  pipeline: Pipeline,
  prepared: Prepared,
  { hash, input, directory }: { hash: string; input: DatasetInput; directory: string },
): Promise<void> {
  const { signal } = pipeline;
  const temporary = temporaryName(join(dirname(directory), `.${basename(directory)}`));
  try {
    await mkdir(temporary, { recursive: true });
    await removeAbandoned(dirname(directory));
    await writeSplits(pipeline, prepared, temporary);
    await writeRemoved(pipeline, prepared, temporary);
    const card = makeCard(hash, input, prepared);
    await writeFileAtomically(join(temporary, 'README.md'), renderCard(card));
    await writeFileAtomically(
      join(temporary, 'report.html'),
      await renderDataReport(card, await firstExamples(join(temporary, 'train.parquet'))),
    );
    await writeJson(join(temporary, cardFile), card);
    signal?.throwIfAborted();
    await moveIntoPlace(temporary, directory);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function moveIntoPlace(temporary: string, directory: string): Promise<void> {
  try {
    await rename(temporary, directory);
  } catch (error) {
    // Another run was faster with the same data set.
    if (existsSync(join(directory, cardFile))) return;
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    throw new AttuneError('holds something that is not a data set', {
      file: directory,
      fix: 'delete the folder and try again',
    });
  }
}

/** Keeps the stages of this run, so that changed settings redo only what depends on them, and no older ones. */
async function removeOtherStages(stageDirectory: string, { directories }: Prepared): Promise<void> {
  const kept = new Set(directories);
  const names = await readdir(stageDirectory);
  const others = names.map((name) => join(stageDirectory, name)).filter((path) => !kept.has(path));
  await Promise.all(others.map((path) => rm(path, { recursive: true, force: true })));
}
