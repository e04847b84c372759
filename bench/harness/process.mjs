/**
 * Child processes that do the measured work.
 * @module
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Runs a program to its end. It is told in `BENCH_STARTED` when that was, in milliseconds since 1970.
 *
 * @param {string} command
 * @param {string[]} parameters
 * @param {{ inherit?: boolean; env?: Record<string, string>; cwd?: string }} [options] `inherit` shows its output
 * @returns {Promise<string>} what it wrote to its standard output
 * @throws with the end of its error output when it fails
 */
export function run(command, parameters, { inherit = false, env = {}, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      stdio: inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, BENCH_STARTED: String(Date.now()), ...env },
      cwd,
    });
    let output = '';
    let errors = '';
    child.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      errors = (errors + chunk).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ${parameters.join(' ')} ended with ${signal ?? code}\n${errors}`));
    });
  });
}

/** Runs a program whose last line of output is JSON, and returns that. */
export async function measure(command, parameters, options) {
  const output = await run(command, parameters, options);
  return JSON.parse(output.trimEnd().split('\n').at(-1));
}

/**
 * Runs a program to its end and watches it from outside.
 *
 * @returns {Promise<{ seconds: number; peakMemoryBytes: number; output: string }>} wall time from start to end, and the
 * highest resident memory of the process with all its threads (Linux only; the kernel keeps the maximum, which is read
 * every 50 ms until the end)
 */
export function spawnMeasured(command, parameters, { cwd, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, parameters, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      cwd,
    });
    let output = '';
    let errors = '';
    let peakMemoryBytes = 0;
    const look = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
        if (kilobytes) peakMemoryBytes = Math.max(peakMemoryBytes, Number(kilobytes) * 1024);
      } catch {
        // It has ended, or there is no /proc here.
      }
    }, 50);
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors = (errors + chunk).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(look);
      if (code === 0) resolve({ seconds: (performance.now() - start) / 1000, peakMemoryBytes, output });
      else reject(new Error(`${command} ${parameters.join(' ')} ended with ${signal ?? code}\n${errors}`));
    });
  });
}
