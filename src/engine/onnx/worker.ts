/**
 * The worker thread of the embedded engine: runs of the runtime block their thread, so they stay off the main one.
 * @module
 */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { AdapterBase } from '../../adapter/peft.js';
import { openShards } from '../../chat/open-shards.js';
import { AttuneError } from '../../errors.js';
import type { ModelConfig } from '../../model/config.js';
import type { EngineSettings } from '../../train/settings.js';
import { fillFromBase, readCheckpoint, readTrained, writeOptimizer, writeTrained } from './checkpoint.js';
import { Trainer } from './trainer.js';
import type { BaseWeights } from './weights.js';

/** What the main thread hands over at the start. */
export interface WorkerOptions {
  config: ModelConfig;
  base: BaseWeights;
  baseModel: AdapterBase;
  settings: EngineSettings;
  /** Folder of token shards with the splits `train` and, where it exists, `validation`. */
  directory: string;
  hasEvaluation: boolean;
  threads: number;
  /** Trained weights to begin with instead of the initial ones. */
  startFrom?: string;
}

/** A call from the main thread. */
export interface WorkerCall {
  id: number;
  method: keyof WorkerMethods;
  arguments: unknown[];
}

/** The answer to a {@link WorkerCall}. */
export interface WorkerReply {
  id: number;
  result?: unknown;
  error?: {
    message: string;
    stack?: string;
    attune: boolean;
    file?: string;
    line?: number;
    field?: string;
    fix?: string;
  };
}

const options = workerData as WorkerOptions;
const { settings, directory, baseModel } = options;

const trainer = await Trainer.create({
  config: options.config,
  base: options.base,
  settings,
  train: await openShards(directory, 'train'),
  evaluation: options.hasEvaluation ? await openShards(directory, 'validation') : undefined,
  threads: options.threads,
});
if (options.startFrom) await readTrained(options.startFrom, trainer.state, settings, options.config);
else if (settings.method === 'full') await fillFromBase(trainer.state, options.base.tensors);

const methods = {
  step: trainer.step.bind(trainer),
  evaluate: trainer.evaluate.bind(trainer),
  save: async (target: string) => {
    await writeTrained(target, trainer.state, settings, baseModel);
    await writeOptimizer(target, trainer.state);
  },
  saveResult: (target: string) => writeTrained(target, trainer.state, settings, baseModel),
  restore: (source: string) => readCheckpoint(source, trainer.state, settings, options.config),
  peakMemoryBytes: async () => peakMemoryBytes(),
  close: () => trainer.close(),
};
/** What the main thread may call. */
export type WorkerMethods = typeof methods;

/** The kernel's own account of the process' highest resident memory; elsewhere that of Node. */
function peakMemoryBytes(): number {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

parentPort!.on('message', async (call: WorkerCall) => {
  const reply: WorkerReply = { id: call.id };
  try {
    reply.result = await (methods[call.method] as (...parameters: unknown[]) => Promise<unknown>)(
      ...call.arguments,
    );
  } catch (error) {
    const { message, stack } = error as Error;
    const context =
      error instanceof AttuneError
        ? { file: error.file, line: error.line, field: error.field, fix: error.fix }
        : {};
    reply.error = { message, stack, attune: error instanceof AttuneError, ...context };
  }
  parentPort!.postMessage(reply);
});
parentPort!.postMessage('ready');
