/**
 * A run folder: the whole truth of a training run (DESIGN section 4).
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AttuneError } from '../errors.js';
import { fileError, readJson, writeFileAtomically, writeJson } from '../files.js';
import { acquireLock, type Release } from './lock.js';
import { describeMachine, type Machine, softwareVersions } from './machine.js';
import type { Plan } from './plan.js';
import { readPlan, writePlan } from './plan-file.js';
import { hashPlan } from './plan-hash.js';

/** `running` without a living process is a run that was killed; it can be resumed like an `interrupted` one. */
export type RunState = 'running' | 'done' | 'failed' | 'interrupted';

/** Digests of what determines a run. All but `recipe` must be the same when it is resumed. */
export interface RunHashes {
  data: string;
  model: string;
  /** Of the resolved recipe; what it changes about the training shows in the other hashes. */
  recipe: string;
  plan: string;
}

/** The content of `manifest.json`. */
export interface RunManifest {
  format: 'attune-run';
  version: 1;
  state: RunState;
  /** The command that made the run, and that resumes it. */
  command: string;
  /** ISO 8601, UTC. */
  started_at: string;
  /** When the run was taken up again. */
  resumed_at: string[];
  finished_at?: string;
  /** Why it failed. */
  error?: string;
  versions: Record<string, string>;
  machine: Machine;
  seeds: Record<string, number>;
  hashes: RunHashes;
  /** What the data set held, for the report. */
  data: Record<string, unknown>;
}

/** What a caller says about the run that it wants. */
export interface RunDescription {
  command: string;
  hashes: Omit<RunHashes, 'plan'>;
  seeds: Record<string, number>;
  data: Record<string, unknown>;
  /** The resolved recipe as YAML, every default written out. */
  recipe: string;
  plan: Plan;
}

const manifestName = 'manifest.json';
const startAnew = 'delete the folder to start anew, or choose another output_dir';

/** Reads a run's manifest without touching the folder. */
export async function readManifest(directory: string): Promise<RunManifest> {
  const file = join(directory, manifestName);
  if (!existsSync(file)) {
    throw new AttuneError('is no run folder: it has no manifest.json', {
      file: directory,
      fix: 'name the folder of a run',
    });
  }
  const manifest = await readJson<RunManifest>(file).catch((error: AttuneError) => {
    throw new AttuneError(error.message, { file, fix: startAnew, cause: error });
  });
  const missing = (['state', 'command', 'hashes', 'started_at', 'resumed_at'] as const).find(
    (field) => manifest?.[field] === undefined,
  );
  if (manifest?.format !== 'attune-run' || manifest.version !== 1 || missing) {
    throw new AttuneError(`is not the manifest of a run${missing ? `: ${missing} is missing` : ''}`, {
      file,
      field: missing,
      fix: startAnew,
    });
  }
  return manifest;
}

/** A run folder that this process may write. */
export class Run {
  readonly directory: string;
  #manifest: RunManifest;
  readonly #release: Release;

  /** @internal made by {@link openRun} */
  constructor(directory: string, manifest: RunManifest, release: Release) {
    this.directory = directory;
    this.#manifest = manifest;
    this.#release = release;
  }

  get manifest(): Readonly<RunManifest> {
    return this.#manifest;
  }

  get metricsFile(): string {
    return join(this.directory, 'metrics.jsonl');
  }

  get checkpointsDirectory(): string {
    return join(this.directory, 'checkpoints');
  }

  /** Where the result goes: `adapter/`, or `model/` after full fine-tuning. */
  resultDirectory(plan: Plan): string {
    return join(this.directory, plan.header.engine.method === 'full' ? 'model' : 'adapter');
  }

  /** Records how the run stands. */
  async setState(state: RunState, error?: string): Promise<void> {
    const { finished_at: _finished, error: _error, ...kept } = this.#manifest;
    const next: RunManifest = {
      ...kept,
      state,
      ...(state !== 'running' && { finished_at: new Date().toISOString() }),
      ...(error !== undefined && { error }),
    };
    await writeJson(join(this.directory, manifestName), next);
    this.#manifest = next;
  }

  /** Lets other processes write the folder. */
  close(): Promise<void> {
    return this.#release();
  }
}

/**
 * Opens the run folder `directory` for writing: makes it where there is none, otherwise takes up the run that
 * it holds. Close it with {@link Run.close}.
 *
 * @throws {AttuneError} when another process writes the folder, when the folder is broken, or when it holds a
 * run with other data, another model or another plan
 */
export async function openRun(directory: string, description: RunDescription): Promise<Run> {
  await mkdir(directory, { recursive: true }).catch((error) => {
    throw fileError(error, directory);
  });
  const release = await acquireLock(join(directory, 'run.lock'));
  try {
    const hashes: RunHashes = { ...description.hashes, plan: hashPlan(description.plan) };
    const manifest = existsSync(join(directory, manifestName))
      ? await resumeRun(directory, hashes)
      : await createRun(directory, description, hashes);
    if (manifest.state !== 'done') {
      manifest.hashes = hashes;
      await writeFileAtomically(join(directory, 'recipe.yaml'), description.recipe);
    }
    const run = new Run(directory, manifest, release);
    if (manifest.state !== 'done') await run.setState('running');
    return run;
  } catch (error) {
    await release();
    throw error;
  }
}

/** Writes all but the manifest, whose presence says that the folder is complete. */
async function createRun(
  directory: string,
  description: RunDescription,
  hashes: RunHashes,
): Promise<RunManifest> {
  const left = ['checkpoints', 'metrics.jsonl'].find((name) => existsSync(join(directory, name)));
  if (left) {
    throw new AttuneError(`is a broken run folder: it has ${left} but no manifest.json`, {
      file: directory,
      fix: startAnew,
    });
  }
  await writePlan(directory, description.plan);
  return {
    format: 'attune-run',
    version: 1,
    state: 'running',
    command: description.command,
    started_at: new Date().toISOString(),
    resumed_at: [],
    versions: softwareVersions(),
    machine: describeMachine(),
    seeds: description.seeds,
    hashes,
    data: description.data,
  };
}

async function resumeRun(directory: string, hashes: RunHashes): Promise<RunManifest> {
  const manifest = await readManifest(directory);
  const causes = { data: 'the data', model: 'the model', plan: 'the training settings' } as const;
  const changed = (Object.keys(causes) as (keyof typeof causes)[]).filter(
    (name) => manifest.hashes[name] !== hashes[name],
  );
  if (changed.length > 0) {
    throw new AttuneError(
      `this run was made with something else: ${changed.map((name) => causes[name]).join(' and ')} changed since`,
      {
        file: directory,
        field: changed.join(', '),
        fix: 'choose another output_dir for the new settings, undo the change to go on with this run, or delete the folder',
      },
    );
  }
  const plan = await readPlan(directory).catch((error: AttuneError) => {
    throw new AttuneError(`its plan cannot be read: ${error.message}`, {
      file: error.file ?? directory,
      field: error.field,
      fix: startAnew,
      cause: error,
    });
  });
  if (hashPlan(plan) !== manifest.hashes.plan) {
    throw new AttuneError('its plan is not the one that the run was started with', {
      file: directory,
      field: 'plan',
      fix: startAnew,
    });
  }
  if (manifest.state !== 'done') manifest.resumed_at.push(new Date().toISOString());
  return manifest;
}
