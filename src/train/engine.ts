/**
 * What the training loop asks of an engine. An engine computes no schedule, mask or mix of its own.
 * @module
 */

/** One optimizer step as the plan describes it. */
export interface StepRequest {
  /** 1-based number of the optimizer step in the plan; also that of dropout's random stream. */
  step: number;
  /** Steps that the optimizer has made since it was fresh, this one included: the `t` of Adam's bias correction. */
  optimizerStep: number;
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

/** What a stage begins with. */
export interface StageStart {
  /** `merged`: what was trained so far becomes part of the frozen base, and a fresh adapter is trained beside it. */
  carry: 'adapter' | 'merged';
  /** `fresh`: the moments are zero again. */
  optimizer: 'fresh' | 'keep';
  /** Number of the stage in the plan, from 0: names the random stream of a fresh adapter. */
  stage: number;
}

/** Executes a plan's steps on one model; created by `engine/`, driven by the loop. */
export interface TrainEngine {
  /** Runs one optimizer step. Rejects with {@link AttuneError} naming step and rows on NaN or infinity; the state is then that before the step. */
  step(request: StepRequest): Promise<StepResult>;
  /** Loss of `rows` of the evaluation shards, `batchSize` rows at a time. */
  evaluate(rows: number[], batchSize: number): Promise<EvaluationResult>;
  /** Prepares for the first step of a stage behind another one. */
  beginStage(start: StageStart): Promise<void>;
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
