/**
 * The training loop: executes a plan on an engine and writes the run folder.
 *
 * After every optimizer step comes its line of metrics, then, where the plan says so, a checkpoint, then an
 * evaluation. A run that was stopped goes on from its last complete checkpoint, and what it did after that is
 * cut off and done again; so it ends with the same bytes as one that was never stopped.
 * @module
 */
import { existsSync } from 'node:fs';
import { AttuneError } from '../errors.js';
import type { OnProgress } from '../progress.js';
import {
  type Checkpoint,
  checkpointDirectory,
  clearLeftovers,
  latestCheckpoint,
  pruneCheckpoints,
  writeCheckpoint,
  writeFolderAtomically,
} from './checkpoints.js';
import type { StepResult, TrainEngine } from './engine.js';
import { evaluateRows } from './evaluate-rows.js';
import { isEvaluation, MetricsLog, readMetrics } from './metrics.js';
import { bestEvaluation, figures, finishedOutcome, loadsBest, type TrainingOutcome } from './outcome.js';
import { Pace } from './pace.js';
import { epochAfter, microBatches, type Plan } from './plan.js';
import { stageHashes } from './plan-hash.js';
import type { Run } from './run-folder.js';
import { lastSteps, plannedRanges, type StepRange, stageOf, startBetween } from './stage-steps.js';
import { stepError } from './step-error.js';
import { stepProgress } from './step-progress.js';

/** What {@link runTraining} needs. */
export interface TrainingOptions {
  plan: Plan;
  /**
   * Only these steps, for a stage of several; the state is evaluated and saved after `last` and the outcome is `paused`.
   * Steps between the last checkpoint and `first` are passed over, so ask for the stages in their order, also in a run
   * that is taken up again: what is done costs nothing. Without it all stages but extensions are executed and the
   * result is written.
   */
  steps?: StepRange;
  /** With the initial weights, or in any state of a run that has checkpoints; it is not closed here. */
  engine: TrainEngine;
  /** Opened for the plan; it is not closed here. */
  run: Run;
  /** Rows of the evaluation shards; default all of them. */
  evalRows?: readonly number[];
  /** Rows that are evaluated at once; default 1. */
  evalBatchSize?: number;
  /** How many of the newest checkpoints are kept; default all. Checkpoint 0 does not count. */
  saveTotalLimit?: number;
  /** Example ids of a training row, to name them in errors. */
  examplesOfRow?: (row: number) => readonly string[];
  /** Stops the run after the step that is going on, with a checkpoint. */
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/** Whether the run is done and its result is there, so that nothing needs to be loaded or computed. */
export function isFinished(run: Run, plan: Plan): boolean {
  return run.manifest.state === 'done' && existsSync(run.resultDirectory(plan));
}

/**
 * Trains: from the beginning in a new run folder, from the last complete checkpoint in one that was stopped.
 * A finished run is left as it is.
 *
 * @throws {AttuneError} naming step, rows and examples when loss or gradients are not finite; the last good
 * state is saved then. Also on a full disk; the last checkpoint stays usable. The run's state is then `failed`.
 */
export function runTraining(options: TrainingOptions): Promise<TrainingOutcome> {
  return conduct(options, (training) => training.execute());
}

/**
 * Ends a run whose stages were executed one by one: writes the result from the last checkpoint, or from the best one of
 * the last stage, and sets the run's state to `done`. A finished run is left as it is.
 *
 * @throws {AttuneError} when no step was made yet
 */
export function finishTraining(
  options: Pick<TrainingOptions, 'plan' | 'engine' | 'run' | 'saveTotalLimit'>,
): Promise<TrainingOutcome> {
  return conduct(options, (training) => training.finish());
}

async function conduct(
  options: TrainingOptions,
  work: (training: Training) => Promise<TrainingOutcome>,
): Promise<TrainingOutcome> {
  const { run, plan } = options;
  if (isFinished(run, plan)) {
    return finishedOutcome(await readMetrics(run.metricsFile), plan, run.resultDirectory(plan));
  }
  const training = new Training(options);
  try {
    if (run.manifest.state !== 'running') await run.setState('running');
    return await work(training);
  } catch (error) {
    // On a full disk this fails too; the first error is the one to show.
    await run.setState('failed', (error as Error).message).catch(() => undefined);
    throw error;
  } finally {
    await training.close();
  }
}

class Training {
  readonly #options: TrainingOptions;
  readonly #evalRows: readonly number[];
  readonly #stageHashes: readonly string[];
  readonly #pace = new Pace();
  readonly #notes: string[] = [];
  readonly #began = performance.now();
  #log: MetricsLog | undefined;
  /** The last executed step. */
  #step = 0;
  /** What is being executed. */
  #range: StepRange;
  #optimizerSteps = 0;
  #rowsDone = 0;
  /** Step of the newest checkpoint. */
  #saved = -1;
  #resumedFrom: number | undefined;
  #tokens = 0;

  constructor(options: TrainingOptions) {
    this.#options = options;
    this.#stageHashes = stageHashes(options.plan);
    this.#range = { first: 1, last: options.plan.header.totals.steps };
    const { first, last } = options.steps ?? this.#range;
    if (first < 1 || last < first || last > this.#range.last) {
      throw new RangeError(`steps ${first} to ${last} of a plan of ${this.#range.last}`);
    }
    const rows = options.plan.header.shards.evaluation?.rows ?? 0;
    this.#evalRows = options.evalRows ?? Array.from({ length: rows }, (_, row) => row);
  }

  async execute(): Promise<TrainingOutcome> {
    const { plan, steps } = this.#options;
    const checkpoint = await this.#open();
    if (!checkpoint) await this.#save();
    // What lies behind the checkpoint is done: an engine that starts on demand need not start.
    else if (!steps || this.#step < steps.last || this.#evaluationPending(steps.last)) {
      await this.#takeUp(checkpoint);
    }
    for (const range of steps ? [steps] : plannedRanges(plan)) {
      if (!(await this.#executeRange(range))) return this.#interrupt();
    }
    return steps ? this.#outcome('paused', steps.last) : this.#writeResult();
  }

  async finish(): Promise<TrainingOutcome> {
    const checkpoint = await this.#open();
    if (!checkpoint || checkpoint.step === 0) {
      throw new AttuneError('no step was made yet, so there is no result to write', {
        file: this.#options.run.directory,
        fix: 'train first',
      });
    }
    await this.#takeUp(checkpoint);
    return this.#writeResult();
  }

  /** False when it was interrupted. */
  async #executeRange(range: StepRange): Promise<boolean> {
    const { plan, signal } = this.#options;
    const { first, last } = range;
    this.#range = range;
    while (this.#step <= last) {
      if (this.#evaluationPending(last) && !(await this.#evaluate())) return false;
      if (this.#step === last) break;
      if (signal?.aborted) return false;
      await this.#trainStep(Math.max(this.#step + 1, first));
      if (plan.save[this.#step - 1] || this.#step === last) await this.#save();
    }
    return true;
  }

  async close(): Promise<void> {
    await this.#log?.close();
  }

  get #lines(): MetricsLog['lines'] {
    return this.#log!.lines;
  }

  /** Finds the last complete checkpoint and cuts off what came after it. */
  async #open(): Promise<Checkpoint | undefined> {
    const { plan, run } = this.#options;
    const checkpoint = await latestCheckpoint(
      run.checkpointsDirectory,
      (step) => this.#stageHashes[stageOf(plan, step)] ?? '',
      (note) => this.#notes.push(note),
    );
    await clearLeftovers(run.checkpointsDirectory, checkpoint?.step ?? -1);
    this.#log = await MetricsLog.open(run.metricsFile, checkpoint?.step ?? -1);
    if (!checkpoint) return undefined;
    const { step, state } = checkpoint;
    this.#step = step;
    this.#saved = step;
    this.#resumedFrom = step;
    this.#optimizerSteps = state.optimizer_steps ?? step;
    this.#rowsDone = state.rows_done;
    return checkpoint;
  }

  async #takeUp(checkpoint: Checkpoint): Promise<void> {
    await this.#options.engine.restore(checkpoint.directory);
    await this.#prune();
  }

  /** Where `step` is the first of a stage, prepares the engine for it. */
  async #enterStage(step: number): Promise<void> {
    const start = startBetween(this.#options.plan, this.#step, step);
    if (!start) return;
    // A resumed run has to find the stage before as it ended.
    if (this.#saved < this.#step) await this.#save();
    await this.#options.engine.beginStage(start);
    if (start.optimizer === 'fresh') this.#optimizerSteps = 0;
  }

  async #trainStep(step: number): Promise<void> {
    const { plan, engine } = this.#options;
    await this.#enterStage(step);
    const batches = microBatches(plan, step);
    const learningRate = plan.learningRate[step - 1]!;
    const normaliser = plan.normaliser[step - 1]!;
    const began = performance.now();
    let result: StepResult;
    try {
      result = await engine.step({
        step,
        optimizerStep: this.#optimizerSteps + 1,
        microBatches: batches,
        learningRate,
        normaliser,
      });
    } catch (error) {
      if (!(error instanceof AttuneError)) throw error;
      // The engine's state is that before the step. If it cannot be saved either, the checkpoint before stays.
      if (this.#saved < this.#step) await this.#save().catch(() => undefined);
      throw this.#explain(error, step, batches.flat());
    }
    if (!Number.isFinite(result.loss) || !Number.isFinite(result.gradNorm)) {
      throw this.#explain(
        new AttuneError(`loss ${result.loss} and gradient norm ${result.gradNorm} are not finite`),
        step,
        batches.flat(),
      );
    }
    const seconds = (performance.now() - began) / 1000;
    this.#step = step;
    this.#optimizerSteps++;
    this.#rowsDone += batches.flat().length;
    this.#tokens += result.tokens;
    this.#pace.addStep(batches.flat().length, result.tokens, seconds);
    await this.#log!.append({
      step,
      ...this.#common(seconds),
      peak_memory_bytes: await engine.peakMemoryBytes(),
      loss: result.loss,
      grad_norm: result.gradNorm,
      learning_rate: learningRate,
      tokens: result.tokens,
      supervised_tokens: normaliser,
    });
    this.#options.onProgress?.(
      stepProgress(
        {
          plan,
          range: this.#range,
          step,
          loss: result.loss,
          evaluationFollows: this.#evaluationPending(this.#range.last),
        },
        this.#pace,
      ),
    );
  }

  #common(seconds: number): { epoch: number; stage: string; seconds: number } {
    const { plan } = this.#options;
    const stage = plan.header.stages[stageOf(plan, this.#step)]!;
    return { epoch: epochAfter(plan, this.#step), stage: stage.name, seconds };
  }

  #explain(error: AttuneError, step: number, rows: number[]): AttuneError {
    const { run, examplesOfRow } = this.#options;
    return stepError(error, { directory: run.directory, step, rows, saved: this.#saved, examplesOfRow });
  }

  /** @param last step that is evaluated in any case */
  #evaluationPending(last: number): boolean {
    const { plan } = this.#options;
    const planned =
      this.#step === 0
        ? plan.header.evaluate_at_start
        : plan.evaluate[this.#step - 1] === 1 || (this.#step === last && this.#evalRows.length > 0);
    return planned && !this.#lines.some((line) => line.step === this.#step && isEvaluation(line));
  }

  /** False when it was interrupted; the resumed run then does the whole evaluation again. */
  async #evaluate(): Promise<boolean> {
    const { engine, run, evalBatchSize = 1, signal, onProgress } = this.#options;
    const began = performance.now();
    const evaluated = await evaluateRows(engine, this.#evalRows, {
      batchSize: evalBatchSize,
      step: this.#step,
      directory: run.directory,
      signal,
      onProgress,
    });
    if (!evaluated) return false;
    const seconds = (performance.now() - began) / 1000;
    this.#pace.addEvaluation(seconds);
    await this.#log!.append({
      step: this.#step,
      ...this.#common(seconds),
      peak_memory_bytes: await engine.peakMemoryBytes(),
      eval_loss: evaluated.loss,
      supervised_tokens: evaluated.supervisedTokens,
    });
    await this.#log!.sync();
    return true;
  }

  async #save(): Promise<void> {
    const { engine, plan, run } = this.#options;
    await this.#log!.sync();
    const best = bestEvaluation(this.#lines, plan);
    const state = {
      global_step: this.#step,
      epoch: epochAfter(plan, this.#step),
      optimizer_steps: this.#optimizerSteps,
      rows_done: this.#rowsDone,
      log_lines: this.#lines.length,
      best_metric: best?.eval_loss ?? null,
      best_global_step: best?.step ?? null,
      plan: this.#stageHashes[stageOf(plan, this.#step)]!,
    };
    await writeCheckpoint(run.checkpointsDirectory, state, (directory) => engine.save(directory));
    this.#saved = this.#step;
    await this.#prune();
  }

  #prune(): Promise<void> {
    const { plan, run, saveTotalLimit } = this.#options;
    const best = loadsBest(plan) ? bestEvaluation(this.#lines, plan) : undefined;
    const ends = lastSteps(this.#lines, plan);
    // That of the stage in progress is not its end yet.
    ends.delete(stageOf(plan, this.#step));
    return pruneCheckpoints(run.checkpointsDirectory, {
      limit: saveTotalLimit,
      always: [...ends.values(), ...(best ? [best.step] : [])],
      planned: (step) => plan.save[step - 1] === 1,
    });
  }

  async #interrupt(): Promise<TrainingOutcome> {
    if (this.#saved < this.#step) await this.#save();
    await this.#options.run.setState('interrupted');
    return this.#outcome('interrupted');
  }

  async #writeResult(): Promise<TrainingOutcome> {
    const { engine, plan, run } = this.#options;
    const best = bestEvaluation(this.#lines, plan);
    if (loadsBest(plan) && best && best.step !== this.#step) {
      await engine.restore(checkpointDirectory(run.checkpointsDirectory, best.step));
    }
    await this.#prune();
    const result = run.resultDirectory(plan);
    await writeFolderAtomically(result, (directory) => engine.saveResult(directory));
    await run.setState('done');
    return { ...this.#outcome('done'), result };
  }

  /** @param last step that it is about; what a run did after it is left out */
  #outcome(state: TrainingOutcome['state'], last = this.#step): TrainingOutcome {
    const { plan } = this.#options;
    const step = Math.min(this.#step, last);
    return {
      state,
      step,
      steps: plan.header.totals.steps,
      epoch: epochAfter(plan, step),
      resumedFrom: this.#resumedFrom,
      ...figures(
        this.#lines.filter((line) => line.step <= step),
        plan,
      ),
      seconds: (performance.now() - this.#began) / 1000,
      tokens: this.#tokens,
      notes: this.#notes,
    };
  }
}
