/**
 * The worker thread of generation.
 * @module
 */
import { workerData } from 'node:worker_threads';
import { Generator, type GeneratorOptions } from './generator.js';
import { serve } from './rpc.js';
import { type BatchLimits, RunningBatch } from './running-batch.js';

/** What the worker is started with. */
export interface GenerateWorkerData {
  generator: GeneratorOptions;
  limits: BatchLimits;
}

const { generator: options, limits } = workerData as GenerateWorkerData;
const generator = new Generator(options);
const batch = new RunningBatch(generator, limits);

const methods = {
  advance: batch.advance.bind(batch),
  close: () => generator.close(),
};
/** What the main thread may call. */
export type GenerateWorkerMethods = typeof methods;

serve(methods);
