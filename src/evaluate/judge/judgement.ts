/**
 * `judge/<benchmark>.jsonl` in a run folder: what a judge replied, one line a request.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fileError } from '../../files.js';

const common = {
  /** Hash of judge, prompt and settings. */
  key: z.string(),
  /** Name of the judge. */
  judge: z.string(),
  id: z.string(),
  task: z.string(),
  group: z.string(),
  vote: z.int(),
  reply: z.string(),
};

const preferenceSchema = z.object({
  kind: z.literal('pairwise'),
  ...common,
  /** The systems in the order in which their answers were shown. */
  shown: z.tuple([z.string(), z.string()]),
  /** Characters of the answers, in the same order. */
  lengths: z.tuple([z.number(), z.number()]),
  preferred: z.enum(['first', 'second', 'tie']).optional(),
});

const gradeSchema = z.object({
  kind: z.literal('rubric'),
  ...common,
  system: z.string(),
  criterion: z.string(),
  length: z.number(),
  grade: z.int().min(1).max(5).optional(),
});

/** One reply of a judge about two answers; without `preferred` it could not be read. */
export type Preference = z.output<typeof preferenceSchema>;
/** One grade of a judge; without `grade` it could not be read. */
export type Grade = z.output<typeof gradeSchema>;
/** One line of the file. */
export type Judgement = Preference | Grade;

const judgementSchema = z.discriminatedUnion('kind', [preferenceSchema, gradeSchema]);

/** Path of the judgements on a benchmark in a run folder. */
export function judgementsFile(runDirectory: string, benchmark: string): string {
  return join(runDirectory, 'judge', `${benchmark}.jsonl`);
}

/** The judgements of a file; half a line at the end of a stopped run, and a missing file, are nothing. */
export async function readJudgements(file: string): Promise<Judgement[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw fileError(error, file);
  });
  return text.split('\n').flatMap((line) => {
    try {
      const value = JSON.parse(line) as Judgement;
      // The value as it was read keeps its order of fields, so that a file that is complete stays as it is.
      return judgementSchema.safeParse(value).success ? [value] : [];
    } catch {
      return [];
    }
  });
}
