/**
 * The answers of a run folder that a study is drawn from.
 * @module
 */
import { join } from 'node:path';
import { AttuneError } from '../../errors.js';
import type { HumanStudySettings } from '../../recipe/evaluation/human.js';
import { answersFile, listAnswers, readAnswers, type ScoredItem } from '../answers-file.js';
import type { StudyItem } from './study-file.js';

/** Items that every system answered. */
export interface StudyAnswers {
  benchmark: string;
  systems: string[];
  items: StudyItem[];
}

/**
 * Reads what the systems of a study answered. Items that one of them has no answer to are left out: there would be
 * nothing to compare.
 *
 * @throws AttuneError when benchmark, systems or common items are missing
 */
export async function studyAnswers(
  runDirectory: string,
  { benchmark: wanted, systems: wantedSystems, form }: HumanStudySettings,
): Promise<StudyAnswers> {
  const found = await listAnswers(runDirectory);
  const benchmark = chooseBenchmark(found, wanted, runDirectory);
  const present = found.get(benchmark)!;
  const folder = join(runDirectory, 'evaluation', benchmark);
  const systems = wantedSystems ?? present;
  const missing = systems.find((system) => !present.includes(system));
  if (missing !== undefined) {
    throw new AttuneError(`${missing} has no answers to ${benchmark}`, {
      file: folder,
      field: 'systems',
      fix: `name some of ${present.join(', ')}, or evaluate ${missing} first`,
    });
  }
  const least = form === 'pairwise' ? 2 : 1;
  if (systems.length < least) {
    throw new AttuneError(`a ${form} study needs at least ${least === 2 ? 'two systems' : 'one system'}`, {
      file: folder,
      field: 'systems',
      fix: form === 'pairwise' ? 'evaluate another system, or choose form: rubric' : 'name a system',
    });
  }
  const files = await Promise.all(
    systems.map((system) => readAnswers(answersFile(runDirectory, benchmark, system), { unfinished: true })),
  );
  const items = commonItems(files);
  if (items.length === 0) {
    throw new AttuneError(`no item of ${benchmark} has a written answer of ${systems.join(' and ')}`, {
      file: folder,
      fix: 'evaluate these systems on the same items; perplexity has no answers to judge',
    });
  }
  return { benchmark, systems, items };
}

function chooseBenchmark(
  found: ReadonlyMap<string, string[]>,
  wanted: string | null,
  runDirectory: string,
): string {
  const names = [...found.keys()];
  const chosen = wanted ?? (names.length === 1 ? names[0]! : undefined);
  if (chosen !== undefined && found.has(chosen)) return chosen;
  const choice = names.length > 0 ? `name one of ${names.join(', ')}` : 'run attune evaluate first';
  const message =
    chosen !== undefined
      ? `there are no answers to the benchmark ${chosen}`
      : names.length > 0
        ? 'the run has answers to several benchmarks'
        : 'the run has no answers yet';
  throw new AttuneError(message, {
    file: join(runDirectory, 'evaluation'),
    field: 'benchmark',
    fix: choice,
  });
}

/** In the order of the first system's file; of a repeated id the last line holds. */
function commonItems(files: readonly ScoredItem[][]): StudyItem[] {
  const byId = files.map((items) => new Map(items.map((item) => [item.id, item])));
  const items: StudyItem[] = [];
  for (const [id, { task, group }] of byId[0]!) {
    const lines = byId.map((answers) => answers.get(id));
    if (!lines.every((line) => line !== undefined && !line.text_likelihood)) continue;
    const given = lines as ScoredItem[];
    // Worked examples of a system are no part of the question, so the shortest prompt is what was asked.
    const prompts = given.map(({ prompt }) => prompt);
    const prompt = prompts.reduce((shortest, next) => (size(next) < size(shortest) ? next : shortest));
    items.push({ id, task, group, prompt, answers: given.map(({ answer }) => answer) });
  }
  return items;
}

const size = (prompt: ScoredItem['prompt']): number =>
  typeof prompt === 'string' ? prompt.length : prompt.reduce((sum, { content }) => sum + content.length, 0);
