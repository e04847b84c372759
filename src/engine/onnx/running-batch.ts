/**
 * Answers that grow together, one token each at a step. Prompts join whenever a place is free and leave one by one, so the
 * batch stays full until nothing waits.
 * @module
 */
import type { ModelConfig } from '../../model/config.js';
import { type RandomStream, randomStream } from '../../random.js';
import { collectGarbage } from './garbage.js';
import type { AnswerProgress, ComputedTokens, GenerateRequest, NewTokens } from './generate-request.js';
import type { HeldRow, HeldRows } from './held-rows.js';
import { KeyValueRoom } from './key-value-room.js';
import { planReading, type Reading, tokensAtOnce } from './reading-plan.js';
import { sample } from './sampling.js';

/** What computes new tokens. */
export interface TokenRunner {
  readonly config: ModelConfig;
  /** See `Generator.run`. */
  run(newTokens: NewTokens): Promise<ComputedTokens>;
}

/** What a batch may take. */
export interface BatchLimits {
  /** Most answers that grow at the same time. */
  places: number;
  /** Most memory for keys and values, in bytes; a prompt that needs more by itself is answered alone. */
  keyValueBytes: number;
}

/** An answer that is growing. */
interface Growing {
  request: GenerateRequest;
  row: HeldRow;
  random: RandomStream;
  /** The last token, whose keys and values are not known yet. */
  token: number;
  made: number;
}

/** Places that have to be free before prompts are read while more wait than fit: reading one by one costs more. */
const freeShare = 1 / 8;

/** The state of all answers. */
export class RunningBatch {
  readonly #runner: TokenRunner;
  readonly #places: number;
  readonly #room: KeyValueRoom;
  #waiting: GenerateRequest[] = [];
  readonly #growing = new Map<HeldRow, Growing>();
  #news = new Map<number, AnswerProgress>();

  constructor(runner: TokenRunner, limits: BatchLimits) {
    this.#runner = runner;
    this.#places = limits.places;
    this.#room = new KeyValueRoom(runner.config, limits);
  }

  /**
   * Takes new requests and forgets those of `cancelled`, reads prompts for which there are places, and makes one more token
   * of every answer that grows.
   *
   * @returns what is new; nothing when nothing grows or waits
   */
  async advance(
    requests: readonly GenerateRequest[],
    cancelled: readonly number[],
  ): Promise<AnswerProgress[]> {
    this.#waiting.push(...requests);
    if (cancelled.length > 0) this.#cancel(new Set(cancelled));
    do await this.#read();
    while (this.#growing.size === 0 && this.#waiting.length > 0);
    await this.#step();
    const news = [...this.#news.values()];
    this.#news = new Map();
    return news;
  }

  #cancel(numbers: ReadonlySet<number>): void {
    this.#waiting = this.#waiting.filter(({ number }) => !numbers.has(number));
    for (const { request, row } of this.#growing.values()) {
      if (numbers.has(request.number)) this.#end(row);
    }
    for (const number of numbers) this.#room.giveUp(number);
  }

  #end(row: HeldRow): void {
    this.#growing.delete(row);
    this.#room.release(row);
  }

  /** Reads beginnings and prompts, as many as are read at once. */
  async #read(): Promise<void> {
    const free = this.#places - this.#growing.size;
    const backlog = this.#waiting.length > free;
    if (free === 0 || (backlog && free < this.#places * freeShare)) return;
    const growing = [...this.#growing.values()].map(({ request, row, made }) => ({
      row,
      left: request.settings.maxNewTokens - made,
    }));
    const { beginnings, prompts } = planReading(this.#waiting, free, growing, this.#room);
    await this.#compute(this.#room.shared, beginnings, 'keys');
    const joined = new Set(prompts.map(({ request }) => request));
    this.#waiting = this.#waiting.filter((request) => !joined.has(request));
    const wantsLogits = prompts.some(({ request }) => request.settings.temperature > 0);
    const computed = await this.#compute(this.#room.own, prompts, wantsLogits ? 'logits' : 'next');
    for (const [i, { request, row }] of prompts.entries()) {
      const random = randomStream(request.settings.seed, 'sample', request.stream);
      const answer = { request, row, random, token: 0, made: 0 };
      this.#growing.set(row, answer);
      this.#choose(answer, computed!, i);
    }
  }

  /** Computes what is to be read of rows of `held`, and keeps their keys and values. */
  async #compute(
    held: HeldRows,
    readings: readonly Reading[],
    wants: NewTokens['wants'],
  ): Promise<ComputedTokens | undefined> {
    let computed: ComputedTokens | undefined;
    const rows = readings.map(({ row }) => row);
    const longest = Math.max(0, ...readings.map(({ tokens }) => tokens.length));
    // What is longer than what is read at once stands alone.
    for (let start = 0; start < longest; start += tokensAtOnce) {
      const tokens = readings.map((reading) => reading.tokens.slice(start, start + tokensAtOnce));
      const hasPast = rows.some((row) => row.tokens.length > 0);
      computed = await this.#runner.run({
        kind: 'read',
        rows: tokens,
        offsets: rows.map(position),
        prefix: this.#room.prefixFor(rows),
        past: hasPast ? held.cache.select(rows.map(({ at }) => at)) : undefined,
        wants: start + tokensAtOnce < longest ? 'keys' : wants,
      });
      keep(held, rows, tokens, computed);
      // The binding copies every output; the copies of a whole stretch of prompts are large.
      if (tokens.length * computed.length > tokensAtOnce / 4) collectGarbage();
    }
    return computed;
  }

  async #step(): Promise<void> {
    if (this.#growing.size === 0) return;
    this.#room.fit();
    const answers = [...this.#growing.values()].sort((a, b) => a.row.at - b.row.at);
    const rows = answers.map(({ row }) => row);
    const tokens = answers.map(({ token }) => [token]);
    const computed = await this.#runner.run({
      kind: 'step',
      rows: tokens,
      offsets: rows.map(position),
      prefix: this.#room.prefixFor(rows),
      past: this.#room.own.cache,
      wants: answers.some(({ request }) => request.settings.temperature > 0) ? 'logits' : 'next',
    });
    keep(this.#room.own, rows, tokens, computed);
    for (const [i, answer] of answers.entries()) this.#choose(answer, computed, i);
  }

  #choose(answer: Growing, { next, logits }: ComputedTokens, row: number): void {
    const { number, settings } = answer.request;
    const width = this.#runner.config.vocabSize;
    const token =
      settings.temperature > 0
        ? sample(logits!.subarray(row * width, (row + 1) * width), settings, answer.random)
        : Number(next![row]);
    const news = this.#news.get(number) ?? { number, tokens: [], done: false, stopped: false };
    this.#news.set(number, news);
    if (settings.stopTokenIds.includes(token)) news.stopped = true;
    else news.tokens.push(token);
    answer.token = token;
    answer.made++;
    news.done = news.stopped || answer.made >= settings.maxNewTokens;
    if (news.done) this.#end(answer.row);
  }
}

/** Where the next token of a sequence stands. */
function position({ before, tokens }: HeldRow): number {
  return (before?.count ?? 0) + tokens.length;
}

/** Appends computed tokens to their rows. */
function keep(
  held: HeldRows,
  rows: readonly HeldRow[],
  tokens: readonly (readonly number[])[],
  { arrays, length }: ComputedTokens,
): void {
  held.cache.append(
    arrays,
    length,
    rows.map(({ at }, i) => ({ row: at, count: tokens[i]!.length })),
  );
  for (const [i, row] of rows.entries()) row.tokens.push(...tokens[i]!);
}
