/**
 * Puts the items of a benchmark to a system and scores the answers.
 * @module
 */
import { access, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AttuneError } from '../errors.js';
import { fileError, writeAtomically } from '../files.js';
import type { OnProgress } from '../progress.js';
import { answersFile, readAnswers, type ScoredItem } from './answers-file.js';
import type { Benchmark } from './benchmarks/benchmark.js';
import { writeBenchmarkCard } from './benchmarks/card.js';
import type { BenchmarkItem } from './benchmarks/item.js';
import { makeQuestions, type Outcome, outcomeOf, type Question, scoreQuestion } from './questions.js';
import type { GenerationSettings, System } from './system.js';

/** What {@link evaluateSystem} needs. */
export interface EvaluateSystemOptions {
  system: System;
  benchmark: Benchmark;
  /** The recipe's; what the benchmark fixes goes before it. */
  settings: GenerationSettings;
  /** Run folder; the answers go to `evaluation/<benchmark>/<system>.jsonl` in it. */
  directory: string;
  /** Worked examples to put in front of every prompt, in place of the benchmark's own. */
  fewShot?: readonly BenchmarkItem[];
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** What an evaluation gave. */
export interface SystemEvaluation {
  system: string;
  benchmark: string;
  file: string;
  /** In the order of the items given. */
  items: ScoredItem[];
  /** Items that were answered now; the others were in an earlier, interrupted run. */
  asked: number;
}

/**
 * Asks, scores and writes, line by line, so that an interrupted evaluation goes on where it stopped: answers whose
 * system, prompt and settings are unchanged are not asked again, others are dropped. The finished file
 * has the order of the items.
 *
 * @throws AttuneError for an item without an answer, for two items with one id, when the system leaves out an
 * item, and for files that can't be written; the signal's reason when aborted
 */
export async function evaluateSystem(options: EvaluateSystemOptions): Promise<SystemEvaluation> {
  const { system, benchmark, onProgress, signal } = options;
  const settings = generationOf(options);
  const file = answersFile(options.directory, benchmark.name, system.name);
  await writeBenchmarkCard(options.directory, benchmark);
  const questions = makeQuestions(benchmark, options.fewShot ?? benchmark.fewShot, system, settings);
  const done = await earlierAnswers(file, questions, benchmark);
  const kept = done.size;
  const open = [...questions.values()].filter(({ item }) => !done.has(item.id));
  const report = (): void =>
    onProgress?.({
      phase: 'evaluate',
      done: done.size,
      total: questions.size,
      unit: 'items',
      note: `${benchmark.name} · ${system.name}`,
    });
  report();
  if (open.length > 0) {
    signal?.throwIfAborted();
    await writeLines(file, done.values());
    await appendLines(file, async (append) => {
      for await (const { id, outcome } of ask(system, open, benchmark, settings, signal)) {
        const question = questions.get(id);
        if (!question || done.has(id)) {
          throw new AttuneError(`the system ${system.name} answered "${id}", which is not asked for`);
        }
        const record = scoreQuestion(question, outcome, benchmark, benchmark.scorers);
        await append(record);
        done.set(id, record);
        report();
        signal?.throwIfAborted();
      }
    });
  }
  const items = [...questions.keys()].flatMap((id) => done.get(id) ?? []);
  checkAnswered(items.length, questions.size, system, benchmark);
  await writeLines(file, items);
  return { system: system.name, benchmark: benchmark.name, file, items, asked: done.size - kept };
}

/** A system that may be partial has to have answered something; any other everything. */
function checkAnswered(
  answered: number,
  asked: number,
  { name, partial, ids }: System,
  benchmark: Benchmark,
): void {
  if (answered === asked || (partial && answered > 0)) return;
  if (partial) {
    const own = ids ? `; its ids look like ${JSON.stringify([...ids][0])}` : '';
    throw new AttuneError(
      `the system ${name} has no answer to any of the ${asked} items of ${benchmark.name}${own}`,
      {
        field: 'id',
        fix: `name the field with the items’ ids, which look like "${benchmark.items[0]!.id}"`,
      },
    );
  }
  throw new AttuneError(`the system ${name} left ${asked - answered} of ${asked} items unanswered`, {
    fix: 'run the same command again; only the missing items are asked',
  });
}

function generationOf({ benchmark, settings }: EvaluateSystemOptions): GenerationSettings {
  const { stop, ...fixed } = benchmark.generation;
  return { ...settings, ...fixed };
}

/** What the system says to the questions, as it says it. */
async function* ask(
  system: System,
  questions: readonly Question[],
  benchmark: Benchmark,
  settings: GenerationSettings,
  signal: AbortSignal | undefined,
): AsyncIterable<{ id: string; outcome: Outcome }> {
  if (questions[0]!.continuations) {
    const requests = questions.map(({ item, prompt, continuations }) => ({
      id: item.id,
      ...prompt,
      continuations: continuations!,
    }));
    for await (const { id, continuations } of system.likelihoods!(requests, signal)) {
      yield { id, outcome: { likelihoods: continuations } };
    }
    return;
  }
  const { stop } = benchmark.generation;
  const prompts = questions.map(({ item, prompt }) => ({
    id: item.id,
    ...prompt,
    ...(stop ? { stop } : {}),
  }));
  for await (const answer of system.answer(prompts, settings, signal)) {
    yield { id: answer.id, outcome: { answer } };
  }
}

/** Answers of an earlier run that still hold, scored again because scorers and references may have changed. */
async function earlierAnswers(
  file: string,
  questions: ReadonlyMap<string, Question>,
  benchmark: Benchmark,
): Promise<Map<string, ScoredItem>> {
  const done = new Map<string, ScoredItem>();
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists) return done;
  for (const earlier of await readAnswers(file, { unfinished: true })) {
    const question = questions.get(earlier.id);
    if (question?.key !== earlier.key) continue;
    done.set(earlier.id, scoreQuestion(question, outcomeOf(earlier), benchmark, benchmark.scorers));
  }
  return done;
}

function writeLines(file: string, items: Iterable<ScoredItem>): Promise<void> {
  return writeAtomically(file, async (write) => {
    for (const item of items) await write(`${JSON.stringify(item)}\n`);
  });
}

/** Opens the file for appending while `work` runs; every line is on its way to the disk when `append` returns. */
async function appendLines(
  file: string,
  work: (append: (item: ScoredItem) => Promise<void>) => Promise<void>,
): Promise<void> {
  const handle = await mkdir(dirname(file), { recursive: true })
    .then(() => open(file, 'a'))
    .catch((error) => {
      throw fileError(error, file);
    });
  try {
    await work(async (item) => {
      await handle.appendFile(`${JSON.stringify(item)}\n`).catch((error) => {
        throw fileError(error, file);
      });
    });
  } finally {
    await handle.close();
  }
}
