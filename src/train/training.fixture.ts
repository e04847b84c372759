/**
 * A tiny engine with real state, and shards, plan and run folder to go with it.
 * @module
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ShardSet } from '../chat/shard.js';
import { AttuneError } from '../errors.js';
import type { EvaluationResult, StageStart, StepRequest, StepResult, TrainEngine } from './engine.js';
import { makePlan, type Plan, type PlanSettings } from './plan.js';
import type { RunDescription } from './run-folder.js';
import { engineSettings, plainAdamw } from './settings.fixture.js';

/** Shards whose rows are only numbers: row `r` has `10 + r` tokens of which `1 + r % 3` are supervised. */
export function fakeShards(rows: number, change: Partial<ShardSet> = {}): ShardSet {
  const supervisedPerRow = Int32Array.from({ length: rows }, (_, row) => 1 + (row % 3));
  const lengthPerRow = Int32Array.from({ length: rows }, (_, row) => 10 + row);
  const sum = (list: Int32Array) => list.reduce((a, b) => a + b, 0);
  return {
    rows,
    length: 10 + rows,
    tokens: sum(lengthPerRow),
    supervisedTokens: sum(supervisedPerRow),
    examples: Array.from({ length: rows }, (_, row) => ({ id: `example-${row}`, row, segment: 1 })),
    supervisedPerRow,
    lengthPerRow,
    row: () => {
      throw new Error('the fake engine reads no tokens');
    },
    ...change,
  };
}

export const fakeEngineSettings = engineSettings({ optimizer: { ...plainAdamw, max_grad_norm: 1 }, seed: 7 });

export const fakeSettings: PlanSettings = {
  num_train_epochs: 2,
  max_steps: -1,
  per_device_train_batch_size: 2,
  gradient_accumulation_steps: 2,
  learning_rate: 0.1,
  lr_scheduler_type: 'cosine',
  warmup_ratio: 0.1,
  warmup_steps: 0,
  eval_steps: 4,
  save_steps: 3,
};

export function fakePlan(settings: Partial<PlanSettings> = {}, rows = 22): Plan {
  return makePlan({
    shards: fakeShards(rows),
    evalShards: fakeShards(5),
    settings: { ...fakeSettings, ...settings },
    engine: fakeEngineSettings,
    seed: 7,
  });
}

export function fakeDescription(plan: Plan): RunDescription {
  return {
    command: 'attune train recipe.yaml',
    hashes: { data: 'd', model: 'm', recipe: 'r' },
    seeds: { train: 7 },
    data: { train: 22 },
    recipe: 'model: tiny\n',
    plan,
  };
}

/** What a {@link FakeEngine} does wrong. */
export interface FakeFaults {
  /** Rejects as an engine does on NaN, before anything changed. */
  rejectAt?: number;
  /** Returns a loss that is no number. */
  nanAt?: number;
  /** Dies as a defect would. */
  crashAt?: number;
  /** The save after this step meets a full disk when half is written. */
  fullDiskAt?: number;
  /** How long a step, and each file of a save, takes. */
  delay?: number;
}

/** Weights and momentum that depend on every row, its place and every learning rate so far. */
export class FakeEngine implements TrainEngine {
  readonly requests: StepRequest[] = [];
  readonly begun: StageStart[] = [];
  /** What earlier stages merged into the base. */
  #frozen = new Float64Array(3);
  #weights = new Float64Array([0.5, -0.25, 0.125]);
  #momentum = new Float64Array(3);
  #step = 0;
  readonly #faults: FakeFaults;

  constructor(faults: FakeFaults = {}) {
    this.#faults = faults;
  }

  async step(request: StepRequest): Promise<StepResult> {
    const { step, optimizerStep, microBatches, learningRate, normaliser } = request;
    const { delay, crashAt, rejectAt, nanAt } = this.#faults;
    if (step <= this.#step) throw new Error(`step ${step} follows step ${this.#step}`);
    if (delay) await sleep(delay);
    if (step === crashAt) throw new Error('the engine crashed');
    if (step === rejectAt) {
      throw new AttuneError(`step ${step}, rows ${microBatches.flat().join(', ')}: loss is NaN`);
    }
    this.requests.push(request);
    this.#step = step;
    let loss = 0;
    let tokens = 0;
    const gradient = new Float64Array(3);
    for (const row of microBatches.flat()) {
      tokens += 10 + row;
      for (let i = 0; i < 3; i++) {
        const error = this.#frozen[i]! + this.#weights[i]! - Math.sin(row + i) - loss * 1e-3;
        gradient[i]! += error / normaliser;
        loss += (error * error) / 2 / normaliser;
      }
    }
    for (let i = 0; i < 3; i++) {
      this.#momentum[i] = 0.9 * this.#momentum[i]! + gradient[i]!;
      this.#weights[i]! -= learningRate * this.#momentum[i]! * (1 + 0.1 / optimizerStep);
    }
    return { loss: step === nanAt ? Number.NaN : loss, gradNorm: Math.hypot(...gradient), tokens };
  }

  async beginStage({ carry, optimizer, stage }: StageStart): Promise<void> {
    this.begun.push({ carry, optimizer, stage });
    if (optimizer === 'fresh') this.#momentum.fill(0);
    if (carry === 'adapter') return;
    for (let i = 0; i < 3; i++) this.#frozen[i]! += this.#weights[i]!;
    this.#weights.fill(0.01 * stage);
  }

  async evaluate(rows: number[]): Promise<EvaluationResult> {
    if (this.#faults.delay) await sleep(this.#faults.delay);
    let lossSum = 0;
    for (const row of rows)
      lossSum += Math.abs(this.#frozen[row % 3]! + this.#weights[row % 3]! - Math.cos(row));
    return { lossSum, supervisedTokens: rows.length };
  }

  async save(directory: string): Promise<void> {
    await this.saveResult(directory);
    if (this.#step === this.#faults.fullDiskAt) {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    }
    const state = new Float64Array([...this.#momentum, this.#step, ...this.#frozen]);
    await writeFile(join(directory, 'optimizer.safetensors'), new Uint8Array(state.buffer));
  }

  async saveResult(directory: string): Promise<void> {
    if (this.#faults.delay) await sleep(this.#faults.delay);
    await writeFile(join(directory, 'adapter_model.safetensors'), new Uint8Array(this.#weights.buffer));
  }

  async restore(directory: string): Promise<void> {
    const numbers = async (name: string) =>
      new Float64Array(new Uint8Array(await readFile(join(directory, name))).buffer);
    this.#weights = await numbers('adapter_model.safetensors');
    const state = await numbers('optimizer.safetensors');
    this.#momentum = state.slice(0, 3);
    this.#step = state[3]!;
    this.#frozen = state.slice(4);
  }

  async peakMemoryBytes(): Promise<number> {
    return process.memoryUsage.rss();
  }

  async close(): Promise<void> {}
}

/** Every file of a run folder that must not depend on interruptions, as text; times and memory taken out. */
export async function runContent(directory: string): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || ['manifest.json', 'run.lock'].includes(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    content[file.slice(directory.length + 1)] =
      entry.name === 'metrics.jsonl'
        ? bytes.toString().replace(/"(seconds|peak_memory_bytes)":[^,}]+/g, '"$1":0')
        : bytes.toString('base64');
  }
  return content;
}
