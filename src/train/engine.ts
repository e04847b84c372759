/**
 * What the training loop asks of an engine. An engine computes no schedule, mask or mix of its own.
 * @module
 */

/** One optimizer step as the plan describes it. */
export interface StepRequest {
  /** 1-based number of the optimizer step; also the `t` of Adam's bias correction and of dropout's random stream. */
  step: number;
  /** Row numbers, already divided into micro-batches. */
  microBatches: number[][];
  learningRate: number;
  /** Supervised tokens in the whole step: the loss is the sum over them divided by this. */
  normaliser: number;
}

/** What an optimizer step gave. */
export interface StepResult {
  /** Loss of the step: sum over supervised tokens / normaliser. */
  loss: number;
  /** Euclidean norm of all gradients before clipping. */
  gradNorm: number;
  /** Tokens computed, padding excluded. */
  tokens: number;
}

/** Loss over rows that are not trained on. */
export interface EvaluationResult {
  lossSum: number;
  supervisedTokens: number;
}

/** Executes a plan's steps on one model; created by `engine/`, driven by the loop. */
export interface TrainEngine {
  /** Runs one optimizer step. Rejects with {@link AttuneError} naming step and rows on NaN or infinity; the state is then that before the step. */
  step(request: StepRequest): Promise<StepResult>;
  /** Loss of `rows` of the evaluation shards, `batchSize` rows at a time. */
  evaluate(rows: number[], batchSize: number): Promise<EvaluationResult>;
  /** Writes adapter (or model) and optimizer state into the existing folder `directory`. */
  save(directory: string): Promise<void>;
  /** Writes only the result, without optimizer state: `adapter/` in PEFT's form or `model/`. */
  saveResult(directory: string): Promise<void>;
  /** Takes up the state that {@link save} wrote. */
  restore(directory: string): Promise<void>;
  /** Highest resident memory of the process so far, in bytes. */
  peakMemoryBytes(): Promise<number>;
  close(): Promise<void>;
}
