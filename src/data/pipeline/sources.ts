/**
 * The files behind a recipe's sources.
 * @module
 */
import { basename } from 'node:path';
import { hashFile } from '../../files.js';
import type { OnProgress } from '../../progress.js';
import type { DataSettings } from '../../recipe/data.js';
import { hasBuiltinPrompts, hubPrefix, isHubPath } from '../../recipe/paths.js';
import { type FoundFile, findFiles } from '../ingest/find-files.js';
import { findHubFiles } from '../ingest/hub.js';
import { type DataProblem, problemOf } from '../problems.js';
import { findBuiltinPrompts } from '../replay/read-prompts.js';

type Source = DataSettings['sources'][number];

/** A source with its files. */
export interface SourceFiles {
  /** The source, its path replaced by a name that does not depend on where the recipe lies. */
  source: Source;
  /** Files to open, each `name` unique in the recipe. */
  files: FoundFile[];
  /** SHA-256 of each file. */
  hashes: string[];
}

/** How to look for files. */
export interface FindOptions {
  baseDirectory: string;
  /** Whether the files are hashed; a check does without. */
  hash: boolean;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** Finds and hashes the files of every source; one whose path leads to nothing is a problem and has no files. */
export async function findSources(
  settings: DataSettings,
  options: FindOptions,
): Promise<{ sources: SourceFiles[]; problems: DataProblem[] }> {
  const named = namedSources(settings.sources);
  const sources: SourceFiles[] = [];
  const problems: DataProblem[] = [];
  for (const [index, source] of settings.sources.entries()) {
    options.signal?.throwIfAborted();
    try {
      sources.push(await findSource(source, named[index]!, options));
    } catch (error) {
      problems.push(problemOf(error));
    }
  }
  return { sources, problems };
}

async function findSource(
  source: Source,
  named: Source,
  { baseDirectory, hash, onProgress, signal }: FindOptions,
): Promise<SourceFiles> {
  const isBuiltin = hasBuiltinPrompts(source);
  const files = isHubPath(source.path)
    ? (await findHubFiles(source.path, { onProgress, signal })).files
    : isBuiltin
      ? await findBuiltinPrompts()
      : await findFiles(source.path, baseDirectory);
  const single = isBuiltin || (files.length === 1 && files[0]!.name === basename(source.path));
  const hashes: string[] = [];
  for (const { file, bytes } of files) {
    signal?.throwIfAborted();
    hashes.push(hash ? await hashFile(file) : String(bytes));
    // The first report comes late, so that finding a finished data set stays silent.
    if (hashes.length % 100 === 0) {
      onProgress?.({ phase: 'look at files', done: hashes.length, total: files.length, unit: 'files' });
    }
  }
  return {
    source: named,
    files: files.map((file) => ({ ...file, name: single ? named.path : `${named.path}/${file.name}` })),
    hashes,
  };
}

/**
 * The sources with file names in place of paths, numbered where two are alike: what ids, cards and hashes hold, so that
 * a data set is the same wherever its recipe lies.
 */
function namedSources(sources: DataSettings['sources']): DataSettings['sources'] {
  const names = sources.map(({ path }) => nameOf(path));
  return sources.map((source, index) => {
    const alike = names.filter((name) => name === names[index]).length > 1;
    return { ...source, path: alike ? `${index + 1}-${names[index]}` : names[index]! };
  });
}

/** The last part of a path that is no pattern; a data set of the hub keeps its name. */
function nameOf(path: string): string {
  if (isHubPath(path)) return path.slice(hubPrefix.length).replaceAll('/', '-');
  const fixed = path.split('/').filter((part) => !/[*?{[]/.test(part));
  return basename(fixed.join('/')) || 'files';
}
