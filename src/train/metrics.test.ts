import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isEvaluation, type Metrics, MetricsLog, readMetrics } from './metrics.js';

let file: string;
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-metrics-'));
  file = join(directory, 'metrics.jsonl');
});
afterEach(() => rm(directory, { recursive: true }));

const common = { epoch: 0.1, stage: 'main', seconds: 1.25, peak_memory_bytes: 1 };
const step = (number: number): Metrics => ({
  step: number,
  ...common,
  loss: 1 / 3 / number,
  grad_norm: 1e-7,
  learning_rate: 2e-4,
  tokens: 40,
  supervised_tokens: 9,
});
const evaluation = (number: number): Metrics => ({
  step: number,
  ...common,
  eval_loss: 2.5,
  supervised_tokens: 9,
});

async function write(lines: Metrics[], afterStep = -1): Promise<void> {
  const log = await MetricsLog.open(file, afterStep);
  for (const line of lines) await log.append(line);
  await log.sync();
  await log.close();
}

describe('metrics', () => {
  it('are one line an object, in the order of appending', async () => {
    const lines = [evaluation(0), step(1), step(2), evaluation(2)];
    await write(lines);
    expect(await readMetrics(file)).toEqual(lines);
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(5);
    expect(lines.map(isEvaluation)).toEqual([true, false, false, true]);
  });

  it('of a run without any yet are none', async () => {
    expect(await readMetrics(file)).toEqual([]);
  });

  it('are cut after the step that a run resumes from, without a change to the bytes before', async () => {
    await write([evaluation(0), step(1), step(2), evaluation(2)]);
    const whole = await readFile(file, 'utf8');
    await write([step(3)]);
    expect(await readMetrics(file)).toEqual([step(3)]);
    await writeFile(file, `${whole}${JSON.stringify(step(3))}\n`);
    await write([], 2);
    expect(await readFile(file, 'utf8')).toBe(whole);
  });

  it('survive a last line that was cut off by a crash', async () => {
    await write([step(1), step(2)]);
    await appendFile(file, JSON.stringify(step(3)).slice(0, 30));
    expect(await readMetrics(file)).toEqual([step(1), step(2)]);
    await write([step(3)], 2);
    expect(await readMetrics(file)).toEqual([step(1), step(2), step(3)]);
  });

  it('name the line that is broken in the middle', async () => {
    await writeFile(file, `${JSON.stringify(step(1))}\n{"step":\n${JSON.stringify(step(3))}\n`);
    await expect(readMetrics(file)).rejects.toMatchObject({ file, line: 2 });
  });
});
