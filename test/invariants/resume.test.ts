/**
 * Rule 3 of the maths with the real engine in a process of its own: a run that was killed and resumed ends with the
 * same bytes as one that was left alone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../src/random.js';
import { isEvaluation, readMetrics } from '../../src/train/metrics.js';
import type { EngineSettings } from '../../src/train/settings.js';
import { runContent } from '../../src/train/training.fixture.js';
import { methodSettings, tableExamples, tinyModel, tinyShards } from './tiny-training.fixture.js';

const child = fileURLToPath(new URL('./train-child.mjs', import.meta.url));
const built = fileURLToPath(new URL('../../dist/engine/onnx/train-engine.js', import.meta.url));

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-resume-'));
  const model = await tinyModel(directory);
  for (const split of ['train', 'validation'] as const) {
    await tinyShards(model, join(directory, 'tokens'), 'none', tableExamples(split));
  }
});
afterAll(() => rm(directory, { recursive: true }));

/** Trains; `killAfter` kills the process so many milliseconds after its first step. Null when it was killed. */
async function train(run: string, settings: EngineSettings, killAfter?: number): Promise<number | null> {
  const process_ = spawn(process.execPath, [child, directory, run, JSON.stringify(settings)], {
    env: { ...process.env, ATTUNE_CACHE: join(directory, 'cache') },
  });
  let errors = '';
  process_.stderr.on('data', (data) => {
    errors += data;
  });
  const exited = once(process_, 'exit');
  process_.stdout.resume();
  if (killAfter !== undefined) {
    await Promise.race([once(process_.stdout, 'data'), exited]);
    await sleep(killAfter);
    process_.kill('SIGKILL');
  }
  const [code] = await exited;
  if (code !== null && code !== 0) throw new Error(errors);
  return code;
}

// Dropout is on: its random numbers must be those of the step, not of the process.
const lora = methodSettings('lora');
const cases: [string, EngineSettings][] = [
  ['LoRA with dropout', { ...lora, lora: { ...lora.lora!, lora_dropout: 0.1 } }],
  ['full fine-tuning', methodSettings('full')],
];

describe.skipIf(!existsSync(built))('resumed = uninterrupted (needs `npm run build`)', () => {
  it.each(cases)('%s, byte for byte after kill -9', async (name, settings) => {
    const whole = join(directory, `${name} whole`);
    expect(await train(whole, settings)).toBe(0);
    const lines = await readMetrics(join(whole, 'metrics.jsonl'));
    const losses = lines.filter(isEvaluation).map((line) => line.eval_loss);
    expect(losses.at(-1)!).toBeLessThan(0.95 * losses[0]!);

    const killed = join(directory, `${name} killed`);
    const random = randomStream(2, name);
    let kills = 0;
    for (let attempt = 0; attempt < 3; attempt++) {
      if ((await train(killed, settings, random.integer(60))) === null) kills++;
    }
    await train(killed, settings);
    expect(kills).toBeGreaterThan(0);
    expect(await runContent(killed)).toEqual(await runContent(whole));
  });
});
