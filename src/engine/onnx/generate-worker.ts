/**
 * The worker thread of generation.
 * @module
 */
import { workerData } from 'node:worker_threads';
import { Generator, type GeneratorOptions } from './generator.js';
import { serve } from './rpc.js';

const generator = new Generator(workerData as GeneratorOptions);

const methods = {
  start: generator.start.bind(generator),
  advance: generator.advance.bind(generator),
  finish: generator.finish.bind(generator),
  close: () => generator.close(),
};
/** What the main thread may call. */
export type GenerateWorkerMethods = typeof methods;

serve(methods);
