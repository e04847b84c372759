/**
 * Scorers that a user writes.
 * @module
 */
import { basename, extname, resolve } from 'node:path';
import { createJiti } from 'jiti';
import { AttuneError } from '../../errors.js';
import { hashFile } from '../../files.js';
import type { BenchmarkItem } from '../benchmarks/item.js';
import type { GivenAnswer, Scorer } from './scorer.js';

/** What scores an answer: from 0 (wrong) to 1 (right), or true and false; undefined where it has nothing to say about the item. */
export type ScoreFunction = (answer: GivenAnswer, item: BenchmarkItem) => number | boolean | undefined;

/** What the file of a user's scorer exports as its default: the function, or the function with a name. */
export type UserScorer = ScoreFunction | { name: string; score: ScoreFunction };

/** A scorer and the file it came from. */
export interface LoadedScorer extends Scorer {
  /** Absolute path. */
  readonly file: string;
  /** SHA-256 of the file in hex, for the record of a run; scores are computed anew every time, so a changed file rescores by itself. */
  readonly hash: string;
}

const namePattern = /^[a-z][a-z0-9_]*$/;
const fix = 'export default (answer, item) => …, which gives a number from 0 to 1, true, false or undefined';

/**
 * Loads a scorer from a file of TypeScript or JavaScript. Its name is the one that it states, or the file's with underscores:
 * `mentions-currency.ts` is `mentions_currency`. The file is code of the user's and runs as such.
 *
 * @param file path, relative to `baseDirectory`
 * @throws AttuneError when the file can't be read or loaded or exports no scorer; the scorer itself throws one, which
 * names scorer and item, when the user's function throws or gives anything but a score
 */
export async function loadUserScorer(
  file: string,
  { baseDirectory }: { baseDirectory: string },
): Promise<LoadedScorer> {
  const path = resolve(baseDirectory, file);
  const hash = await hashFile(path);
  const { name, score } = scorerOf(await importDefault(path), path);
  return { name, file: path, hash, score: (answer, item) => checkedScore(score, answer, item, name, path) };
}

async function importDefault(path: string): Promise<unknown> {
  // Nothing is kept between loads: a file that was changed is read again, and no cache is written beside it.
  const jiti = createJiti(import.meta.url, { fsCache: false, moduleCache: false, interopDefault: false });
  let loaded: unknown;
  try {
    loaded = await jiti.import(path);
  } catch (cause) {
    throw new AttuneError(`the scorer cannot be loaded: ${messageOf(cause)}`, {
      file: path,
      fix: 'correct the file; it may import packages and other files that are there',
      cause,
    });
  }
  if (loaded === null || typeof loaded !== 'object' || !('default' in loaded)) {
    throw new AttuneError('the file of a scorer has no default export', { file: path, fix });
  }
  return loaded.default;
}

function scorerOf(exported: unknown, path: string): { name: string; score: ScoreFunction } {
  const asObject =
    exported !== null && typeof exported === 'object' ? (exported as Partial<Scorer>) : undefined;
  const score: unknown = asObject ? asObject.score : exported;
  if (typeof score !== 'function') {
    throw new AttuneError('the default export is no scorer', { file: path, fix });
  }
  const name: unknown = asObject ? asObject.name : basename(path, extname(path)).replaceAll('-', '_');
  if (typeof name !== 'string' || !namePattern.test(name)) {
    throw new AttuneError(`"${String(name)}" cannot be the name of a scorer`, {
      file: path,
      field: 'name',
      fix: 'name it with small letters, digits and underscores, beginning with a letter',
    });
  }
  return { name, score: (answer, item) => score.call(asObject, answer, item) };
}

function checkedScore(
  score: ScoreFunction,
  answer: GivenAnswer,
  item: BenchmarkItem,
  name: string,
  file: string,
): number | undefined {
  let result: unknown;
  try {
    // Copies: what a scorer changes in them is neither written nor seen by the next one.
    result = score({ ...answer }, { ...item });
  } catch (cause) {
    throw new AttuneError(`the scorer ${name} failed at the item ${item.id}: ${messageOf(cause)}`, {
      file,
      fix: 'correct the scorer, or let it give undefined for items that it cannot score',
      cause,
    });
  }
  if (result === undefined) return undefined;
  if (typeof result === 'boolean') return result ? 1 : 0;
  if (typeof result === 'number' && result >= 0 && result <= 1) return result;
  throw new AttuneError(`the scorer ${name} gave ${describe(result)} for the item ${item.id}`, { file, fix });
}

function describe(result: unknown): string {
  if (result instanceof Promise) return 'a promise (it has to be synchronous)';
  if (result === null || typeof result === 'number') return String(result);
  return typeof result === 'string'
    ? JSON.stringify(result.slice(0, 100))
    : `a value of type ${typeof result}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
