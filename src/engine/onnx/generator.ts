/**
 * Runs the graph of generation over batches of prompts. Lives in the worker thread of a system.
 * @module
 */
import * as ort from 'onnxruntime-node';
import type { ModelConfig } from '../../model/config.js';
import { collectGarbage } from './garbage.js';
import { buildGenerateGraph, type GenerateGraph } from './generate-graph.js';
import { Generation } from './generation.js';
import { KeyValueCache } from './key-value-cache.js';
import type { LoadedAdapter } from './loaded-adapter.js';
import type {
  AnswerProgress,
  GenerateSettings,
  NewTokens,
  NextTokens,
  PromptBatch,
  Surroundings,
} from './prompt-batch.js';
import type { Sampling } from './sampling.js';
import { createSession, parameterValues, type Session, type Values } from './session.js';
import type { BaseWeights } from './weights.js';

/** What a generator is made from. */
export interface GeneratorOptions extends LoadedAdapter {
  config: ModelConfig;
  base: BaseWeights;
  threads: number;
}

interface CompiledGraph extends GenerateGraph {
  session: Session;
}

const MASKED = -1e9;
/** Tokens that are computed at once, padding included, where a row is not longer by itself. */
export const TOKENS_AT_ONCE = 2048;

/** Holds the sessions, and the batches that are being answered. */
export class Generator {
  readonly #options: GeneratorOptions;
  readonly #compiled = new Map<string, Promise<CompiledGraph>>();
  readonly #parameters: Values;
  readonly #running = new Map<number, Generation>();
  #started = 0;
  /** The last root, kept because batches of one evaluation share it. */
  #root?: { tokens: number[]; cache: KeyValueCache };

  constructor(options: GeneratorOptions) {
    this.#options = options;
    this.#parameters = parameterValues(options);
  }

  get config(): ModelConfig {
    return this.#options.config;
  }

  /** Reads the prompts of a batch and returns its number. */
  async start(batch: PromptBatch, settings: GenerateSettings): Promise<number> {
    const generation = await Generation.begin(this, batch, settings);
    this.#running.set(++this.#started, generation);
    return this.#started;
  }

  /**
   * Makes up to `steps` more tokens of every answer of batch `number` that is not over.
   *
   * @param ended places of answers that need nothing more
   */
  advance(number: number, steps: number, ended: readonly number[]): Promise<AnswerProgress[]> {
    return this.#running.get(number)!.advance(steps, ended);
  }

  /** Forgets batch `number`. */
  async finish(number: number): Promise<void> {
    this.#running.delete(number);
  }

  /**
   * Keys and values of what prompts share, and how many consecutive prompts share a row of it; `undefined` when there
   * is nothing.
   */
  async prefixes({ root, groups }: PromptBatch): Promise<KeyValueCache | undefined> {
    const rootCache = root.length > 0 ? await this.#rootCache(root) : undefined;
    const rows = groups.map((group) => group.prefix);
    const longest = Math.max(...rows.map((row) => row.length));
    if (longest === 0) return rootCache;
    const cache =
      rootCache?.select(
        rows.map(() => 0),
        root.length + longest,
      ) ?? new KeyValueCache(this.config, groups.length, longest);
    // An empty prefix still occupies a row; its one token is masked away by the length of 0.
    const filled = rows.map((row) => (row.length > 0 ? row : [0]));
    const newTokens = { rows: filled, members: rows.length, offsets: rows.map(() => root.length) };
    const counted = rows.map((row) => row.length);
    await this.run(newTokens, { prefix: rootCache, into: cache }, undefined, counted);
    return cache;
  }

  async #rootCache(root: number[]): Promise<KeyValueCache> {
    if (this.#root && `${this.#root.tokens}` === `${root}`) return this.#root.cache;
    const cache = new KeyValueCache(this.config, 1, root.length);
    await this.run({ rows: [root], members: 1, offsets: [0] }, { into: cache });
    this.#root = { tokens: root, cache };
    return cache;
  }

  /**
   * Computes new tokens, some rows at a time, and appends their keys and values.
   *
   * @param sampling how the next tokens are chosen, where they are wanted
   * @param counted tokens of each row that are kept. Default all
   * @returns what the graph says of the next tokens, for stretches of rows
   */
  async run(
    newTokens: NewTokens,
    { prefix, past, into }: Surroundings,
    sampling?: Sampling,
    counted: readonly number[] = newTokens.rows.map((row) => row.length),
  ): Promise<NextTokens[]> {
    const wantsLogits = sampling !== undefined && sampling.temperature > 0;
    const graph = await this.#compile(prefix !== undefined, past !== undefined, wantsLogits);
    const found: NextTokens[] = [];
    for (const [from, to] of stretches(newTokens)) {
      const rows = newTokens.rows.slice(from, to);
      const length = Math.max(...rows.map((row) => row.length));
      const [firstGroup, lastGroup] = [from, to - 1].map((row) => Math.floor(row / newTokens.members));
      const groups = lastGroup! - firstGroup! + 1;
      const inputs: Values = {
        ...this.#parameters,
        ...newTokenInputs(rows, length, groups, newTokens.offsets.slice(from, to)),
        ...prefix?.inputs('prefix', firstGroup, lastGroup! + 1),
        ...past?.inputs('past', from, to),
      };
      const results = await graph.session.run(inputs);
      const layer = (name: string): Float32Array => results[name]!.data as Float32Array;
      into.append(graph.keys.map(layer), graph.values.map(layer), length, counted.slice(from, to), from);
      // The binding copies every output; the copies of a whole stretch of prompts are large.
      if ((to - from) * length > TOKENS_AT_ONCE / 4) collectGarbage();
      found.push({ first: from, count: to - from, next: results[graph.next]! });
    }
    return found;
  }

  #compile(hasPrefix: boolean, hasPast: boolean, wantsLogits: boolean): Promise<CompiledGraph> {
    const key = `${hasPrefix}:${hasPast}:${wantsLogits}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const graph = buildGenerateGraph({ ...this.#options, hasPrefix, hasPast, wantsLogits });
    // A step after a past computes little for each weight that it reads: reading them in order is worth a copy of them.
    // Much of it is too short for a second thread, which would spin meanwhile.
    const options = { threads: this.#options.threads, packed: hasPast, spinning: false };
    const compiled = createSession(graph.graph, options).then((session) => ({ ...graph, session }));
    this.#compiled.set(key, compiled);
    return compiled;
  }

  async close(): Promise<void> {
    for (const compiled of this.#compiled.values()) await (await compiled).session.close();
  }
}

/** Rows that are computed together: whole groups, or rows of one group. */
function* stretches({ rows, members }: NewTokens): Iterable<[from: number, to: number]> {
  const cost = (from: number, to: number): number =>
    (to - from) * Math.max(...rows.slice(from, to).map((row) => row.length));
  for (let from = 0; from < rows.length; ) {
    const whole = from % members === 0 && cost(from, from + members) <= TOKENS_AT_ONCE;
    const step = whole ? members : 1;
    const end = whole ? rows.length : (Math.floor(from / members) + 1) * members;
    let to = from + step;
    while (to + step <= end && cost(from, to + step) <= TOKENS_AT_ONCE) to += step;
    yield [from, to];
    from = to;
  }
}

function newTokenInputs(
  rows: readonly (readonly number[])[],
  length: number,
  groups: number,
  offsets: readonly number[],
): Values {
  const batch = rows.length;
  const ids = new BigInt64Array(batch * length);
  const positions = new BigInt64Array(batch * length);
  const mask = new Float32Array(batch * length * length).fill(MASKED);
  for (const [i, row] of rows.entries()) {
    for (let j = 0; j < length; j++) {
      ids[i * length + j] = BigInt(row[j] ?? 0);
      positions[i * length + j] = BigInt(offsets[i]! + Math.min(j, row.length - 1));
      mask.fill(0, (i * length + j) * length, (i * length + j) * length + j + 1);
    }
  }
  const last = BigInt64Array.from(rows, (row, i) => BigInt(i * length + row.length - 1));
  return {
    input_ids: new ort.Tensor('int64', ids, [batch * length]),
    position_ids: new ort.Tensor('int64', positions, [groups, batch / groups, length]),
    mask: new ort.Tensor('float32', mask, [batch, 1, length, length]),
    last: new ort.Tensor('int64', last, [batch]),
  };
}
