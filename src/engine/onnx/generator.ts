/**
 * Runs the graphs of generation. Lives in the worker thread of a system.
 * @module
 */
import * as ort from 'onnxruntime-node';
import type { ModelConfig } from '../../model/config.js';
import { buildGenerateGraph, type GenerateGraph } from './generate-graph.js';
import type { ComputedTokens, NewTokens, PrefixUse } from './generate-request.js';
import type { LoadedAdapter } from './loaded-adapter.js';
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

const masked = -1e9;
/** Sequences of at least this many new tokens attend in blocks, of which there are this many. */
const blocks = { from: 128, count: 4 };

/** Blocks of queries in which sequences of `length` new tokens attend. */
export function readingBlocks(kind: NewTokens['kind'], length: number): number {
  return kind === 'read' && length >= blocks.from ? blocks.count : 1;
}

/** Holds the sessions. */
export class Generator {
  readonly #options: GeneratorOptions;
  readonly #compiled = new Map<string, Promise<CompiledGraph>>();
  readonly #parameters: Values;

  constructor(options: GeneratorOptions) {
    this.#options = options;
    this.#parameters = parameterValues(options);
  }

  get config(): ModelConfig {
    return this.#options.config;
  }

  /** Computes new tokens of some sequences. */
  async run(newTokens: NewTokens): Promise<ComputedTokens> {
    const { kind, rows, offsets, prefix, past, wants } = newTokens;
    const length = Math.max(...rows.map((row) => row.length));
    const count = readingBlocks(kind, length);
    const graph = await this.#compile(kind, prefix !== undefined, past !== undefined, count);
    const inputs: Values = { ...this.#parameters, ...tokenInputs(rows, length, offsets) };
    const between = kind === 'step' ? [1] : [];
    if (kind === 'read') Object.assign(inputs, causalInputs(length, count));
    if (past) {
      Object.assign(inputs, past.inputs('past', rows.length, between), {
        past_mask: seenMask(past.lengths.slice(0, rows.length), past.capacity, between),
      });
    }
    if (prefix) {
      Object.assign(inputs, prefix.cache.inputs('prefix', prefix.rows), {
        prefix_mask: seenMask(prefix.seen, prefix.cache.capacity, between),
        ...(kind === 'step' ? memberInputs(prefix) : { prefix_of: integers(prefix.of, [rows.length]) }),
      });
    }
    const wanted = wants === 'keys' ? [] : wants === 'next' ? [graph.next] : [graph.next, graph.logits];
    const results = await graph.session.run(inputs, {}, [...graph.keys, ...graph.values, ...wanted]);
    const numbers = (name: string): Float32Array => results[name]!.data as Float32Array;
    return {
      arrays: [...graph.keys, ...graph.values].map(numbers),
      length,
      next: results[graph.next]?.data as BigInt64Array | undefined,
      logits: wants === 'logits' ? numbers(graph.logits) : undefined,
    };
  }

  #compile(
    kind: NewTokens['kind'],
    hasPrefix: boolean,
    hasPast: boolean,
    count: number,
  ): Promise<CompiledGraph> {
    const key = `${kind}:${hasPrefix}:${hasPast}:${count}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const graph = buildGenerateGraph({ ...this.#options, kind, hasPrefix, hasPast, blocks: count });
    // A step computes little for each weight that it reads: reading them in order is worth a copy of them. Much of it is
    // too short for a second thread, which would spin meanwhile.
    const options = { threads: this.#options.threads, packed: kind === 'step', spinning: false };
    const compiled = createSession(graph.graph, options).then((session) => ({ ...graph, session }));
    this.#compiled.set(key, compiled);
    return compiled;
  }

  async close(): Promise<void> {
    for (const compiled of this.#compiled.values()) await (await compiled).session.close();
  }
}

function integers(values: readonly number[], shape: readonly number[]): ort.Tensor {
  return new ort.Tensor('int64', BigInt64Array.from(values, BigInt), shape);
}

function tokenInputs(
  rows: readonly (readonly number[])[],
  length: number,
  offsets: readonly number[],
): Values {
  const batch = rows.length;
  const ids = new BigInt64Array(batch * length);
  const positions = new BigInt64Array(batch * length);
  for (const [i, row] of rows.entries()) {
    for (let j = 0; j < length; j++) {
      ids[i * length + j] = BigInt(row[j] ?? 0);
      positions[i * length + j] = BigInt(offsets[i]! + Math.min(j, row.length - 1));
    }
  }
  return {
    input_ids: new ort.Tensor('int64', ids, [batch * length]),
    position_ids: new ort.Tensor('int64', positions, [batch, length]),
    last: integers(
      rows.map((row, i) => i * length + row.length - 1),
      [batch],
    ),
  };
}

/** What new tokens see of each other, and the blocks that they are cut into. */
function causalInputs(length: number, count: number): Values {
  const mask = new Float32Array(length * length).fill(masked);
  for (let i = 0; i < length; i++) mask.fill(0, i * length, i * length + i + 1);
  const bounds = Array.from({ length: count + 1 }, (_, b) => Math.floor((b * length) / count));
  return {
    mask: new ort.Tensor('float32', mask, [length, length]),
    bounds: integers(bounds, [count + 1]),
  };
}

/** Zeros for the tokens that each row sees, [rows, 1, …between, 1, width]. */
function seenMask(seen: readonly number[], width: number, between: readonly number[]): ort.Tensor {
  const mask = new Float32Array(seen.length * width).fill(masked);
  for (const [row, count] of seen.entries()) mask.fill(0, row * width, row * width + count);
  return new ort.Tensor('float32', mask, [seen.length, 1, ...between, 1, width]);
}

/** Which sequences continue each row of a prefix, and where each sequence stands among them. */
function memberInputs({ rows, of, seen }: PrefixUse): Values {
  const groups = Array.from({ length: rows }, (): number[] => []);
  for (const [sequence, group] of of.entries()) if (seen[sequence]! > 0) groups[group]!.push(sequence);
  // What sees nothing of a prefix needs a place too, where its weights of 0 give 0: wherever there is most room.
  for (const [sequence, count] of seen.entries()) {
    if (count === 0) groups.reduce((a, b) => (b.length < a.length ? b : a)).push(sequence);
  }
  const width = Math.max(...groups.map((group) => group.length));
  const places = Array<number>(of.length).fill(0);
  for (const [number, group] of groups.entries()) {
    for (const [i, sequence] of group.entries()) places[sequence] = number * width + i;
  }
  return {
    prefix_members: integers(
      groups.flatMap((group) => Array.from({ length: width }, (_, i) => group[i] ?? 0)),
      [rows, width],
    ),
    prefix_place: integers(places, [of.length]),
  };
}
