/**
 * What a bench leaves behind: figures together with the machine that they belong to.
 * @module
 */
import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/**
 * Writes `bench/results/<name>-<date>.json`.
 *
 * @returns {Promise<string>} the file's path from the repository's root
 */
export async function writeResult(name, outcome) {
  const date = new Date().toISOString();
  const file = join(bench, 'results', `${name}-${date.slice(0, 19).replaceAll(':', '')}.json`);
  const machine = {
    processor: cpus()[0]?.model,
    cores: availableParallelism(),
    memory_bytes: totalmem(),
    vector_extensions: await vectorExtensions(),
    system: `${platform()} ${release()}`,
    node: process.version,
  };
  await mkdir(dirname(file), { recursive: true });
  const content = { bench: name, date, commit: commit(), machine, ...outcome };
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
  return relative(dirname(bench), file);
}
