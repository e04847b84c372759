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
  checkpointDirectory,
  clearLeftovers,
  latestCheckpoint,
  pruneCheckpoints,
  writeCheckpoint,
  writeFolderAtomically,
} from './checkpoints.js';
import type { StepResult, TrainEngine } from './engine.js';
import { isEvaluation, MetricsLog, readMetrics } from './metrics.js';
import { bestEvaluation, losses, type TrainingOutcome } from './outcome.js';
import { formatDuration, Pace } from './pace.js';
import { epochAfter, listIds, microBatches, type Plan } from './plan.js';
import type { Run } from './run-folder.js';

/** What {@link runTraining} needs. */
export interface TrainingOptions {
  plan: Plan;
  /**
   * Only the steps from `first` to `last` (1-based, both included), for a stage of several; the state is then saved
   * after `last` and the outcome is `paused`. Steps between the last checkpoint and `first` are passed over. Without it
   * the whole plan is executed and the result written.
   */
  steps?: { first: number; last: number };
  /** Fresh, with the initial weights; it is not closed here. */
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
export async function runTraining(options: TrainingOptions): Promise<TrainingOutcome> {
  const { run, plan } = options;
  if (isFinished(run, plan)) {
    const lines = await readMetrics(run.metricsFile);
    return {
      state: 'done',
      step: plan.header.totals.steps,
      steps: plan.header.totals.steps,
      epoch: plan.header.totals.epochs,
      ...losses(lines, plan),
      result: run.resultDirectory(plan),
      seconds: 0,
      tokens: 0,
      notes: [],
    };
  }
  const training = new Training(options);
  try {
    if (run.manifest.state !== 'running') await run.setState('running');
    return await training.execute();
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
  readonly #pace = new Pace();
  readonly #notes: string[] = [];
  readonly #began = performance.now();
  #log: MetricsLog | undefined;
  #step = 0;
  /** Step of the newest checkpoint. */
  #saved = -1;
  #resumedFrom: number | undefined;
  #tokens = 0;

  constructor(options: TrainingOptions) {
    this.#options = options;
    const rows = options.plan.header.shards.evaluation?.rows ?? 0;
    this.#evalRows = options.evalRows ?? Array.from({ length: rows }, (_, row) => row);
  }

  async execute(): Promise<TrainingOutcome> {
    const { plan, signal } = this.#options;
    await this.#begin();
    for (;;) {
      if (this.#evaluationPending() && !(await this.#evaluate())) return this.#interrupt();
      if (this.#step === plan.header.totals.steps) return this.#finish();
      if (signal?.aborted) return this.#interrupt();
      await this.#trainStep();
      if (plan.save[this.#step - 1]) await this.#save();
    }
  }

  async close(): Promise<void> {
    await this.#log?.close();
  }

  get #lines(): MetricsLog['lines'] {
    return this.#log!.lines;
  }

  /** Takes up the last complete checkpoint, or writes checkpoint 0. */
  async #begin(): Promise<void> {
    const { engine, run } = this.#options;
    const checkpoint = await latestCheckpoint(run.checkpointsDirectory, run.manifest.hashes.plan, (note) =>
      this.#notes.push(note),
    );
    await clearLeftovers(run.checkpointsDirectory, checkpoint?.step ?? -1);
    this.#log = await MetricsLog.open(run.metricsFile, checkpoint?.step ?? -1);
    if (!checkpoint) return this.#save();
    await engine.restore(checkpoint.directory);
    this.#step = checkpoint.step;
    this.#saved = checkpoint.step;
    this.#resumedFrom = checkpoint.step;
    await this.#prune();
  }

  async #trainStep(): Promise<void> {
    const { plan, engine } = this.#options;
    const step = this.#step + 1;
    const batches = microBatches(plan, step);
    const learningRate = plan.learningRate[step - 1]!;
    const normaliser = plan.normaliser[step - 1]!;
    const began = performance.now();
    let result: StepResult;
    try {
      result = await engine.step({
        step,
        optimizerStep: step,
        microBatches: batches,
        learningRate,
        normaliser,
      });
    } catch (error) {
      if (!(error instanceof AttuneError)) throw error;
      // The engine's state is that before the step. If it cannot be saved either, the checkpoint before stays.
      if (this.#saved < this.#step) await this.#save().catch(() => undefined);
      throw this.#stepError(error, step, batches.flat());
    }
    if (!Number.isFinite(result.loss) || !Number.isFinite(result.gradNorm)) {
      throw this.#stepError(
        new AttuneError(`loss ${result.loss} and gradient norm ${result.gradNorm} are not finite`),
        step,
        batches.flat(),
      );
    }
    const seconds = (performance.now() - began) / 1000;
    this.#step = step;
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
    this.#report(result.loss);
  }

  #common(seconds: number): { epoch: number; stage: string; seconds: number } {
    const { plan } = this.#options;
    const stage = plan.header.stages[plan.stage[Math.max(0, this.#step - 1)]!]!;
    return { epoch: epochAfter(plan, this.#step), stage: stage.name, seconds };
  }

  #stepError(error: AttuneError, step: number, rows: number[]): AttuneError {
    const ids = rows.flatMap((row) => this.#options.examplesOfRow?.(row) ?? []);
    const place = error.message.includes(`step ${step}`) ? '' : `step ${step}, rows ${rows.join(', ')}: `;
    const kept = `the state after step ${this.#saved} is kept in ${checkpointDirectory('checkpoints', this.#saved)}`;
    return new AttuneError(
      `${place}${error.message}${ids.length > 0 ? ` (examples: ${listIds(ids)})` : ''}; ${kept}`,
      {
        file: error.file ?? this.#options.run.directory,
        field: error.field,
        fix: error.fix ?? 'look at these examples with `attune data inspect`, or lower learning_rate',
        cause: error,
      },
    );
  }

  #evaluationPending(): boolean {
    const { plan } = this.#options;
    const planned = this.#step === 0 ? plan.header.evaluate_at_start : plan.evaluate[this.#step - 1] === 1;
    return planned && !this.#lines.some((line) => line.step === this.#step && isEvaluation(line));
  }

  /** False when it was interrupted; the resumed run then does the whole evaluation again. */
  async #evaluate(): Promise<boolean> {
    const { engine, evalBatchSize = 1, signal, onProgress } = this.#options;
    const began = performance.now();
    let lossSum = 0;
    let supervised = 0;
    for (let done = 0; done < this.#evalRows.length; done += evalBatchSize) {
      if (signal?.aborted) return false;
      const rows = this.#evalRows.slice(done, done + evalBatchSize);
      const part = await engine.evaluate(rows, evalBatchSize);
      lossSum += part.lossSum;
      supervised += part.supervisedTokens;
      onProgress?.({
        phase: 'evaluate',
        done: done + rows.length,
        total: this.#evalRows.length,
        unit: 'rows',
        note: `after step ${this.#step}`,
      });
    }
    const evalLoss = lossSum / supervised;
    if (!Number.isFinite(evalLoss)) {
      throw new AttuneError(`eval_loss after step ${this.#step} is ${evalLoss}`, {
        file: this.#options.run.directory,
        field: 'eval_loss',
        fix:
          supervised === 0
            ? 'check the validation split: it has no supervised tokens'
            : 'lower learning_rate; the model has become unusable',
      });
    }
    const seconds = (performance.now() - began) / 1000;
    this.#pace.addEvaluation(seconds);
    await this.#log!.append({
      step: this.#step,
      ...this.#common(seconds),
      peak_memory_bytes: await engine.peakMemoryBytes(),
      eval_loss: evalLoss,
      supervised_tokens: supervised,
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
      rows_done: plan.stepOffsets[this.#step]!,
      log_lines: this.#lines.length,
      best_metric: best?.eval_loss ?? null,
      best_global_step: best?.step ?? null,
      plan: run.manifest.hashes.plan,
    };
    await writeCheckpoint(run.checkpointsDirectory, state, (directory) => engine.save(directory));
    this.#saved = this.#step;
    await this.#prune();
  }

  #prune(): Promise<void> {
    const { plan, run, saveTotalLimit } = this.#options;
    const best = bestEvaluation(this.#lines, plan);
    return pruneCheckpoints(run.checkpointsDirectory, {
      limit: saveTotalLimit,
      best: loadsBest(plan) ? best?.step : undefined,
      planned: (step) => plan.save[step - 1] === 1,
    });
  }

  async #interrupt(): Promise<TrainingOutcome> {
    if (this.#saved < this.#step) await this.#save();
    await this.#options.run.setState('interrupted');
    return this.#outcome('interrupted');
  }

  async #finish(): Promise<TrainingOutcome> {
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

  #outcome(state: TrainingOutcome['state']): TrainingOutcome {
    const { plan } = this.#options;
    return {
      state,
      step: this.#step,
      steps: plan.header.totals.steps,
      epoch: epochAfter(plan, this.#step),
      resumedFrom: this.#resumedFrom,
      ...losses(this.#lines, plan),
      seconds: (performance.now() - this.#began) / 1000,
      tokens: this.#tokens,
      notes: this.#notes,
    };
  }

  #report(loss: number): void {
    const { plan, onProgress } = this.#options;
    if (!onProgress) return;
    const rowsLeft = plan.rows.length - plan.stepOffsets[this.#step]!;
    const evaluationsLeft = plan.evaluate.subarray(this.#step - 1).reduce((sum, flag) => sum + flag, 0);
    const left = this.#pace.secondsLeft(rowsLeft, evaluationsLeft);
    onProgress({
      phase: 'train',
      done: this.#step,
      total: plan.header.totals.steps,
      unit: 'steps',
      note: `loss ${loss.toFixed(3)}, ${Math.round(this.#pace.tokensPerSecond())} tokens/s, ${formatDuration(left)} left`,
    });
  }
}

function loadsBest(plan: Plan): boolean {
  return plan.header.stages.at(-1)?.settings.load_best_model_at_end ?? false;
}
