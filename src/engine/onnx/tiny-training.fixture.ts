/**
 * A tiny model, rows of tokens laid out by hand, and trainers over them.
 * @module
 */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row, ShardSet } from '../../chat/shard.js';
import { segmentsOf } from '../../chat/visibility.js';
import type { ModelConfig } from '../../model/config.js';
import { parseTransformersConfig } from '../../model/parse-config.js';
import { readSafetensorsHeader } from '../../model/safetensors.js';
import { type TinyModelSettings, writeTinyModel } from '../../model/tiny-model.fixture.js';
import { randomStream } from '../../random.js';
import type { BaseWeights } from './weights.js';

/** Tokens of the tiny models. */
const VOCABULARY = 40;

/** A base model in a folder of its own: hidden 16, 2 layers, 4 heads of 4 with 2 key/value heads. */
export async function tinyBase(
  settings: TinyModelSettings = {},
): Promise<{ directory: string; config: ModelConfig; base: BaseWeights }> {
  const directory = await mkdtemp(join(tmpdir(), 'attune-tiny-'));
  await writeTinyModel(directory, {
    hidden_size: 16,
    intermediate_size: 24,
    head_dim: 4,
    vocab_size: VOCABULARY,
    initializer_range: 0.3,
    ...settings,
  });
  const file = join(directory, 'config.json');
  const config = parseTransformersConfig(JSON.parse(await readFile(file, 'utf8')), undefined, file);
  const { tensors } = await readSafetensorsHeader(join(directory, 'model.safetensors'));
  return { directory, config, base: { tensors } };
}

/** A segment of a row before it has its place. */
export interface Piece {
  /** Number of the piece in the row that it continues, from 1; 0 for none. */
  parent: number;
  ids: number[];
  /** Whether the tokens are supervised, as one answer for all or one for each. */
  supervised: boolean | boolean[];
}

/** Random tokens. */
export function tokens(count: number, ...path: (string | number)[]): number[] {
  const random = randomStream(1, 'tokens', ...path);
  return Array.from({ length: count }, () => random.integer(VOCABULARY));
}

/** Lays pieces one after the other; each begins where the piece that it continues ends. */
export function layOut(length: number, pieces: readonly Piece[]): Row {
  const row: Row = {
    inputIds: new Int32Array(length),
    lossMask: new Uint8Array(length),
    positionIds: new Int32Array(length),
    segmentIds: new Int32Array(length),
    parentIds: new Int32Array(length),
  };
  const ends = [0];
  let at = 0;
  pieces.forEach(({ parent, ids, supervised }, index) => {
    const first = ends[parent]!;
    ids.forEach((id, i) => {
      row.inputIds[at] = id;
      row.lossMask[at] = (typeof supervised === 'boolean' ? supervised : supervised[i]) ? 1 : 0;
      row.positionIds[at] = first + i;
      row.segmentIds[at] = index + 1;
      row.parentIds[at] = parent;
      at++;
    });
    ends.push(first + ids.length);
  });
  if (at > length) throw new Error(`${at} tokens in a row of ${length}`);
  return row;
}

/** Rows of one length as an opened set of shards. */
export function shardsOf(rows: readonly Row[]): ShardSet {
  const lengths = rows.map((row) => segmentsOf(row).at(-1)!.end);
  const supervised = rows.map((row) => row.lossMask.reduce((sum, flag) => sum + flag, 0));
  const sum = (list: number[]): number => list.reduce((a, b) => a + b, 0);
  return {
    rows: rows.length,
    length: rows[0]!.inputIds.length,
    tokens: sum(lengths),
    supervisedTokens: sum(supervised),
    examples: [],
    supervisedPerRow: Int32Array.from(supervised),
    lengthPerRow: Int32Array.from(lengths),
    row: (index) => rows[index]!,
  };
}
