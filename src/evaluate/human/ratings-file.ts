/**
 * `ratings/<rater>.jsonl`: what a rater decided, one line a decision. A decision that is changed is a new line; the last
 * one of an assignment holds.
 * @module
 */
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { AttuneError } from '../../errors.js';
import { fileError } from '../../files.js';
import { decisionKey, type Study } from './study-file.js';

/** What a rater can say of two answers. */
export const choices = ['left', 'right', 'equal', 'both_bad'] as const;
/** What a rater said of two answers. */
export type Choice = (typeof choices)[number];

/** Longest comment in characters. */
export const longestComment = 4000;

const common = {
  item: z.string(),
  /** From seeing the answers to deciding, while the page was in sight; absent where nobody measured. */
  seconds: z.number().min(0).max(1e6).optional(),
  comment: z.string().max(longestComment).optional(),
  /** ISO time. */
  when: z.string().max(40),
};

const ratingSchema = z.union([
  z.strictObject({ ...common, left: z.string(), right: z.string(), choice: z.enum(choices) }),
  z.strictObject({
    ...common,
    /** The systems that gave the answer. */
    systems: z.array(z.string()).min(1),
    /** By name of the criterion. */
    scores: z.record(z.string(), z.int().min(1)),
  }),
]);

/** One decision of a rater. */
export type Rating = z.output<typeof ratingSchema>;

/** A rater's file in the folder of a study. */
export function ratingsFile(directory: string, rater: string): string {
  return join(directory, 'ratings', `${rater}.jsonl`);
}

/** Names the assignment that a rating belongs to. */
export function ratingKey(rating: Rating): string {
  return decisionKey(rating.item, 'systems' in rating ? rating.systems : [rating.left, rating.right]);
}

/** Why a rating does not fit what its study asks; undefined where it does. */
export function mismatch(study: Study, rating: Rating): string | undefined {
  if ('systems' in rating !== (study.form === 'rubric')) return `does not fit a ${study.form} study`;
  if (!('systems' in rating)) return undefined;
  const names = Object.keys(rating.scores);
  const missing = study.criteria.find(({ name }) => !names.includes(name));
  if (missing) return `has no score for ${missing.name}`;
  if (names.length !== study.criteria.length) return 'has a score that the study does not ask for';
  const beyond = study.criteria.find(({ name, scale }) => rating.scores[name]! > scale);
  return beyond && `${beyond.name} is ${rating.scores[beyond.name]}, its scale ends at ${beyond.scale}`;
}

/**
 * The ratings of a rater that hold, by the key of their assignment, each the newest. A half-written last line, which a
 * killed process leaves, is left out.
 *
 * @throws AttuneError with the line that is no rating
 */
export async function readRatings(
  study: Study,
  directory: string,
  rater: string,
): Promise<Map<string, Rating>> {
  const file = ratingsFile(directory, rater);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw fileError(error, file);
  });
  const latest = new Map<string, Rating>();
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const rating = parseRating(line);
    const wrong = rating ? mismatch(study, rating) : 'is no rating';
    if (rating && !wrong) latest.set(ratingKey(rating), rating);
    else if (rating || index < lines.length - 1) {
      throw new AttuneError(wrong!, {
        file,
        line: index + 1,
        fix: 'delete this line; the rater is asked again',
      });
    }
  }
  return latest;
}

function parseRating(line: string): Rating | undefined {
  try {
    return ratingSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** The ratings of one rater, open for adding to them. */
export class RatingsLog {
  readonly #file: string;
  readonly #latest: Map<string, Rating>;
  /** Appends wait for each other, so that lines never mix. */
  #last: Promise<void> = Promise.resolve();

  private constructor(file: string, latest: Map<string, Rating>) {
    this.#file = file;
    this.#latest = latest;
  }

  /** Opens a rater's file and mends what a killed process left. */
  static async open(study: Study, directory: string, rater: string): Promise<RatingsLog> {
    const latest = await readRatings(study, directory, rater);
    const file = ratingsFile(directory, rater);
    await mkdir(dirname(file), { recursive: true });
    await mendLastLine(file);
    return new RatingsLog(file, latest);
  }

  /** The rating that holds for the assignment with this key. */
  get(key: string): Rating | undefined {
    return this.#latest.get(key);
  }

  /** Adds ratings; they are on the disk when the promise resolves. */
  append(ratings: readonly Rating[]): Promise<void> {
    const write = this.#last.then(async () => {
      await appendSynced(this.#file, ratings.map((rating) => `${JSON.stringify(rating)}\n`).join(''));
      for (const rating of ratings) this.#latest.set(ratingKey(rating), rating);
    });
    this.#last = write.catch(() => undefined);
    return write;
  }
}

async function appendSynced(file: string, text: string): Promise<void> {
  try {
    const handle = await open(file, 'a');
    const { size } = await handle.stat();
    try {
      await handle.appendFile(text);
      await handle.sync();
    } catch (error) {
      // A full disk may have taken half a line; what follows it must not become part of it.
      await handle.truncate(size).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(error, file);
  }
}

/** Ends the last line of a file that a killed process left without its end, or cuts it off where it is half a rating. */
async function mendLastLine(file: string): Promise<void> {
  try {
    const handle = await open(file, 'a+');
    try {
      const bytes = await handle.readFile();
      const whole = bytes.lastIndexOf(0x0a) + 1;
      if (whole === bytes.length) return;
      if (parseRating(bytes.toString('utf8', whole))) await handle.appendFile('\n');
      else await handle.truncate(whole);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(error, file);
  }
}
