/**
 * Deals the rows of a stage's parts to its steps, so that each part's share of the tokens holds all the way.
 *
 * The parts' tokens are kept as near to their shares as rows allow: the next row comes from the part with which
 * the squares of the distances (tokens of a part less its share of all tokens) add up to least. So the parts
 * come interleaved, and none is ever much further from its share than half a row.
 * @module
 */
import type { LengthSettings } from '../recipe/stages/length.js';
import { crowdedStep } from './order.js';
import { PartRows } from './part-rows.js';

/** A part as the dealer needs it. */
export interface PartToDeal {
  firstRow: number;
  rows: number;
  /** Wanted share of the tokens; those of all parts add up to 1. */
  share: number;
  /** Replay does not count towards a length in epochs. */
  replay: boolean;
  /** Whether its rows may come in another order within a pass to hold the shares: not where they are sorted. */
  exchangeable: boolean;
  /** Row numbers of a pass in the order of their use; passes count from 0. */
  order(pass: number): number[];
}

/** What {@link StageDealer} deals from. */
export interface DealOptions {
  parts: readonly PartToDeal[];
  rowsPerStep: number;
  /** Tokens of each row of the shards, padding excluded. */
  lengthPerRow: ArrayLike<number>;
  contextsPerRow?: readonly (readonly string[])[];
  maxRowsPerContext?: number;
  /** Where a length in tokens is bounded by steps; no bound unless positive. */
  maxSteps: number;
}

/** A row of a step, and the number of the part that it comes from. */
export interface DealtRow {
  part: number;
  row: number;
}

/** A row that could come next, so many places behind the first that is left of its part. */
interface Candidate extends DealtRow {
  ahead: number;
}

/** A part and its tokens more or, below 0, less. */
type Change = [part: number, tokens: number];

/** So many rows of a part are looked through for one that brings the shares out well at the end of a stage. */
const lookAhead = 64;

/** Where the dealing ends, at the latest after `steps` steps. */
interface End {
  steps: number;
  /** Tokens that are reached by then. */
  tokens: number;
  /** Whether these leave replay out, and the row that reaches them is the last; else the step that does. */
  newTokens: boolean;
}

/** Deals steps; each call of {@link deal} goes on in the passes where the one before ended. */
export class StageDealer {
  readonly #options: DealOptions;
  readonly #sources: PartRows[];
  #tokens: number[] = [];

  constructor(options: DealOptions) {
    this.#options = options;
    this.#sources = options.parts.map(({ order }) => new PartRows(order));
  }

  /**
   * Deals the steps of a stage, or of a round by which it is lengthened; the shares hold in each for itself.
   *
   * A single part ends each pass with a step of the rows that are left, and a length in epochs is rounded up to
   * whole steps. With several parts all steps but the last are full, and a length in epochs ends with the row
   * that reaches its tokens.
   *
   * @throws {AttuneError} where a step cannot hold `maxRowsPerContext`
   */
  deal(length: LengthSettings): DealtRow[][] {
    this.#tokens = this.#options.parts.map(() => 0);
    const end = this.#end(length);
    const steps: DealtRow[][] = [];
    while (steps.length < end.steps && !this.#reached(end)) {
      steps.push(this.#dealStep(end));
    }
    this.#evenOut(steps.at(-1)!, end);
    return steps;
  }

  #end({ epochs, steps, tokens }: LengthSettings): End {
    const { parts, rowsPerStep, lengthPerRow, maxSteps } = this.#options;
    const end: End = {
      steps: Math.min(steps ?? Number.POSITIVE_INFINITY, maxSteps > 0 ? maxSteps : Number.POSITIVE_INFINITY),
      tokens: tokens ?? Number.POSITIVE_INFINITY,
      newTokens: false,
    };
    if (epochs === undefined) return end;
    if (parts.length === 1) {
      return {
        ...end,
        steps: Math.min(end.steps, Math.ceil(epochs * Math.ceil(parts[0]!.rows / rowsPerStep))),
      };
    }
    let pass = 0;
    for (const part of parts) {
      if (!part.replay) for (const length of lengthsOf(part, lengthPerRow)) pass += length;
    }
    return { ...end, tokens: Math.max(1, Math.round(epochs * pass)), newTokens: true };
  }

  /** Whether the tokens are reached, with `changes` to those of parts. */
  #reached({ tokens, newTokens }: End, ...changes: Change[]): boolean {
    const counts = (part: number) => !newTokens || !this.#options.parts[part]!.replay;
    let reached = 0;
    for (const [part, count] of [...this.#tokens.entries(), ...changes]) if (counts(part)) reached += count;
    return reached >= tokens;
  }

  #dealStep(end: End): DealtRow[] {
    const { parts, rowsPerStep, maxRowsPerContext } = this.#options;
    const step: DealtRow[] = [];
    while (step.length < rowsPerStep) {
      // Behind the last row that counts, replay may still be short of its share.
      const onlyReplay = end.newTokens && this.#reached(end);
      const best = this.#choose(step, onlyReplay);
      if (!best) {
        if (onlyReplay) break;
        throw crowdedStep(maxRowsPerContext! + 1, maxRowsPerContext!);
      }
      this.#take(best, step);
      if (parts.length === 1 && this.#sources[0]!.left === 0) break;
    }
    return step;
  }

  /** The row with which the shares come out best; with `onlyReplay` none where they are best as they are. */
  #choose(step: readonly DealtRow[], onlyReplay: boolean): Candidate | undefined {
    const { parts, lengthPerRow } = this.#options;
    let best: Candidate | undefined;
    let least = onlyReplay ? this.#distance() : Number.POSITIVE_INFINITY;
    for (const [part, { replay }] of parts.entries()) {
      if (onlyReplay && !replay) continue;
      for (const candidate of this.#candidates(part, 1, step)) {
        const distance = this.#distance([part, lengthPerRow[candidate.row]!]);
        if (distance < least) [least, best] = [distance, candidate];
      }
    }
    return best;
  }

  /** The next rows of a part, at most `limit`, without those that would crowd the step with a context. */
  *#candidates(part: number, limit: number, step: readonly DealtRow[]): Generator<Candidate> {
    let found = 0;
    for (const { row, ahead } of this.#sources[part]!.ahead()) {
      if (this.#crowds(row, step)) continue;
      yield { part, row, ahead };
      if (++found === limit) return;
    }
  }

  #crowds(row: number, step: readonly DealtRow[]): boolean {
    const { contextsPerRow, maxRowsPerContext: allowed } = this.#options;
    if (allowed === undefined || !contextsPerRow) return false;
    return contextsPerRow[row]!.some(
      (context) => step.filter((other) => contextsPerRow[other.row]!.includes(context)).length >= allowed,
    );
  }

  /** Exchanges rows of the last step for unused ones of their passes, as long as the shares come out better. */
  #evenOut(step: DealtRow[], end: End): void {
    if (this.#options.parts.length === 1) return;
    const { lengthPerRow } = this.#options;
    const wasReached = this.#reached(end);
    for (;;) {
      let least = this.#distance();
      let exchange: { place: number; candidate: Candidate } | undefined;
      for (const [place, { part, row }] of step.entries()) {
        if (!this.#mayGoBack(step, place)) continue;
        const others = step.toSpliced(place, 1);
        for (const [other, { exchangeable }] of this.#options.parts.entries()) {
          if (this.#sources[other]!.left === 0 || (other === part && !exchangeable)) continue;
          for (const candidate of this.#candidates(other, exchangeable ? lookAhead : 1, others)) {
            const [less, more] = [lengthPerRow[row]!, lengthPerRow[candidate.row]!];
            if (wasReached && !this.#reached(end, [part, -less], [other, more])) continue;
            const distance = this.#distance([part, -less], [other, more]);
            if (distance < least) [least, exchange] = [distance, { place, candidate }];
          }
        }
      }
      if (!exchange) return;
      const [{ part, row }] = step.splice(exchange.place, 1) as [DealtRow];
      this.#take(exchange.candidate, step);
      this.#sources[part]!.giveBack(row);
      this.#tokens[part]! -= lengthPerRow[row]!;
    }
  }

  /** Whether a row of the step belongs to its part's pass as it stands, and can leave it without a change of order. */
  #mayGoBack(step: readonly DealtRow[], place: number): boolean {
    const { part } = step[place]!;
    const { rows, exchangeable } = this.#options.parts[part]!;
    const later = step.slice(place + 1).filter((other) => other.part === part).length;
    return later < rows - this.#sources[part]!.left && (exchangeable || later === 0);
  }

  #take(candidate: Candidate, step: DealtRow[]): void {
    const { part, row, ahead } = candidate;
    this.#sources[part]!.take(ahead);
    this.#tokens[part]! += this.#options.lengthPerRow[row]!;
    step.push({ part, row });
  }

  /** Sum of the squared distances of the parts from their shares, in tokens, with `changes` to those of parts. */
  #distance(...changes: Change[]): number {
    const tokens = [...this.#tokens];
    for (const [part, change] of changes) tokens[part]! += change;
    const all = tokens.reduce((sum, count) => sum + count, 0);
    return this.#options.parts.reduce((sum, { share }, part) => sum + (tokens[part]! - share * all) ** 2, 0);
  }
}

function* lengthsOf({ firstRow, rows }: PartToDeal, lengthPerRow: ArrayLike<number>): Generator<number> {
  for (let row = firstRow; row < firstRow + rows; row++) yield lengthPerRow[row]!;
}
