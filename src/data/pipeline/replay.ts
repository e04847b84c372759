/**
 * Replay: the untouched model answers general prompts, where the recipe asks for it.
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AttuneError } from '../../errors.js';
import { hashJson, readJson, writeJson } from '../../files.js';
import { type DataProblem, problemOf } from '../problems.js';
import { readPrompts } from '../replay/read-prompts.js';
import { type ReplayFigures, rehearse } from '../replay/rehearse.js';
import { partLimits, readLines, writeLines } from '../stages/part.js';
import { type Part, writePart } from '../stages/work.js';
import type { RemovedItem } from '../step.js';
import { type Pipeline, stageKey, type View, type ViewPart } from './pipeline.js';
import type { SourceReport } from './read.js';
import type { SourceFiles } from './sources.js';

/** Raise it with every change that makes other items from the same answers. */
const version = 1;
const removedFile = 'removed.jsonl';

/** What the sources of replay gave. */
export interface ReplayResult {
  /** The view with the items of replay, in the order of the sources. */
  view: View;
  /** Folders of what was made. */
  directories: string[];
  sources: SourceReport[];
  problems: DataProblem[];
}

/**
 * Makes the items of all sources of replay, or takes what was made before. A check reads the prompts and asks nothing.
 *
 * @throws AttuneError where prompts are to be answered and there is nobody to answer them
 */
export async function makeReplay(
  pipeline: Pipeline,
  view: View,
  sources: readonly SourceFiles[],
): Promise<ReplayResult> {
  const parts = [...view.parts];
  const keys = [view.key];
  const result: Omit<ReplayResult, 'view'> = { directories: [], sources: [], problems: [] };
  for (const [index, source] of sources.entries()) {
    if (source.source.type !== 'replay') continue;
    try {
      const { prompts, problems } = await readPrompts(source.files, pipeline.signal);
      result.problems.push(...problems);
      if (problems.length > 0) continue;
      const made = pipeline.check
        ? { parts: [], figures: { prompts: prompts.length, asked: 0, not_ended: 0, empty: 0 } }
        : await rehearseSource(pipeline, source, index, prompts);
      if ('directory' in made) {
        keys.push(made.key);
        result.directories.push(made.directory);
        parts.push(...made.parts.map((part): ViewPart => ({ part, source: index })));
      }
      const examples = made.parts.reduce((sum, { items }) => sum + items, 0);
      result.sources.push({ type: 'replay', path: source.source.path, examples, replay: made.figures });
      const { count = 0 } = source.source;
      if (examples < count && !pipeline.check) result.problems.push(tooFew(examples, count));
    } catch (error) {
      result.problems.push(problemOf(error));
    }
  }
  const key = keys.length > 1 ? hashJson(keys) : view.key;
  return { ...result, view: { ...view, parts: parts.toSorted((a, b) => a.source - b.source), key } };
}

function tooFew(examples: number, count: number): DataProblem {
  return {
    severity: 'warning',
    message: `replay gave ${examples} of the ${count} answers that are wanted: no prompt is left`,
    fix: 'bring more prompts, raise `max_new_tokens`, or lower `count`',
  };
}

interface Made {
  key: string;
  directory: string;
  parts: Part[];
  figures: ReplayFigures;
}

async function rehearseSource(
  { rehearser, seed, stageDirectory, onProgress, signal }: Pipeline,
  { source, files, hashes }: SourceFiles,
  index: number,
  prompts: Awaited<ReturnType<typeof readPrompts>>['prompts'],
): Promise<Made> {
  if (source.type !== 'replay') throw new Error('not a source of replay');
  if (!rehearser) {
    throw new AttuneError('replay needs the model that answers the prompts', {
      field: 'data.sources',
      fix: 'prepare the data with `attune data prepare`, or pass a `rehearser`',
    });
  }
  const key = stageKey('replay', version, '', [
    source,
    files.map(({ name }) => name),
    hashes,
    rehearser.hash,
    rehearser.licence,
    seed,
  ]);
  const directory = join(stageDirectory, `replay-${index}-${key.slice(0, 16)}`);
  // Written last: when it is there, everything is.
  const done = join(directory, 'done.json');
  if (!existsSync(done)) {
    const { items, removed, figures } = await rehearse(prompts, source, {
      rehearser,
      seed,
      onProgress,
      signal,
    });
    await mkdir(directory, { recursive: true });
    const parts: Part[] = [];
    for (let start = 0; start < items.length; start += partLimits.items) {
      const some = items.slice(start, start + partLimits.items);
      const name = `${index}-${String(parts.length).padStart(5, '0')}`;
      await writePart(directory, name, some);
      parts.push({ directory, name, items: some.length });
    }
    await writeLines(join(directory, removedFile), removed);
    await writeJson(done, {
      parts: parts.map(({ name, items: count }) => ({ name, items: count })),
      figures,
    });
  }
  const { parts, figures } = await readJson<{ parts: Omit<Part, 'directory'>[]; figures: ReplayFigures }>(
    done,
  );
  return { key, directory, parts: parts.map((part) => ({ ...part, directory })), figures };
}

/** The prompts whose answers are not used. */
export async function* unusedAnswers({ directories }: ReplayResult): AsyncIterable<RemovedItem[]> {
  for (const directory of directories) yield await readLines<RemovedItem>(join(directory, removedFile));
}
