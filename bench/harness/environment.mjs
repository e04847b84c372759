/**
 * The Python environment of the peers: made on the first run, taken up again when that was interrupted.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './process.mjs';

const bench = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Makes sure that the environment holds exactly `bench/requirements.txt`, or `bench/<name>/requirements.txt` in an
 * environment of its own.
 *
 * @param {(line: string) => void} log
 * @param {string} [name] of a bench with packages of its own
 * @returns {Promise<{ python: string; directory: string }>} the interpreter, and a folder that git ignores
 */
export async function pythonEnvironment(log, name = '') {
  const directory = join(bench, '.environment', name);
  const requirements = join(bench, name, 'requirements.txt');
  const python = join(
    directory,
    'python',
    process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python',
  );
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const stamp = join(directory, 'installed');
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return { python, directory };

  await mkdir(directory, { recursive: true });
  if (!existsSync(python)) {
    log(`making a Python environment in ${relative(dirname(bench), directory)}`);
    await run('python3', ['-m', 'venv', join(directory, 'python')], { inherit: true });
  }
  // torch first and alone: with the others in the same call pip may choose another build of it.
  const torch = (await readFile(requirements, 'utf8')).split('\n').find((line) => line.startsWith('torch=='));
  for (const packages of [...(torch ? [[torch]] : []), ['-r', requirements]]) {
    log(`installing ${packages.join(' ')}`);
    await run(python, ['-m', 'pip', 'install', '--quiet', ...packages], { inherit: true });
  }
  await writeFile(stamp, wanted);
  return { python, directory };
}
