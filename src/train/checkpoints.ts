/**
 * Checkpoints: folders `checkpoint-<step>` that are either complete or not there. They are written under
 * another name, synced and renamed; `trainer_state.json` lists their files with sizes and digests.
 * @module
 */
import type { Dirent } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AttuneError } from '../errors.js';
import { fileError, hashFile, readJson, writeJson } from '../files.js';

/** `trainer_state.json`, names as in Transformers where it has them. */
export interface TrainerState {
  /** Optimizer steps done. */
  global_step: number;
  epoch: number;
  /** Steps that the optimizer made since it was fresh; absent in old checkpoints of one stage: all. */
  optimizer_steps?: number;
  /** Rows trained on, repeats counted. */
  rows_done: number;
  /** Lines of `metrics.jsonl` that this state goes with. */
  log_lines: number;
  /** Lowest `eval_loss` before this checkpoint and its step; null when nothing was evaluated yet. */
  best_metric: number | null;
  best_global_step: number | null;
  /**
   * Digest of the plan up to the end of the checkpoint's stage, which also gives every random number its stream: no
   * generator state is kept.
   */
  plan: string;
}

interface StoredState extends TrainerState {
  files: { name: string; bytes: number; sha256: string }[];
}

/** A complete checkpoint. */
export interface Checkpoint {
  step: number;
  directory: string;
  state: TrainerState;
}

const stateFile = 'trainer_state.json';
const temporarySuffix = '.tmp';
const namePattern = /^checkpoint-(\d+)$/;

/** Name of the folder of the checkpoint after `step`. */
export function checkpointDirectory(checkpoints: string, step: number): string {
  return join(checkpoints, `checkpoint-${step}`);
}

/**
 * Fills the folder `directory` through `write`, so that it appears complete or, on an error or a crash, not
 * at all. One that is there already is replaced.
 */
export async function writeFolderAtomically(
  directory: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${directory}${temporarySuffix}`;
  try {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    await write(temporary);
    for (const name of await readdir(temporary)) await sync(join(temporary, name));
    await sync(temporary);
    await rm(directory, { recursive: true, force: true });
    await rename(temporary, directory);
    await sync(join(directory, '..'));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    throw fileError(error, directory);
  }
}

/** Makes sure that a file's bytes, or a folder's names, are on the disk. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some systems cannot sync a folder; the rename is then as durable as they make it.
    if (!['EPERM', 'EISDIR', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Writes the checkpoint of `state.global_step`.
 *
 * @param save writes the engine's state into an existing folder
 */
export async function writeCheckpoint(
  checkpoints: string,
  state: TrainerState,
  save: (directory: string) => Promise<void>,
): Promise<void> {
  await writeFolderAtomically(checkpointDirectory(checkpoints, state.global_step), async (temporary) => {
    await save(temporary);
    const files: StoredState['files'] = [];
    for (const name of (await readdir(temporary)).sort()) {
      const file = join(temporary, name);
      files.push({ name, bytes: (await stat(file)).size, sha256: await hashFile(file) });
    }
    await writeJson(join(temporary, stateFile), { ...state, files } satisfies StoredState);
  });
}

/** Steps of the checkpoint folders that are there, complete or not, in rising order. */
export async function listCheckpoints(checkpoints: string): Promise<number[]> {
  const entries = await readdir(checkpoints, { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException): Dirent[] => {
      if (error.code === 'ENOENT') return [];
      throw fileError(error, checkpoints);
    },
  );
  return entries
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => namePattern.exec(entry.name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/**
 * Reads the checkpoint after `step` and compares its files with their list.
 *
 * @param plan digest that the checkpoint's plan must have
 * @throws {AttuneError} naming what is missing or differs
 */
export async function readCheckpoint(checkpoints: string, step: number, plan: string): Promise<Checkpoint> {
  const directory = checkpointDirectory(checkpoints, step);
  const file = join(directory, stateFile);
  const { files, ...state } = await readJson<StoredState>(file);
  const fix = 'delete this checkpoint; the run goes on from the one before';
  if (!Array.isArray(files) || state.global_step !== step) {
    throw new AttuneError('is not the state of this checkpoint', { file, field: 'global_step', fix });
  }
  if (state.plan !== plan) {
    throw new AttuneError('belongs to another plan', { file, field: 'plan', fix });
  }
  for (const { name, bytes, sha256 } of files) {
    const stored = join(directory, name);
    const size = await stat(stored).then(
      (found) => found.size,
      () => -1,
    );
    if (size < 0) throw new AttuneError(`${name} is missing`, { file: stored, fix });
    if (size !== bytes) throw new AttuneError(`has ${size} bytes instead of ${bytes}`, { file: stored, fix });
    if ((await hashFile(stored)) !== sha256) {
      throw new AttuneError('its content changed since it was written', { file: stored, fix });
    }
  }
  return { step, directory, state };
}

/**
 * The newest complete checkpoint, or none. Broken ones are passed over and reported through `onNote`.
 *
 * @param planOf digest that the plan of the checkpoint after a step must have
 */
export async function latestCheckpoint(
  checkpoints: string,
  planOf: (step: number) => string,
  onNote: (note: string) => void,
): Promise<Checkpoint | undefined> {
  for (const step of (await listCheckpoints(checkpoints)).reverse()) {
    try {
      return await readCheckpoint(checkpoints, step, planOf(step));
    } catch (error) {
      if (!(error instanceof AttuneError)) throw error;
      onNote(`checkpoint-${step} is not complete and was passed over: ${error.describe().split('\n')[0]}`);
    }
  }
  return undefined;
}

/** Which checkpoints {@link pruneCheckpoints} keeps. */
export interface KeepRules {
  /** How many of the newest are kept; absent: all. Checkpoint 0 does not count. */
  limit?: number;
  /** Steps that are kept whatever their age: the best one, and the ends of stages. */
  always: readonly number[];
  /** Whether the plan saves after `step`. Others come from an interruption and go once a newer one exists. */
  planned: (step: number) => boolean;
}

/**
 * Deletes checkpoints that are no longer wanted. Checkpoint 0, the newest and those of `always` are never deleted.
 *
 * Which ones stay depends on the plan and the limit alone, so an interrupted run ends with the same folders
 * as an uninterrupted one.
 */
export async function pruneCheckpoints(checkpoints: string, rules: KeepRules): Promise<void> {
  const steps = (await listCheckpoints(checkpoints)).filter((step) => step > 0);
  const newest = steps.at(-1);
  const planned = steps.filter((step) => step === newest || rules.planned(step));
  const kept = new Set(rules.limit === undefined ? planned : planned.slice(-Math.max(1, rules.limit)));
  for (const step of rules.always) kept.add(step);
  for (const step of steps) {
    if (kept.has(step)) continue;
    const directory = checkpointDirectory(checkpoints, step);
    // Renamed first: a crash amid the deletion must not leave half a checkpoint under its name.
    await rename(directory, `${directory}${temporarySuffix}`);
    await rm(`${directory}${temporarySuffix}`, { recursive: true, force: true });
  }
}

/** Deletes what a crash left half-written or half-deleted, and checkpoints after `step`. */
export async function clearLeftovers(checkpoints: string, step: number): Promise<void> {
  for (const later of await listCheckpoints(checkpoints)) {
    if (later > step) await rm(checkpointDirectory(checkpoints, later), { recursive: true, force: true });
  }
  for (const name of await readdir(checkpoints).catch(() => [])) {
    if (name.endsWith(temporarySuffix)) await rm(join(checkpoints, name), { recursive: true, force: true });
  }
}
