/**
 * Answers that are kept: a run that was stopped goes on, and a second one makes no call.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hashJson, writeFileAtomically } from '../../files.js';
import type { Teacher, TeacherAnswer, TeacherRequest } from './teacher.js';

/** A teacher whose answers are kept. */
export interface CachedTeacher extends Teacher {
  /** Whether a request would be answered without a call. */
  has(request: TeacherRequest): Promise<boolean>;
  /** Answers from the cache, and calls that were answered, so far. */
  readonly figures: { cached: number; called: number };
}

const entrySchema = z.strictObject({
  key: z.string(),
  answer: z.strictObject({
    text: z.string(),
    promptTokens: z.number().optional(),
    completionTokens: z.number().optional(),
    finish: z.enum(['stop', 'length']),
  }),
  check: z.string(),
});

/**
 * Keeps each answer in a file of its own under `directory`, named by the hash of teacher and request and written
 * whole or not at all, so that several runs may share the folder. A file that is broken is ignored and replaced. It
 * holds the answer and no request, no key and no address.
 */
export function createCachedTeacher(teacher: Teacher, directory: string): CachedTeacher {
  const figures = { cached: 0, called: 0 };
  /** Equal requests that are under way make one call. */
  const underWay = new Map<string, Promise<TeacherAnswer>>();
  const keyOf = (request: TeacherRequest): string => hashJson({ teacher: teacher.hash, request });
  const fileOf = (key: string): string => join(directory, key.slice(0, 2), `${key}.json`);

  const read = async (key: string): Promise<TeacherAnswer | undefined> => {
    try {
      const entry = entrySchema.parse(JSON.parse(await readFile(fileOf(key), 'utf8')));
      return entry.key === key && entry.check === hashJson(entry.answer) ? entry.answer : undefined;
    } catch {
      return undefined;
    }
  };
  const answer = async (
    key: string,
    request: TeacherRequest,
    signal?: AbortSignal,
  ): Promise<TeacherAnswer> => {
    const kept = await read(key);
    if (kept) {
      figures.cached++;
      return kept;
    }
    const made = await teacher.complete(request, signal);
    await writeFileAtomically(
      fileOf(key),
      `${JSON.stringify({ key, answer: made, check: hashJson(made) })}\n`,
    );
    figures.called++;
    return made;
  };
  return {
    name: teacher.name,
    hash: teacher.hash,
    figures,
    has: async (request) => (await read(keyOf(request))) !== undefined,
    complete: (request, signal) => {
      const key = keyOf(request);
      const running = underWay.get(key);
      if (running) return running;
      const started = answer(key, request, signal).finally(() => underWay.delete(key));
      underWay.set(key, started);
      return started;
    },
  };
}
