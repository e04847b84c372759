/**
 * Losses of single tokens. Runs in the worker thread.
 * @module
 */
import * as ort from 'onnxruntime-node';
import type { Row } from '../../chat/shard.js';
import type { ModelConfig } from '../../model/config.js';
import { buildHeadGraph, buildHiddenGraph, type HeadGraph } from './likelihood-graph.js';
import type { LoadedAdapter } from './loaded-adapter.js';
import { microBatch, type RowSource } from './micro-batch.js';
import { createSession, parameterValues, type Session, type Values } from './session.js';
import type { BaseWeights } from './weights.js';

/** What token losses are computed with. */
export interface TokenLossesOptions extends LoadedAdapter {
  config: ModelConfig;
  base: BaseWeights;
  threads: number;
}

/** The supervised tokens of a row, in the order in which they stand there. */
export interface RowLosses {
  /** In nats. */
  losses: Float32Array;
  /** How far each token's logit lies below the highest; 0 for the most probable token. */
  margins: Float32Array;
}

/** Tokens whose logits exist at a time: 50 MB with a vocabulary of 49,152. */
const targetsAtOnce = 256;
/** Graphs are made for rows of a multiple of this. */
const lengthStep = 512;

/** Holds the sessions. */
export class TokenLosses {
  readonly #options: TokenLossesOptions;
  readonly #parameters: Values;
  #hidden?: { session: Session; output: string; length: number };
  #head?: HeadGraph & { session: Session };

  constructor(options: TokenLossesOptions) {
    this.#options = options;
    this.#parameters = parameterValues(options);
  }

  /** For each row what its supervised tokens lose. */
  async of(rows: readonly Row[]): Promise<RowLosses[]> {
    const length = rows[0]!.inputIds.length;
    const source: RowSource = {
      length,
      lengthPerRow: Int32Array.from(rows, ({ segmentIds }) => segmentIds.findLastIndex((id) => id > 0) + 1),
      row: (index) => rows[index]!,
    };
    const { inputs, supervisedTokens } = microBatch(source, [...rows.keys()], 1);
    const layers = await this.#compileHidden(length);
    const hidden = (await layers.session.run({ ...this.#parameters, ...inputs }))[layers.output]!
      .data as Float32Array;
    const { losses, margins } = await this.#headLosses(
      hidden,
      inputs.target_ids!.data as BigInt64Array,
      supervisedTokens,
    );
    let done = 0;
    return rows.map(({ lossMask }) => {
      const count = lossMask.reduce((sum, flag) => sum + flag, 0);
      done += count;
      return { losses: losses.slice(done - count, done), margins: margins.slice(done - count, done) };
    });
  }

  async #headLosses(hidden: Float32Array, targets: BigInt64Array, count: number): Promise<RowLosses> {
    const { config, base, threads } = this.#options;
    if (!this.#head) {
      const built = buildHeadGraph(config, base);
      this.#head = { ...built, session: await createSession(built.graph, { threads }) };
    }
    const { session, ...outputs } = this.#head;
    const losses = new Float32Array(count);
    const margins = new Float32Array(count);
    const width = config.hiddenSize;
    for (let from = 0; from < count; from += targetsAtOnce) {
      const to = Math.min(count, from + targetsAtOnce);
      const results = await session.run({
        hidden: new ort.Tensor('float32', hidden.subarray(from * width, to * width), [to - from, width]),
        target_ids: new ort.Tensor('int64', targets.subarray(from, to), [to - from]),
      });
      losses.set(results[outputs.losses]!.data as Float32Array, from);
      margins.set(results[outputs.margins]!.data as Float32Array, from);
    }
    return { losses, margins };
  }

  async #compileHidden(length: number): Promise<{ session: Session; output: string }> {
    if (this.#hidden && this.#hidden.length >= length) return this.#hidden;
    await this.#hidden?.session.close();
    const { threads } = this.#options;
    const longest = Math.ceil(length / lengthStep) * lengthStep;
    const built = buildHiddenGraph(this.#options, longest);
    const session = await createSession(built.graph, { threads });
    this.#hidden = { output: built.output, length: longest, session };
    return this.#hidden;
  }

  async close(): Promise<void> {
    await this.#hidden?.session.close();
    await this.#head?.session.close();
  }
}
