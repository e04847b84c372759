/**
 * Rules 1 to 3 of the maths (docs/architecture.md): however the same examples are cut into micro-batches and
 * rows, loss and gradients are the same.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenedShards } from '../../src/chat/open-shards.js';
import type { Model } from '../../src/model/model.js';
import type { EngineSettings } from '../../src/train/settings.js';
import {
  lossAndGradients,
  methodSettings,
  tableExamples,
  tinyModel,
  tinyShards,
} from './tiny-training.fixture.js';

let directory: string;
let model: Model;
let single: OpenedShards;
let packed: OpenedShards;
let shared: OpenedShards;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-invariants-'));
  process.env.ATTUNE_CACHE = join(directory, 'cache');
  model = await tinyModel(directory);
  single = await tinyShards(model, join(directory, 'none'), 'none', tableExamples());
  packed = await tinyShards(model, join(directory, 'best_fit'), 'best_fit', tableExamples());
  shared = await tinyShards(model, join(directory, 'shared'), 'shared_prefix', tableExamples());
});
afterAll(async () => {
  delete process.env.ATTUNE_CACHE;
  await rm(directory, { recursive: true });
});

type Result = Awaited<ReturnType<typeof lossAndGradients>>;

/** Loss within 1e-5, and every gradient within 1e-5 of the largest value of its tensor. */
function expectEqual(actual: Result, expected: Result): void {
  expect(expected.loss).toBeGreaterThan(1);
  expect(Math.abs(actual.loss / expected.loss - 1)).toBeLessThan(1e-5);
  expect([...actual.gradients.keys()]).toEqual([...expected.gradients.keys()]);
  for (const [name, gradient] of expected.gradients) {
    let largest = 0;
    let difference = 0;
    actual.gradients.get(name)!.forEach((value, i) => {
      largest = Math.max(largest, Math.abs(gradient[i]!));
      difference = Math.max(difference, Math.abs(value - gradient[i]!));
    });
    expect(largest, `gradient of ${name}`).toBeGreaterThan(0);
    expect(difference / largest, `gradient of ${name}`).toBeLessThan(1e-5);
  }
}

const rowsOf = (shards: OpenedShards) => Array.from({ length: shards.rows }, (_, row) => row);
const cut = (rows: number[], size: number) =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size));

describe.each(['full', 'lora', 'qlora'] as const)('%s', (method) => {
  let settings: EngineSettings;
  let reference: Result;
  beforeAll(async () => {
    settings = methodSettings(method);
    reference = await lossAndGradients(model, settings, single, cut(rowsOf(single), 1));
  });

  it('1×8 = 8×1 = 4×2', async () => {
    const rows = rowsOf(single).slice(0, 8);
    const one = await lossAndGradients(model, settings, single, cut(rows, 1));
    for (const size of [8, 4, 2]) {
      expectEqual(await lossAndGradients(model, settings, single, cut(rows, size)), one);
    }
  });

  it('packed = unpacked', async () => {
    expect(packed.rows).toBeLessThan(single.rows);
    expectEqual(await lossAndGradients(model, settings, packed, cut(rowsOf(packed), 1)), reference);
  });

  it('shared prefix = repeated prefix', async () => {
    expect(shared.tokens).toBeLessThan(0.6 * single.tokens);
    expect(shared.supervisedTokens).toBe(single.supervisedTokens);
    expectEqual(await lossAndGradients(model, settings, shared, cut(rowsOf(shared), 1)), reference);
  });

  it('checkpointed = not checkpointed', async () => {
    const checkpointing = { ...settings, gradient_checkpointing: true };
    expectEqual(await lossAndGradients(model, checkpointing, shared, cut(rowsOf(shared), 1)), reference);
  });
});
