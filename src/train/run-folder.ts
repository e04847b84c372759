/**
 * A run folder: the whole truth of a training run (DESIGN section 4).
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AttuneError } from '../errors.js';
import { fileError, readJson, removeAbandoned, writeFileAtomically, writeJson } from '../files.js';
import { acquireLock, type Release } from './lock.js';
import { describeMachine, type Machine, softwareVersions } from './machine.js';
import type { Plan } from './plan.js';
import { readPlan, writePlan } from './plan-file.js';
import { hashPlan, stageHashes } from './plan-hash.js';
import { commonStages, cutRun, runFiles } from './reuse.js';

/**
 * `running` without a living process is a run that was killed; it can be resumed like an `interrupted` one. `stopped` is
 * one that a gate ended before its last stage; it can be gone on with too.
 */
export type RunState = 'running' | 'done' | 'failed' | 'interrupted' | 'stopped';

/** Digests of what determines a run. All but `recipe` must be the same when it is resumed. */
export interface RunHashes {
  data: string;
  model: string;
  /** Of the resolved recipe; what it changes about the training shows in the other hashes. */
  recipe: string;
  plan: string;
  /** For each stage of all that determines the run up to its end; absent in runs made before there were stages. */
  stages?: string[];
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
  /** When later stages of the plan were edited, and the stages before whose work was kept. */
  reused_stages?: { at: string; stages: string[] }[];
  /** The plan is being replaced: the one in the folder may be either, or half of each. */
  replacing_plan?: true;
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
  hashes: Omit<RunHashes, 'plan' | 'stages'>;
  seeds: Record<string, number>;
  data: Record<string, unknown>;
  /** The resolved recipe as YAML, every default written out. */
  recipe: string;
  plan: Plan;
  /** Whether a plan with edited stages may replace the run's, which deletes what came of them; default true. */
  mayReplace?: boolean;
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
  /** How the run stood when it was opened. */
  readonly found: Pick<RunManifest, 'state' | 'error'>;
  #manifest: RunManifest;
  readonly #release: Release;

  /** @internal made by {@link openRun} */
  constructor(directory: string, manifest: RunManifest, release: Release) {
    this.directory = directory;
    this.found = { state: manifest.state, error: manifest.error };
    this.#manifest = manifest;
    this.#release = release;
  }

  get manifest(): Readonly<RunManifest> {
    return this.#manifest;
  }

  get metricsFile(): string {
    return join(this.directory, runFiles.metrics);
  }

  get checkpointsDirectory(): string {
    return join(this.directory, runFiles.checkpoints);
  }

  /** Where the result goes: `adapter/`, or `model/` after full fine-tuning. */
  resultDirectory(plan: Plan): string {
    return join(this.directory, plan.header.engine.method === 'full' ? runFiles.model : runFiles.adapter);
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
 * Where the plan differs from the run's only in later stages, or has more or fewer of them, the run goes on from the end
 * of the last stage that is the same: what came after it is deleted, and the plan is replaced.
 *
 * @throws {AttuneError} when another process writes the folder, when the folder is broken, or when it holds a
 * run with other data, another model or a plan whose first stage is another one, or whose plan may not be replaced
 */
export async function openRun(directory: string, description: RunDescription): Promise<Run> {
  await mkdir(directory, { recursive: true }).catch((error) => {
    throw fileError(error, directory);
  });
  const release = await acquireLock(join(directory, 'run.lock'));
  try {
    await removeAbandoned(directory);
    const { plan } = description;
    const hashes: RunHashes = { ...description.hashes, plan: hashPlan(plan), stages: stageHashes(plan) };
    const manifest = existsSync(join(directory, manifestName))
      ? await resumeRun(directory, description, hashes)
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
  const left = [runFiles.checkpoints, runFiles.metrics].find((name) => existsSync(join(directory, name)));
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

async function resumeRun(
  directory: string,
  { plan, mayReplace = true }: RunDescription,
  hashes: RunHashes,
): Promise<RunManifest> {
  const manifest = await readManifest(directory);
  const samePlan = manifest.hashes.plan === hashes.plan;
  const stages = samePlan ? plan.header.stages.length : commonStages(manifest.hashes.stages, hashes.stages!);
  checkSame(directory, manifest.hashes, hashes, stages === 0 ? plan : undefined);
  if (!samePlan || manifest.replacing_plan) {
    if (!mayReplace) {
      throw new AttuneError('the stages were edited since this run was trained', {
        file: directory,
        field: 'stages',
        fix: 'train it, which goes on from the last stage that stayed the same, or undo the edit',
      });
    }
    return replacePlan(directory, manifest, plan, stages);
  }
  await checkPlan(directory, manifest);
  if (manifest.state !== 'done') manifest.resumed_at.push(new Date().toISOString());
  return manifest;
}

/** @param otherPlan the wanted plan where it shares no stage with the run's */
function checkSame(directory: string, before: RunHashes, now: RunHashes, otherPlan: Plan | undefined): void {
  const changed = [
    ...(before.data === now.data ? [] : [{ field: 'data', cause: 'the data' }]),
    ...(before.model === now.model ? [] : [{ field: 'model', cause: 'the model' }]),
    ...(otherPlan ? [{ field: 'plan', cause: 'the training settings' }] : []),
  ];
  if (changed.length === 0) return;
  const [first, ...later] = otherPlan?.header.stages ?? [];
  const names = later.map(({ name }) => name).join(', ');
  const reuse = names
    ? `; only the stages after the first, ${first!.name}, can be edited in a run that is there (${names})`
    : '';
  throw new AttuneError(
    `this run was made with something else: ${changed.map(({ cause }) => cause).join(' and ')} changed since`,
    {
      file: directory,
      field: changed.map(({ field }) => field).join(', '),
      fix: `choose another output_dir for the new settings, undo the change to go on with this run, or delete the folder${reuse}`,
    },
  );
}

/** Checks that the folder's plan is that of its manifest. */
async function checkPlan(directory: string, manifest: RunManifest): Promise<void> {
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
}

/** Cuts the run back to what the plans share. The manifest says so first: a crash amid it leaves a folder that opens. */
async function replacePlan(
  directory: string,
  { finished_at: _finished, error: _error, ...kept }: RunManifest,
  plan: Plan,
  stages: number,
): Promise<RunManifest> {
  const at = new Date().toISOString();
  const manifest: RunManifest = { ...kept, state: 'running', replacing_plan: true };
  await writeJson(join(directory, manifestName), manifest);
  const reused = await cutRun(directory, plan, stages);
  await writePlan(directory, plan);
  const { replacing_plan: _replacing, ...done } = manifest;
  return {
    ...done,
    resumed_at: [...manifest.resumed_at, at],
    reused_stages: [...(manifest.reused_stages ?? []), { at, stages: reused }],
  };
}
