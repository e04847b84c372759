/**
 * An engine that starts when it is first asked for something.
 * @module
 */
import type { EvaluationResult, StageStart, StepRequest, StepResult, TrainEngine } from './engine.js';

/**
 * Starts an engine on the first call: a finished run asks for nothing. After {@link close} the next call starts a fresh
 * one, so that its memory can be used for something else in between; its state has to be restored then.
 */
export class EngineOnDemand implements TrainEngine {
  readonly #start: () => Promise<TrainEngine>;
  #engine?: Promise<TrainEngine>;

  constructor(start: () => Promise<TrainEngine>) {
    this.#start = start;
  }

  #started(): Promise<TrainEngine> {
    this.#engine ??= this.#start();
    return this.#engine;
  }

  async step(request: StepRequest): Promise<StepResult> {
    return (await this.#started()).step(request);
  }

  async beginStage(start: StageStart): Promise<void> {
    return (await this.#started()).beginStage(start);
  }

  async evaluate(rows: number[], batchSize: number): Promise<EvaluationResult> {
    return (await this.#started()).evaluate(rows, batchSize);
  }

  async save(directory: string): Promise<void> {
    return (await this.#started()).save(directory);
  }

  async saveResult(directory: string): Promise<void> {
    return (await this.#started()).saveResult(directory);
  }

  async restore(directory: string): Promise<void> {
    return (await this.#started()).restore(directory);
  }

  async peakMemoryBytes(): Promise<number> {
    return (await this.#started()).peakMemoryBytes();
  }

  async close(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    await engine?.then(
      (running) => running.close(),
      () => undefined, // it never started; whoever asked first has the error
    );
  }
}
