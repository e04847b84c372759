/**
 * From the sources of a recipe to examples with their splits, and everything that is wrong on the way.
 * @module
 */
import { basename, relative, resolve } from 'node:path';
import { AttuneError } from '../errors.js';
import type { OnProgress } from '../progress.js';
import type { DataSettings } from '../recipe/data.js';
import type { Example, UnsplitExample } from './example.js';
import { limitExamples } from './limit.js';
import { makePairs } from './pairs/make-pairs.js';
import type { DataProblem } from './problems.js';
import { readRecords } from './records.js';
import { findProblems } from './review.js';
import { splitExamples } from './split.js';
import { readTables } from './tables/read-tables.js';

/** Where a recipe's files are, and the rest that decides what comes out. */
export interface CollectOptions {
  /** Folder that paths in the settings are relative to: the recipe's. */
  baseDirectory: string;
  seed: number;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** What one source gave. */
export interface SourceReport {
  type: DataSettings['sources'][number]['type'];
  /** File, as {@link namedSources} names it. */
  path: string;
  examples: number;
  /** Statement tables that were used, and those that could not be read safely. */
  tables?: { used: number; refused: { id: string; reason: string }[] };
}

/** The examples of a recipe. */
export interface Collection {
  examples: Example[];
  sources: SourceReport[];
  problems: DataProblem[];
}

/**
 * Reads the sources, makes pairs, splits, limits and reviews. What is wrong with the data is returned and not thrown,
 * so that all of it can be shown at once; where a source or the split fails as a whole, its examples are missing.
 */
export async function collectExamples(settings: DataSettings, options: CollectOptions): Promise<Collection> {
  const { baseDirectory, seed, onProgress, signal } = options;
  const all: UnsplitExample[] = [];
  const sources: SourceReport[] = [];
  const problems: DataProblem[] = [];
  const report = (done: number, note?: string): void =>
    onProgress?.({ phase: 'read data', done, total: settings.sources.length, unit: 'sources', note });
  for (const [index, source] of namedSources(settings.sources).entries()) {
    signal?.throwIfAborted();
    report(index, source.path);
    const file = sourceFile(baseDirectory, settings.sources[index]!.path);
    await collected(problems, async () => {
      if (source.type === 'records') {
        const { examples, problems: found } = await readRecords(file, source);
        problems.push(...found);
        all.push(...examples);
        sources.push({ type: source.type, path: source.path, examples: examples.length });
        return;
      }
      const { tables, refused } = await readTables(file);
      const pairs = makePairs(tables, source.pairs, seed);
      if (pairs.length === 0) {
        throw new AttuneError('no pair could be made from these tables', {
          file,
          field: 'pairs',
          fix: 'choose more tasks, raise max_table_characters, or check the tables',
        });
      }
      const used = new Set(pairs.map((pair) => pair.source)).size;
      all.push(...pairs);
      sources.push({
        type: source.type,
        path: source.path,
        examples: pairs.length,
        tables: { used, refused },
      });
    });
  }
  signal?.throwIfAborted();
  report(settings.sources.length);
  const examples = await collected(problems, () =>
    all.length === 0 ? [] : limitExamples(splitExamples(all, settings.split, seed), settings.limits, seed),
  );
  problems.push(...findProblems(examples ?? []));
  return { examples: examples ?? [], sources, problems };
}

/** Does `work`; an error that the user can mend becomes a problem. */
async function collected<T>(problems: DataProblem[], work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AttuneError)) throw error;
    const { message, file, line, field, fix } = error;
    problems.push({ severity: 'error', message, file, line, field, fix });
    return undefined;
  }
}

/**
 * The sources with file names in place of paths, numbered where two are alike: what ids, cards and hashes hold, so that
 * a data set is the same wherever its recipe lies.
 */
export function namedSources(sources: DataSettings['sources']): DataSettings['sources'] {
  const names = sources.map(({ path }) => basename(path));
  return sources.map((source, index) => {
    const alike = names.filter((name) => name === names[index]).length > 1;
    return { ...source, path: alike ? `${index + 1}-${names[index]}` : names[index]! };
  });
}

/** The file of a source: as the user would write it from where the program runs, for short messages. */
export function sourceFile(baseDirectory: string, path: string): string {
  const absolute = resolve(baseDirectory, path);
  const short = relative('', absolute);
  return short.startsWith('..') ? absolute : short;
}
