/**
 * The worker thread of training.
 * @module
 */
import { readFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import type { AdapterBase } from '../../adapter/peft.js';
import { joinShards } from '../../chat/join-shards.js';
import { openShards } from '../../chat/open-shards.js';
import type { ModelConfig } from '../../model/config.js';
import type { EngineSettings } from '../../train/settings.js';
import { fillFromBase, readCheckpoint, readTrained, writeOptimizer, writeTrained } from './checkpoint.js';
import { serve } from './rpc.js';
import { Trainer } from './trainer.js';
import type { BaseWeights } from './weights.js';

/** What the main thread hands over at the start. */
export interface TrainWorkerOptions {
  config: ModelConfig;
  base: BaseWeights;
  baseModel: AdapterBase;
  settings: EngineSettings;
  /** Folder of token shards with the splits to train on and, where it exists, `validation`. */
  directory: string;
  trainSplits: readonly string[];
  hasEvaluation: boolean;
  threads: number;
  /** Trained weights to begin with instead of the initial ones. */
  startFrom?: string;
}

const options = workerData as TrainWorkerOptions;
const { config, settings, directory, baseModel } = options;

const trainer = await Trainer.create({
  config,
  base: options.base,
  settings,
  train: joinShards(await Promise.all(options.trainSplits.map((split) => openShards(directory, split)))),
  evaluation: options.hasEvaluation ? await openShards(directory, 'validation') : undefined,
  threads: options.threads,
});
if (options.startFrom) await readTrained(options.startFrom, trainer.state, settings, config);
else if (settings.method === 'full') await fillFromBase(trainer.state, options.base.tensors);

const methods = {
  step: trainer.step.bind(trainer),
  beginStage: trainer.beginStage.bind(trainer),
  evaluate: trainer.evaluate.bind(trainer),
  save: async (target: string) => {
    await writeTrained(target, trainer.state, settings, baseModel);
    await writeOptimizer(target, trainer.state);
  },
  saveResult: (target: string) => writeTrained(target, trainer.state, settings, baseModel),
  restore: (source: string) => readCheckpoint(source, trainer.state, settings, config),
  peakMemoryBytes: async () => peakMemoryBytes(),
  close: () => trainer.close(),
};
/** What the main thread may call. */
export type TrainWorkerMethods = typeof methods;

/** The kernel's own account of the process' highest resident memory; elsewhere that of Node. */
function peakMemoryBytes(): number {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

serve(methods);
