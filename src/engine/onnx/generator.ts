/**
 * Generates answers to prompts in batches. Runs in the worker thread of a system.
 * @module
 */
import * as ort from 'onnxruntime-node';
import type { ModelConfig } from '../../model/config.js';
import { randomStream } from '../../random.js';
import { buildGenerateGraph, type GenerateGraph } from './generate-graph.js';
import { KeyValueCache } from './key-value-cache.js';
import type { AdapterShape, Parameter } from './parameters.js';
import { chooseToken, type Sampling } from './sampling.js';
import { createSession, type Session, type Values } from './session.js';
import type { BaseWeights } from './weights.js';

/** What a generator is made from. */
export interface GeneratorOptions {
  config: ModelConfig;
  base: BaseWeights;
  parameters: readonly Parameter[];
  adapter?: AdapterShape;
  /** Values of the parameters. */
  values: ReadonlyMap<string, Float32Array>;
  threads: number;
}

/** Prompts that begin with the same tokens. */
export interface PromptGroup {
  /** The shared beginning; may be empty. */
  prefix: number[];
  /** What follows in each prompt, at least one token, and the path of its random stream. */
  members: { rest: number[]; id: string }[];
}

/** Groups that are answered together. */
export interface PromptBatch {
  /** Beginning that all groups share and that their prefixes leave out; may be empty. */
  root: number[];
  groups: PromptGroup[];
}

/** When to stop and how to choose. */
export interface GenerateSettings extends Sampling {
  maxNewTokens: number;
  stopTokenIds: readonly number[];
}

/** Tokens of one answer, the stop token left out. */
export interface GeneratedAnswer {
  id: string;
  tokens: number[];
  stopped: boolean;
}

interface CompiledGraph extends GenerateGraph {
  session: Session;
}

/** New tokens of every row of a batch: rows of equal length, padded at the end. */
interface NewTokens {
  rows: number[][];
  groups: number;
  /** Tokens that stand before each row. */
  offsets: number[];
}

const MASKED = -1e9;

/** Holds sessions and the caches of one batch at a time. */
export class Generator {
  readonly #options: GeneratorOptions;
  readonly #compiled = new Map<string, Promise<CompiledGraph>>();
  readonly #parameters: Values;
  /** The last root, kept because batches of one evaluation share it. */
  #root?: { tokens: number[]; cache: KeyValueCache };

  constructor(options: GeneratorOptions) {
    this.#options = options;
    this.#parameters = Object.fromEntries(
      options.parameters.map(({ name, shape }) => [
        name,
        new ort.Tensor('float32', options.values.get(name)!, shape),
      ]),
    );
  }

  /** Answers to every prompt of the batch, in the order of groups and members. */
  async generate(batch: PromptBatch, settings: GenerateSettings): Promise<GeneratedAnswer[]> {
    const members = Math.max(...batch.groups.map((group) => group.members.length));
    const prefix = await this.#prefixes(batch);
    // Groups with fewer members are filled up with copies of one of their own, whose answers are dropped.
    const slots = batch.groups.flatMap((group) =>
      Array.from({ length: members }, (_, i) => ({
        group,
        member: group.members[i] ?? group.members[0]!,
        used: i < group.members.length,
      })),
    );
    const prefixLengths = slots.map(({ group }) => batch.root.length + group.prefix.length);
    const answers: GeneratedAnswer[] = slots.map(({ member }) => ({
      id: member.id,
      tokens: [],
      stopped: false,
    }));
    const random = slots.map(({ member }) => randomStream(settings.seed, 'sample', member.id));
    const rests = slots.map(({ member }) => member.rest);
    const longest = Math.max(...rests.map((rest) => rest.length));
    const own = new KeyValueCache(this.#options.config, slots.length, longest + settings.maxNewTokens);

    let rows = rests;
    for (let made = 0; made < settings.maxNewTokens; made++) {
      const offsets = prefixLengths.map((length, i) => length + own.lengths[i]!);
      const past = made === 0 ? undefined : own;
      const next = await this.#run(
        { rows, groups: batch.groups.length, offsets },
        prefix,
        past,
        own,
        settings,
      );
      for (const [i, answer] of answers.entries()) {
        if (answer.stopped) continue;
        const token = chooseToken(next, i, settings, random[i]!);
        if (settings.stopTokenIds.includes(token)) answer.stopped = true;
        else answer.tokens.push(token);
      }
      if (answers.every((answer) => answer.stopped)) break;
      rows = answers.map((answer) => [answer.tokens.at(-1) ?? settings.stopTokenIds[0] ?? 0]);
    }
    return answers.filter((_, i) => slots[i]!.used);
  }

  /** Keys and values of the groups' shared beginnings; `undefined` when there are none. */
  async #prefixes({ root, groups }: PromptBatch): Promise<KeyValueCache | undefined> {
    const rootCache = root.length > 0 ? await this.#rootCache(root) : undefined;
    const rows = groups.map((group) => group.prefix);
    const longest = Math.max(...rows.map((row) => row.length));
    if (longest === 0) return rootCache?.repeated(groups.length, 0);
    const cache =
      rootCache?.repeated(groups.length, longest) ??
      new KeyValueCache(this.#options.config, groups.length, longest);
    // An empty prefix still occupies a row; its one token is masked away by the length of 0.
    const filled = rows.map((row) => (row.length > 0 ? row : [0]));
    const offsets = rows.map(() => root.length);
    await this.#run(
      { rows: filled, groups: 1, offsets },
      rootCache,
      undefined,
      cache,
      undefined,
      rows.map((row) => row.length),
    );
    return cache;
  }

  async #rootCache(root: number[]): Promise<KeyValueCache> {
    if (this.#root && `${this.#root.tokens}` === `${root}`) return this.#root.cache;
    const cache = new KeyValueCache(this.#options.config, 1, root.length);
    await this.#run({ rows: [root], groups: 1, offsets: [0] }, undefined, undefined, cache);
    this.#root = { tokens: root, cache };
    return cache;
  }

  /** Computes new tokens, appends their keys and values to `into` and returns what the graph says of the next ones. */
  async #run(
    { rows, groups, offsets }: NewTokens,
    prefix: KeyValueCache | undefined,
    past: KeyValueCache | undefined,
    into: KeyValueCache,
    sampling?: Sampling,
    counted: number[] = rows.map((row) => row.length),
  ): Promise<ort.Tensor> {
    const wantsLogits = sampling !== undefined && sampling.temperature > 0;
    const graph = await this.#compile(prefix !== undefined, past !== undefined, wantsLogits);
    const length = Math.max(...rows.map((row) => row.length));
    const inputs: Values = {
      ...this.#parameters,
      ...newTokenInputs(rows, length, groups, offsets),
      ...prefix?.inputs('prefix'),
      ...past?.inputs('past'),
    };
    const results = await graph.session.run(inputs);
    const layer = (name: string): Float32Array => results[name]!.data as Float32Array;
    into.append(graph.keys.map(layer), graph.values.map(layer), length, counted);
    return results[graph.next]!;
  }

  #compile(hasPrefix: boolean, hasPast: boolean, wantsLogits: boolean): Promise<CompiledGraph> {
    const key = `${hasPrefix}:${hasPast}:${wantsLogits}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const graph = buildGenerateGraph({ ...this.#options, hasPrefix, hasPast, wantsLogits });
    const compiled = createSession(graph.graph, { threads: this.#options.threads }).then((session) => ({
      ...graph,
      session,
    }));
    this.#compiled.set(key, compiled);
    return compiled;
  }

  async close(): Promise<void> {
    for (const compiled of this.#compiled.values()) await (await compiled).session.close();
  }
}

function newTokenInputs(rows: number[][], length: number, groups: number, offsets: number[]): Values {
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
