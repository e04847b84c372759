import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../model/open.js';
import { readSafetensors } from '../../model/safetensors.js';
import { loadBaseWeights } from './base-weights.js';
import { loadAdapter } from './loaded-adapter.js';
import { layOut, type Piece } from './tiny-training.fixture.js';
import { TokenLosses } from './token-losses.js';

const golden = (path: string): string =>
  fileURLToPath(new URL(`../../../test/golden/${path}`, import.meta.url));

let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'attune-token-losses-'));
  process.env.ATTUNE_CACHE = cache;
});
afterAll(async () => {
  delete process.env.ATTUNE_CACHE;
  await rm(cache, { recursive: true, force: true });
});

/** Rows of token ids and, from PyTorch's logits after each token but the last, the losses of the next. */
async function goldenLosses(name: string): Promise<{ rows: number[][]; losses: number[][] }> {
  const { tensors } = await readSafetensors(golden('logits.safetensors'));
  const { shape, data } = tensors.get('input_ids')!;
  const [count, length] = shape as [number, number];
  const logits = tensors.get(`${name}.logits`)!.data as Float32Array;
  const width = logits.length / data.length;
  const rows = Array.from({ length: count }, (_, row) =>
    Array.from({ length }, (_, i) => Number(data[row * length + i])),
  );
  const losses = rows.map((ids, row) =>
    ids.slice(1).map((id, i) => {
      const at = (row * length + i) * width;
      const values = [...logits.subarray(at, at + width)];
      const highest = Math.max(...values);
      const sum = values.reduce((total, value) => total + Math.exp(value - highest), 0);
      return highest + Math.log(sum) - values[id]!;
    }),
  );
  return { rows, losses };
}

describe('TokenLosses', () => {
  it.each(['tiny', 'untied'])("gives the losses of PyTorch's logits: %s", async (name) => {
    const { config, ...model } = await openModel(golden(name));
    const base = await loadBaseWeights({ config, ...model }, 'float32');
    const { rows, losses } = await goldenLosses(name);
    const all = (ids: number[]): Piece => ({ parent: 0, ids, supervised: ids.map((_, i) => i > 0) });
    const computed = new TokenLosses({ config, base, ...(await loadAdapter(undefined, config)), threads: 1 });
    const longest = Math.max(...rows.map((ids) => ids.length)) + 5;
    const found = await computed.of(rows.map((ids) => layOut(longest, [all(ids)])));
    // In one row behind each other, and longer than what the graph was made for at first.
    const packed = layOut(600, rows.map(all));
    const [inOneRow] = await computed.of([packed]);
    await computed.close();
    const wanted = losses.flat();
    expect(wanted.length).toBeGreaterThan(20);
    for (const actual of [found.flatMap((row) => [...row.losses]), [...inOneRow!.losses]]) {
      expect(actual).toHaveLength(wanted.length);
      for (const [i, loss] of wanted.entries())
        expect(Math.abs(actual[i]! - loss)).toBeLessThan(1e-5 * Math.max(1, loss));
    }
  });
});
