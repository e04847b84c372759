/**
 * How many requests may be under way at the same time, and how many may begin in a minute.
 * @module
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Lets requests through one after the other, in the order in which they came. */
export class RequestGate {
  readonly #interval: number;
  #free: number;
  #nextStart = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param perMinute most requests that begin in a minute, spread evenly; undefined for no limit */
  constructor(concurrency: number, perMinute?: number) {
    this.#free = concurrency;
    this.#interval = perMinute === undefined ? 0 : 60_000 / perMinute;
  }

  /** Does `work` when it is its turn. */
  async pass<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      signal?.throwIfAborted();
      return await work();
    } finally {
      // The place goes to the next one directly, so that nobody overtakes.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }

  /** Waits until another attempt may begin. */
  async pace(signal?: AbortSignal): Promise<void> {
    if (this.#interval === 0) return;
    const now = performance.now();
    const start = Math.max(now, this.#nextStart);
    this.#nextStart = start + this.#interval;
    if (start > now) await sleep(start - now, undefined, { signal });
  }
}
