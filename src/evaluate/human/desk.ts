/**
 * A rater's desk: what they are asked, what they decided, and nothing that tells which system an answer came from.
 * @module
 */
import * as z from 'zod';
import { AttuneError } from '../../errors.js';
import { choices, longestComment, mismatch, type Rating, RatingsLog } from './ratings-file.js';
import { type ShownQuestion, showQuestion } from './shown-item.js';
import {
  type Assignment,
  askedOf,
  assignmentKey,
  type Study,
  type StudyItem,
  systemsOf,
} from './study-file.js';

const decisionSchema = z.strictObject({
  choice: z.enum(choices).optional(),
  scores: z.record(z.string(), z.int().min(1)).optional(),
  comment: z.string().max(longestComment).default(''),
  seconds: z.number().min(0).max(1e6),
});

/** What a rater sees of one decision. */
export interface ShownDecision extends ShownQuestion {
  /** Place in the rater's order, from 0. */
  index: number;
  task: string;
  /** Left and right, or the one that is scored. */
  answers: string[];
  /** What the rater decided before. */
  decided?: { choice?: string; scores?: Record<string, number>; comment: string };
}

/** How far a rater is. */
export interface DeskProgress {
  total: number;
  /** Places that are decided, ascending. */
  decided: number[];
  /** Median of the seconds that the rater took for a decision; null before the first. */
  typical_seconds: number | null;
  /** Seconds of all decisions. */
  seconds: number;
}

/** One rater at work. */
export class Desk {
  readonly rater: string;
  readonly #study: Study;
  readonly #asked: Assignment[];
  readonly #items: Map<string, StudyItem>;
  readonly #log: RatingsLog;

  private constructor(study: Study, rater: string, asked: Assignment[], log: RatingsLog) {
    this.rater = rater;
    this.#study = study;
    this.#asked = asked;
    this.#items = new Map(study.items.map((item) => [item.id, item]));
    this.#log = log;
  }

  /** Opens the desk of a rater of the study in `directory`. */
  static async open(study: Study, directory: string, rater: string): Promise<Desk> {
    const own = study.raters.find(({ name }) => name === rater)!;
    return new Desk(study, rater, askedOf(own), await RatingsLog.open(study, directory, rater));
  }

  /** What the page says of the study; system names are not among it. */
  describe(): object {
    const { name, form, criteria, instructions } = this.#study;
    return { study: name, form, criteria, instructions, rater: this.rater, progress: this.progress() };
  }

  progress(): DeskProgress {
    const ratings = this.#asked.map((assignment) => this.#log.get(assignmentKey(assignment)));
    const seconds = ratings.flatMap((rating) => rating?.seconds ?? []).sort((a, b) => a - b);
    return {
      total: ratings.length,
      decided: ratings.flatMap((rating, index) => (rating ? [index] : [])),
      typical_seconds: seconds[seconds.length >> 1] ?? null,
      seconds: seconds.reduce((sum, value) => sum + value, 0),
    };
  }

  /** The decision at a place; undefined where there is none. */
  show(index: number): ShownDecision | undefined {
    const assignment = this.#asked[index];
    if (!assignment) return undefined;
    const item = this.#items.get(assignment.item)!;
    const said = (system: string): string => item.answers[this.#study.systems.indexOf(system)]!;
    const shown = 'systems' in assignment ? [assignment.systems[0]!] : systemsOf(assignment);
    const rating = this.#log.get(assignmentKey(assignment));
    return {
      index,
      task: item.task,
      ...showQuestion(item.prompt),
      answers: shown.map(said),
      ...(rating && { decided: decidedBefore(assignment, rating) }),
    };
  }

  /**
   * Keeps a decision; it is on the disk when the promise resolves.
   *
   * @param when ISO time
   * @throws AttuneError when the decision is not what is asked at this place
   */
  async decide(index: number, body: unknown, when: string): Promise<void> {
    const assignment = this.#asked[index];
    const parsed = decisionSchema.safeParse(body);
    if (!assignment || !parsed.success) throw new AttuneError('is no decision');
    const { choice, scores, comment, seconds } = parsed.data;
    const rest = { seconds: Math.round(seconds * 10) / 10, ...(comment.trim() && { comment }), when };
    if ((choice === undefined) === (scores === undefined)) throw new AttuneError('is no decision');
    const rating: Rating =
      scores === undefined
        ? { item: assignment.item, ...sidesOf(assignment), choice: choice!, ...rest }
        : { item: assignment.item, systems: systemsOf(assignment), scores, ...rest };
    const wrong = mismatch(this.#study, rating);
    if (wrong) throw new AttuneError(wrong);
    await this.#log.append([rating]);
  }
}

function sidesOf(assignment: Assignment): { left: string; right: string } {
  const [left, right] = systemsOf(assignment);
  return { left: left!, right: right ?? left! };
}

/** What was decided; an imported rating may have had the sides the other way round. */
function decidedBefore(assignment: Assignment, rating: Rating): ShownDecision['decided'] {
  const comment = rating.comment ?? '';
  if ('systems' in rating) return { scores: rating.scores, comment };
  const turned = rating.left !== sidesOf(assignment).left;
  const other: Record<string, string> = { left: 'right', right: 'left' };
  return { choice: turned ? (other[rating.choice] ?? rating.choice) : rating.choice, comment };
}
