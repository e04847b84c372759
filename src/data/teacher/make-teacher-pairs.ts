/**
 * Pairs that a teacher writes from passages, each checked against its passage.
 * @module
 */
import { AttuneError } from '../../errors.js';
import type { OnProgress } from '../../progress.js';
import type { TeacherSettings } from '../../recipe/data/teacher.js';
import type { Item } from '../item.js';
import { checkPair } from '../pairs/checks/check-pair.js';
import { refusalIn } from '../pairs/checks/wording.js';
import { normalised } from '../pairs/checks/words.js';
import type { Passage } from '../pairs/documents/passages.js';
import { type CachedTeacher, createCachedTeacher } from './cached-teacher.js';
import { costOf, estimatedTokens } from './estimate.js';
import { type TeacherJob, teacherJobs } from './jobs.js';
import { readTeacherReply } from './reply.js';
import { type Teacher, type TeacherAnswer, TeacherError } from './teacher.js';

/** What the making of pairs needs beside its settings. */
export interface TeacherPairOptions {
  seed: number;
  /** Where answers are kept. */
  cacheDirectory: string;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** A reply that did not become a pair. */
export interface RejectedReply {
  id: string;
  /** Short name of the check; counted by. */
  reason: string;
  detail: string;
}

/** What was asked and what came of it. */
export interface TeacherFigures {
  /** Requests in all. */
  asked: number;
  /** Answered by the teacher in this run. */
  calls: number;
  /** Answered from the cache. */
  cached: number;
  /** Not answered; the next run asks them again. */
  failed: number;
  accepted: number;
  /** Rejected replies by reason. */
  rejected: Record<string, number>;
  byTask: Record<string, { asked: number; accepted: number }>;
  /** Tokens of all answers, cached ones too; estimated where the teacher does not say. */
  promptTokens: number;
  completionTokens: number;
  /** Of these tokens by the settings' prices; absent without prices. */
  cost?: number;
}

/** Pairs, rejected replies and figures. */
export interface TeacherPairs {
  items: Item[];
  rejected: RejectedReply[];
  figures: TeacherFigures;
}

const longestQuestion = 500;

/**
 * Asks a teacher for pairs on passages and keeps those that pass every check of {@link checkPair}. Items stand in the
 * order of the passages, whatever answer came first; equal answers give equal items. Every answer is kept in
 * `cacheDirectory` before it is used, so that a run that was stopped, aborted or failed goes on where it was.
 *
 * @throws AttuneError when `stop_after_failures` requests in a row fail, or one in a way that every other would
 * @throws the signal's reason when aborted
 */
export async function makeTeacherPairs(
  passages: readonly Passage[],
  teacher: Teacher,
  settings: TeacherSettings,
  options: TeacherPairOptions,
): Promise<TeacherPairs> {
  const jobs = teacherJobs(passages, settings, options.seed);
  const cached = createCachedTeacher(teacher, options.cacheDirectory);
  const answers = await askAll(jobs, cached, settings, options);
  return review(jobs, answers, cached, settings);
}

type Outcome = { answer: TeacherAnswer } | { failure: string };

/** The answers to all jobs, in their order. */
async function askAll(
  jobs: readonly TeacherJob[],
  teacher: CachedTeacher,
  settings: TeacherSettings,
  { onProgress, signal }: TeacherPairOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = new Array(jobs.length);
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  let next = 0;
  let done = 0;
  let failed = 0;
  let inARow = 0;
  const report = (): void =>
    onProgress?.({
      phase: 'ask teacher',
      done,
      total: jobs.length,
      unit: 'answers',
      ...(failed > 0 ? { note: `${failed} failed` } : {}),
    });
  const work = async (): Promise<void> => {
    while (next < jobs.length) {
      const index = next++;
      either.throwIfAborted();
      try {
        outcomes[index] = { answer: await teacher.complete(jobs[index]!.request, either) };
        inARow = 0;
      } catch (error) {
        either.throwIfAborted();
        if (!(error instanceof TeacherError)) throw error;
        failed++;
        inARow++;
        if (error.hopeless || inARow >= settings.stop_after_failures)
          throw stopped(error, inARow, teacher, jobs.length);
        outcomes[index] = { failure: error.message };
      }
      done++;
      report();
    }
  };
  report();
  // The first error stops the others, and none of them is left running when it is thrown.
  let first: unknown;
  const guarded = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      first ??= error;
      stop.abort(error);
    }
  };
  await Promise.all(Array.from({ length: settings.endpoint?.concurrency ?? 1 }, guarded));
  signal?.throwIfAborted();
  if (first !== undefined) throw first;
  return outcomes;
}

function stopped(
  error: TeacherError,
  inARow: number,
  { figures }: CachedTeacher,
  total: number,
): AttuneError {
  const kept = figures.cached + figures.called;
  const row = error.hopeless ? '' : ` (${inARow} failure${inARow === 1 ? '' : 's'} in a row)`;
  return new AttuneError(
    `the teacher does not answer${row}: ${error.message}. ${kept} of ${total} answers are kept`,
    {
      field: error.field,
      fix: `${error.fix ? `${error.fix}; then ` : ''}run the same command again, it goes on after the answers that are kept`,
      cause: error,
    },
  );
}

/** Turns answers into items, in the order of the jobs. */
function review(
  jobs: readonly TeacherJob[],
  outcomes: readonly Outcome[],
  { figures: { cached, called }, name }: CachedTeacher,
  settings: TeacherSettings,
): TeacherPairs {
  const items: Item[] = [];
  const rejected: RejectedReply[] = [];
  const questions = new Set<string>();
  const byTask = new Map<string, { asked: number; accepted: number }>();
  let promptTokens = 0;
  let completionTokens = 0;
  let failed = 0;
  for (const [index, job] of jobs.entries()) {
    const { task } = job.assignment;
    const ofTask = byTask.get(task) ?? { asked: 0, accepted: 0 };
    byTask.set(task, ofTask);
    ofTask.asked++;
    const outcome = outcomes[index]!;
    if ('failure' in outcome) {
      failed++;
      rejected.push({ id: job.id, reason: 'no_answer', detail: outcome.failure });
      continue;
    }
    const { answer } = outcome;
    promptTokens +=
      answer.promptTokens ??
      job.request.messages.reduce((sum, { content }) => sum + estimatedTokens(content), 0);
    completionTokens += answer.completionTokens ?? estimatedTokens(answer.text);
    const made = pairOf(job, answer, name, settings);
    if ('reason' in made) {
      rejected.push({ id: job.id, ...made });
      continue;
    }
    const prompt = normalised(made.messages!.find(({ role }) => role === 'user')!.content);
    if (questions.has(prompt)) {
      rejected.push({
        id: job.id,
        reason: 'duplicate_question',
        detail: 'the same question on the same passage',
      });
      continue;
    }
    questions.add(prompt);
    ofTask.accepted++;
    items.push(made);
  }
  const reasons = new Map<string, number>();
  for (const { reason } of rejected) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return {
    items,
    rejected,
    figures: {
      asked: jobs.length,
      calls: called,
      cached,
      failed,
      accepted: items.length,
      rejected: sorted(reasons),
      byTask: sorted(byTask),
      promptTokens,
      completionTokens,
      ...(settings.price ? { cost: costOf(promptTokens, completionTokens, settings) } : {}),
    },
  };
}

function pairOf(
  { id, passage, assignment }: TeacherJob,
  { text, finish }: TeacherAnswer,
  teacher: string,
  settings: TeacherSettings,
): Item | Omit<RejectedReply, 'id'> {
  if (finish === 'length') return { reason: 'cut_off', detail: `longer than ${settings.max_tokens} tokens` };
  if (text.trim() === '') return { reason: 'empty_answer', detail: 'the teacher answered nothing' };
  const reply = readTeacherReply(text);
  if (!reply) {
    const refusal = refusalIn(text);
    if (refusal) return { reason: 'refusal', detail: refusal };
    return { reason: 'no_json', detail: text.replace(/\s+/g, ' ').trim().slice(0, 200) };
  }
  const { task, format } = assignment;
  const verdict = checkPair({ task, ...reply, context: passage.text }, format, {
    maxAnswer: settings.max_answer_characters,
    maxQuestion: longestQuestion,
  });
  if ('reason' in verdict) return verdict;
  const question = reply.question.replace(/\s+/g, ' ');
  const repair = verdict.repaired ? `; form of the answer repaired: ${verdict.repaired}` : '';
  return {
    id,
    messages: [
      ...(settings.system_prompt === ''
        ? []
        : [{ role: 'system' as const, content: settings.system_prompt }]),
      { role: 'user', content: `${passage.text}\n\n${question}` },
      { role: 'assistant', content: verdict.answer },
    ],
    task,
    group: passage.group,
    source: passage.source,
    licence: passage.licence,
    origin: passage.origin,
    steps: [...passage.steps, { step: 'teacher', note: `question and answer by ${teacher}${repair}` }],
    context: passage.text,
    ...passage.carried,
    ...(verdict.value === undefined ? {} : { answer: verdict.value }),
    ...(reply.quote === '' ? {} : { derivation: `quoted: ${reply.quote.replace(/\s+/g, ' ')}` }),
  };
}

function sorted<T>(map: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
