import { describe, expect, it } from 'vitest';
import { asTheyEnd } from './as-they-end.js';

/** Pieces of work that end when they are told to. */
function controlled(): {
  work: (item: number, lane: number, signal: AbortSignal) => Promise<number>;
  end: (item: number) => Promise<void>;
  fail: (item: number) => Promise<void>;
  begun: number[];
  aborted: number[];
} {
  const begun: number[] = [];
  const aborted: number[] = [];
  const pending = new Map<number, { resolve: (value: number) => void; reject: (error: unknown) => void }>();
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    begun,
    aborted,
    work: (item, _lane, signal) =>
      new Promise((resolve, reject) => {
        begun.push(item);
        pending.set(item, { resolve, reject });
        signal.addEventListener('abort', () => {
          if (!pending.delete(item)) return;
          aborted.push(item);
          reject(signal.reason);
        });
      }),
    end: (item) => {
      pending.get(item)!.resolve(item * 10);
      pending.delete(item);
      return settled();
    },
    fail: (item) => {
      pending.get(item)!.reject(new Error(`item ${item}`));
      pending.delete(item);
      return settled();
    },
  };
}

describe('asTheyEnd', () => {
  it('yields in the order of the ends, never more under way than lanes', async () => {
    const { work, end, begun } = controlled();
    const results = asTheyEnd([1, 2, 3], 2, work);
    const first = results.next();
    await end(2);
    expect(await first).toEqual({ value: 20, done: false });
    // Whoever reads has not come back yet, so that the result may not be written down.
    expect(begun).toEqual([1, 2]);
    const second = results.next();
    await end(1);
    expect(begun).toEqual([1, 2, 3]);
    expect(await second).toEqual({ value: 10, done: false });
    const third = results.next();
    await end(3);
    expect([await third, await results.next()]).toEqual([
      { value: 30, done: false },
      { value: undefined, done: true },
    ]);
  });

  it('gives what was ready before a failure, and stops the rest', async () => {
    const { work, end, fail, aborted, begun } = controlled();
    const results = asTheyEnd([1, 2, 3, 4], 3, work);
    const first = results.next();
    await end(1);
    await fail(2);
    expect(await first).toEqual({ value: 10, done: false });
    await expect(results.next()).rejects.toThrow('item 2');
    expect(begun).toEqual([1, 2, 3]);
    expect(aborted).toEqual([3]);
  });

  it('tells the work when nobody reads on or the caller aborts', async () => {
    const left = controlled();
    const results = asTheyEnd([1, 2], 2, left.work);
    const first = results.next();
    await left.end(1);
    await first;
    await results.return(undefined);
    expect(left.aborted).toEqual([2]);

    const stopped = controlled();
    const stop = new AbortController();
    const read = asTheyEnd([1, 2], 1, stopped.work, stop.signal).next();
    stop.abort(new Error('enough'));
    await expect(read).rejects.toThrow('enough');
    expect(stopped.begun).toEqual([1]);
  });

  it('has nothing to do for no items', async () => {
    expect(await asTheyEnd([], 3, async () => 1).next()).toEqual({ value: undefined, done: true });
  });
});
