/**
 * What a bench leaves behind: figures together with the machine that they belong to.
 * @module
 */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawCharts } from './chart.mjs';

const bench = dirname(dirname(fileURLToPath(import.meta.url)));

/** The middle of a list of numbers (the mean of both middles for an even count). */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median and range of what several rounds measured. */
export function summarize(values) {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values), values };
}

/** Instruction sets that decide how fast matrix products can be (Linux only). */
async function vectorExtensions() {
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const flags = /^flags\s*:\s*(.*)$/m.exec(text)?.[1].split(' ') ?? [];
  return flags.filter((flag) => /^(avx|amx|fma$)/.test(flag));
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: bench, encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** The machine that a bench runs on. */
export async function describeMachine() {
  return {
    processor: cpus()[0]?.model,
    cores: availableParallelism(),
    memory_bytes: totalmem(),
    vector_extensions: await vectorExtensions(),
    system: `${platform()} ${release()}`,
    node: process.version,
  };
}

/**
 * Writes `bench/results/<name>-<date>.json`, and the chart beside it where the bench has one.
 *
 * Every file has `bench`, `date`, `commit`, `machine`, `rounds`, `quick`, `figures` and `comparisons` (see `figures.mjs`),
 * `skipped` (sides that could not run, with the reason), `measured` (what only this bench has), `summary` and `failures`.
 *
 * @returns {Promise<string>} the file's path from the repository's root
 */
export async function writeResult(name, { chart = [], ...outcome }) {
  const date = new Date().toISOString();
  const stem = join(bench, 'results', `${name}-${date.slice(0, 19).replaceAll(':', '')}`);
  const lists = { figures: [], comparisons: [], skipped: [] };
  const content = {
    bench: name,
    date,
    commit: commit(),
    machine: await describeMachine(),
    ...lists,
    ...outcome,
  };
  await mkdir(dirname(stem), { recursive: true });
  await writeFile(`${stem}.json`, `${JSON.stringify(content, null, 2)}\n`);
  if (chart.length > 0) await writeFile(`${stem}.svg`, await drawCharts(chart, content.figures));
  return relative(dirname(bench), `${stem}.json`);
}
