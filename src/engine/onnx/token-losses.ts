/**
 * Losses of single tokens. Runs in the worker thread.
 * @module
 */
import * as ort from 'onnxruntime-node';
import type { Row } from '../../chat/shard.js';
import type { ModelConfig } from '../../model/config.js';
import { buildHeadGraph, buildHiddenGraph, type SingleOutput } from './likelihood-graph.js';
import { microBatch, type RowSource } from './micro-batch.js';
import { createSession, type Session } from './session.js';
import type { BaseWeights } from './weights.js';

/** What token losses are computed with. */
export interface TokenLossesOptions {
  config: ModelConfig;
  base: BaseWeights;
  threads: number;
}

interface Compiled extends SingleOutput {
  session: Session;
}

/** Tokens whose logits exist at a time: 50 MB with a vocabulary of 49,152. */
const targetsAtOnce = 256;
/** Graphs are made for rows of a multiple of this. */
const lengthStep = 512;

/** Holds the sessions. */
export class TokenLosses {
  readonly #options: TokenLossesOptions;
  #hidden?: Compiled & { length: number };
  #head?: Compiled;

  constructor(options: TokenLossesOptions) {
    this.#options = options;
  }

  /** For each row the losses of its supervised tokens, in nats, in the order in which they stand there. */
  async of(rows: readonly Row[]): Promise<Float32Array[]> {
    const length = rows[0]!.inputIds.length;
    const source: RowSource = {
      length,
      lengthPerRow: Int32Array.from(rows, ({ segmentIds }) => segmentIds.findLastIndex((id) => id > 0) + 1),
      row: (index) => rows[index]!,
    };
    const { inputs, supervisedTokens } = microBatch(source, [...rows.keys()], 1);
    const layers = await this.#compileHidden(length);
    const hidden = (await layers.session.run(inputs))[layers.output]!.data as Float32Array;
    const losses = await this.#headLosses(hidden, inputs.target_ids!.data as BigInt64Array, supervisedTokens);
    let done = 0;
    return rows.map(({ lossMask }) => {
      const count = lossMask.reduce((sum, flag) => sum + flag, 0);
      done += count;
      return losses.slice(done - count, done);
    });
  }

  async #headLosses(hidden: Float32Array, targets: BigInt64Array, count: number): Promise<Float32Array> {
    const { config, base, threads } = this.#options;
    if (!this.#head) {
      const built = buildHeadGraph(config, base);
      this.#head = { ...built, session: await createSession(built.graph, { threads }) };
    }
    const losses = new Float32Array(count);
    const width = config.hiddenSize;
    for (let from = 0; from < count; from += targetsAtOnce) {
      const to = Math.min(count, from + targetsAtOnce);
      const results = await this.#head.session.run({
        hidden: new ort.Tensor('float32', hidden.subarray(from * width, to * width), [to - from, width]),
        target_ids: new ort.Tensor('int64', targets.subarray(from, to), [to - from]),
      });
      losses.set(results[this.#head.output]!.data as Float32Array, from);
    }
    return losses;
  }

  async #compileHidden(length: number): Promise<Compiled> {
    if (this.#hidden && this.#hidden.length >= length) return this.#hidden;
    await this.#hidden?.session.close();
    const { config, base, threads } = this.#options;
    const longest = Math.ceil(length / lengthStep) * lengthStep;
    const built = buildHiddenGraph(config, base, longest);
    this.#hidden = { ...built, length: longest, session: await createSession(built.graph, { threads }) };
    return this.#hidden;
  }

  async close(): Promise<void> {
    await this.#hidden?.session.close();
    await this.#head?.session.close();
  }
}
