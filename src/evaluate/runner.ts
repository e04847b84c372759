/**
 * Puts the items of a benchmark to a system and scores the answers.
 * @module
 */
import { access, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readAnswer } from '../data/answers.js';
import type { Example, Message } from '../data/example.js';
import { AttuneError } from '../errors.js';
import { fileError, hashJson, writeAtomically } from '../files.js';
import type { OnProgress } from '../progress.js';
import { answersFile, readAnswers, type ScoredItem } from './answers-file.js';
import { referenceOf, scoreAnswer } from './scorers/scores.js';
import type { Answer, GenerationSettings, System } from './system.js';
import { withWorkedExamples } from './worked-examples.js';

/** What {@link evaluateSystem} needs. */
export interface EvaluateSystemOptions {
  system: System;
  /** Conversations whose last message is the reference. */
  items: readonly Example[];
  settings: GenerationSettings;
  /** Run folder; the answers go to `evaluation/<benchmark>/<system>.jsonl` in it. */
  directory: string;
  benchmark: string;
  /** Worked examples to put in front of every prompt. */
  fewShot?: readonly Example[];
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
  /** Items that were put to the system now; the others were answered in an earlier, interrupted run. */
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
  const { system, settings, benchmark, onProgress, signal } = options;
  const file = answersFile(options.directory, benchmark, system.name);
  const questions = makeQuestions(options);
  const done = await earlierAnswers(file, questions);
  const open = [...questions.values()].filter(({ item }) => !done.has(item.id));
  const report = (): void =>
    onProgress?.({
      phase: 'evaluate',
      done: done.size,
      total: questions.size,
      unit: 'items',
      note: `${benchmark} · ${system.name}`,
    });
  report();
  if (open.length > 0) {
    signal?.throwIfAborted();
    await writeLines(file, done.values());
    await appendLines(file, async (append) => {
      const prompts = open.map(({ item, prompt }) => ({ id: item.id, messages: prompt }));
      for await (const answer of system.answer(prompts, settings)) {
        const question = questions.get(answer.id);
        if (!question || done.has(answer.id)) {
          throw new AttuneError(`the system ${system.name} answered "${answer.id}", which is not asked for`);
        }
        const record = scoreQuestion(question, answer);
        await append(record);
        done.set(answer.id, record);
        report();
        signal?.throwIfAborted();
      }
    });
  }
  const items = [...questions.keys()].map((id) => done.get(id));
  const missing = items.filter((item) => item === undefined).length;
  if (missing > 0) {
    throw new AttuneError(`the system ${system.name} left ${missing} of ${items.length} items unanswered`, {
      fix: 'run the same command again; only the missing items are asked',
    });
  }
  const complete = items as ScoredItem[];
  await writeLines(file, complete);
  return { system: system.name, benchmark, file, items: complete, asked: open.length };
}

interface Question {
  item: Example;
  prompt: Message[];
  key: string;
}

function makeQuestions(options: EvaluateSystemOptions): Map<string, Question> {
  const { system, settings } = options;
  const items = options.fewShot ? withWorkedExamples(options.items, options.fewShot) : options.items;
  if (items.length === 0) {
    throw new AttuneError(`the benchmark ${options.benchmark} has no items`, {
      fix: 'name a split that holds examples, or give it a share under data.split',
    });
  }
  const questions = new Map<string, Question>();
  for (const item of items) {
    const messages = item.messages;
    if (messages?.at(-1)?.role !== 'assistant') {
      throw new AttuneError(`the item ${item.id} has no answer to compare with`, {
        field: 'messages',
        fix: 'evaluate conversations that end with an assistant message',
      });
    }
    if (questions.has(item.id)) throw new AttuneError(`two items have the id ${item.id}`, { field: 'id' });
    const prompt = messages.slice(0, -1);
    questions.set(item.id, { item, prompt, key: hashJson([system.hash, prompt, settings]) });
  }
  return questions;
}

/** Answers of an earlier run that still hold, scored again because scorers and references may have changed. */
async function earlierAnswers(
  file: string,
  questions: ReadonlyMap<string, Question>,
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
    const { id, answer: text, stopped, prompt_tokens: promptTokens, new_tokens: newTokens } = earlier;
    done.set(id, scoreQuestion(question, { id, text, stopped, promptTokens, newTokens }));
  }
  return done;
}

function scoreQuestion({ item, prompt, key }: Question, answer: Answer): ScoredItem {
  const reference = referenceOf(item);
  return {
    id: item.id,
    task: item.task,
    group: item.group,
    key,
    prompt,
    answer: answer.text,
    value: readAnswer(answer.text).number?.value ?? null,
    reference: reference.text,
    reference_value: reference.value.kind === 'number' ? reference.value.number!.value : null,
    scores: scoreAnswer(answer.text, reference),
    stopped: answer.stopped,
    prompt_tokens: answer.promptTokens,
    new_tokens: answer.newTokens,
  };
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
