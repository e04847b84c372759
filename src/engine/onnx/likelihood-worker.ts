/**
 * The worker thread of the likelihood scorer.
 * @module
 */
import { workerData } from 'node:worker_threads';
import { serve } from './rpc.js';
import { TokenLosses, type TokenLossesOptions } from './token-losses.js';

const losses = new TokenLosses(workerData as TokenLossesOptions);

const methods = {
  losses: losses.of.bind(losses),
  close: () => losses.close(),
};
/** What the main thread may call. */
export type LikelihoodWorkerMethods = typeof methods;

serve(methods);
