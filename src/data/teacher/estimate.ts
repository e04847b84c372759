/**
 * What a teacher will take, before the first call.
 * @module
 */
import type { TeacherSettings } from '../../recipe/data/teacher.js';
import type { Passage } from '../pairs/documents/passages.js';
import { createCachedTeacher } from './cached-teacher.js';
import { type TeacherJob, teacherJobs } from './jobs.js';
import type { Teacher } from './teacher.js';

/** What is to be expected of a run. */
export interface TeacherEstimate {
  /** Requests in all. */
  calls: number;
  /** Those that are answered already. */
  cachedCalls: number;
  /** Of the calls that remain, as all that follows. */
  promptTokens: number;
  completionTokens: number;
  seconds: number;
  /** In the currency of the settings' prices; absent where they have none. */
  cost?: number;
}

/** Whom to ask, so that answers that are kept already are counted. */
export interface EstimateOptions {
  seed: number;
  teacher: Teacher;
  cacheDirectory: string;
}

const charactersPerToken = 4;
/** Brackets, names of fields, question and quote; and the answer. */
const usualCompletion = { summary: 250, other: 125 };

/**
 * Estimates calls, tokens (four characters each), time and cost. Without `options` nothing is taken to be answered
 * already. Nothing is asked of the teacher.
 */
export async function estimateTeacherCost(
  passages: readonly Passage[],
  settings: TeacherSettings,
  options?: EstimateOptions,
): Promise<TeacherEstimate> {
  const jobs = teacherJobs(passages, settings, options?.seed ?? 0);
  const cached = options && createCachedTeacher(options.teacher, options.cacheDirectory);
  const open: TeacherJob[] = [];
  for (const job of jobs) if (!(await cached?.has(job.request))) open.push(job);

  let promptTokens = 0;
  let completionTokens = 0;
  for (const { request, assignment } of open) {
    promptTokens += request.messages.reduce((sum, { content }) => sum + estimatedTokens(content), 0);
    const usual = assignment.task === 'summary' ? usualCompletion.summary : usualCompletion.other;
    completionTokens += Math.min(settings.max_tokens, usual);
  }
  return {
    calls: jobs.length,
    cachedCalls: jobs.length - open.length,
    promptTokens,
    completionTokens,
    seconds: secondsOf(open.length, settings),
    ...(settings.price ? { cost: costOf(promptTokens, completionTokens, settings) } : {}),
  };
}

/** Tokens that a text takes, at four characters each. */
export function estimatedTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}

/** What tokens cost by the settings' prices, 0 without prices. */
export function costOf(promptTokens: number, completionTokens: number, { price }: TeacherSettings): number {
  if (!price) return 0;
  return (promptTokens * price.input + completionTokens * price.output) / 1e6;
}

function secondsOf(calls: number, { endpoint }: TeacherSettings): number {
  if (!endpoint) return calls * 5;
  const working = Math.ceil(calls / endpoint.concurrency) * endpoint.seconds_per_call;
  const paced = endpoint.requests_per_minute === undefined ? 0 : (calls / endpoint.requests_per_minute) * 60;
  return Math.ceil(Math.max(working, paced));
}
