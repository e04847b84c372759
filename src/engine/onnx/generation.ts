/**
 * One batch of answers while it is being generated. Rows of answers that are over are taken out on the way, so that the
 * longest answer does not make all others wait.
 * @module
 */
import type { ModelConfig } from '../../model/config.js';
import { type RandomStream, randomStream } from '../../random.js';
import { collectGarbage } from './garbage.js';
import { KeyValueCache } from './key-value-cache.js';
import type {
  AnswerProgress,
  GenerateSettings,
  NewTokens,
  NextTokens,
  PromptBatch,
  Surroundings,
} from './prompt-batch.js';
import { chooseToken, type Sampling } from './sampling.js';

/** What computes the tokens of a batch. */
export interface TokenRunner {
  readonly config: ModelConfig;
  /** See `Generator.prefixes`. */
  prefixes(batch: PromptBatch): Promise<KeyValueCache | undefined>;
  /** See `Generator.run`. */
  run(newTokens: NewTokens, surroundings: Surroundings, sampling: Sampling): Promise<NextTokens[]>;
}

/** A row of the batch. Groups with fewer members than others are filled up with rows that are over from the start. */
interface Slot {
  /** Place of its prompt in the batch. */
  index: number;
  /** Row of the prefix. */
  group: number;
  /** Tokens of the prefix. */
  before: number;
  random: RandomStream;
  /** The last token, whose keys and values are not known yet. */
  token: number;
  made: number;
  over: boolean;
}

/** Tokens for which a cache gets room at a time. */
const ROOM_STEP = 32;
/** Rows are taken out when at most this part of them is needed. */
const NEEDED_SHARE = 0.75;

/** The state of a batch. */
export class Generation {
  readonly #runner: TokenRunner;
  readonly #settings: GenerateSettings;
  #slots: Slot[];
  #members: number;
  #prefix?: KeyValueCache;
  #own: KeyValueCache;
  #news = new Map<number, AnswerProgress>();

  private constructor(
    runner: TokenRunner,
    settings: GenerateSettings,
    state: { slots: Slot[]; members: number; prefix?: KeyValueCache; own: KeyValueCache },
  ) {
    this.#runner = runner;
    this.#settings = settings;
    this.#slots = state.slots;
    this.#members = state.members;
    this.#prefix = state.prefix;
    this.#own = state.own;
  }

  /** Reads the prompts and chooses each answer's first token. */
  static async begin(
    runner: TokenRunner,
    batch: PromptBatch,
    settings: GenerateSettings,
  ): Promise<Generation> {
    const prefix = await runner.prefixes(batch);
    const prompts = batch.groups.flatMap((group, number) =>
      group.members.map(({ id, rest }) => ({ id, rest, group: number, prefix: group.prefix.length })),
    );
    const slots = prompts.map(({ id, group, prefix: own }, index) => ({
      index,
      // Prompts that share nothing but the root share its one row.
      group: !prefix ? index : prefix.rows === 1 ? 0 : group,
      before: batch.root.length + own,
      random: randomStream(settings.seed, 'sample', id),
      token: 0,
      made: 0,
      over: false,
    }));
    const { members, laid } = layOut(slots);
    const rows = laid.map(({ index }) => prompts[index]!.rest);
    const longest = Math.max(...rows.map((row) => row.length));
    const room = longest + Math.min(settings.maxNewTokens, ROOM_STEP);
    const own = new KeyValueCache(runner.config, rows.length, room);
    const generation = new Generation(runner, settings, { slots: laid, members, prefix, own });
    await generation.#compute(rows);
    return generation;
  }

  /** See `Generator.advance`. */
  async advance(steps: number, ended: readonly number[]): Promise<AnswerProgress[]> {
    for (const slot of this.#slots) slot.over ||= ended.includes(slot.index);
    for (let i = 0; i < steps && this.#slots.some(({ over }) => !over); i++) {
      this.#tidy();
      await this.#compute(
        this.#slots.map(({ token }) => [token]),
        this.#own,
      );
    }
    const news = [...this.#news.values()];
    this.#news.clear();
    return news;
  }

  async #compute(rows: NewTokens['rows'], past?: KeyValueCache): Promise<void> {
    const offsets = this.#slots.map(({ before }, i) => before + this.#own.lengths[i]!);
    const results = await this.#runner.run(
      { rows, members: this.#members, offsets },
      { prefix: this.#prefix, past, into: this.#own },
      this.#settings,
    );
    for (const { first, count, next } of results) {
      for (let i = 0; i < count; i++) this.#choose(this.#slots[first + i]!, next, i);
    }
  }

  #choose(slot: Slot, next: Parameters<typeof chooseToken>[0], row: number): void {
    if (slot.over) return;
    const { maxNewTokens, stopTokenIds } = this.#settings;
    const token = chooseToken(next, row, this.#settings, slot.random);
    const news = this.#news.get(slot.index) ?? { index: slot.index, tokens: [], done: false, stopped: false };
    this.#news.set(slot.index, news);
    slot.token = token;
    if (stopTokenIds.includes(token)) news.stopped = true;
    else news.tokens.push(token);
    slot.made++;
    slot.over = news.stopped || slot.made >= maxNewTokens;
    news.done = slot.over;
  }

  /** Takes out rows that are over, where that pays, and makes room for one more token. */
  #tidy(): void {
    const live = this.#slots.flatMap((slot, row) => (slot.over ? [] : [{ ...slot, row }]));
    const { members, laid } = layOut(live);
    const room = Math.max(...laid.map(({ row }) => this.#own.lengths[row]!)) + 1;
    const full = Math.max(...this.#own.lengths) + 1 > this.#own.capacity;
    if (!full && laid.length > NEEDED_SHARE * this.#slots.length) return;
    this.#own = this.#own.select(
      laid.map(({ row }) => row),
      room - 1 + ROOM_STEP,
    );
    const groups = [...new Set(laid.map(({ group }) => group))];
    if (this.#prefix && groups.length < this.#prefix.rows) {
      this.#prefix = this.#prefix.select(groups, this.#prefix.capacity);
    }
    if (this.#slots.length > 1) collectGarbage();
    this.#members = members;
    this.#slots = laid.map((slot) => ({ ...slot, group: groups.indexOf(slot.group) }));
  }
}

/** Rows by group, each group filled up to the size of the largest. */
function layOut<T extends Slot>(slots: readonly T[]): { members: number; laid: T[] } {
  const groups = new Map<number, T[]>();
  for (const slot of slots) groups.set(slot.group, [...(groups.get(slot.group) ?? []), slot]);
  const members = Math.max(...[...groups.values()].map((group) => group.length));
  const laid = [...groups.values()].flatMap((group) =>
    Array.from({ length: members }, (_, i) => group[i] ?? { ...group[0]!, over: true }),
  );
  return { members, laid };
}
