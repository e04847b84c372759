/**
 * Several pieces of work at the same time, their results as they come.
 * @module
 */
import { setMaxListeners } from 'node:events';

/** Does one piece of work in the lane of this number, from 0; the signal ends when nobody wants the result any more. */
export type LaneWork<T, R> = (item: T, lane: number, signal: AbortSignal) => Promise<R>;

/**
 * Yields the results of `work` in the order in which they are ready, at most `lanes` under way. Items begin in their
 * order. A lane begins its next item once the caller has come back for more after the result of its last one: what the
 * caller writes down is never behind by more than the results that are under way. The first failure stops the others and is thrown after the results that were ready by then; when the caller
 * stops reading, the work under way is told by its signal. Nothing runs any more when this has ended.
 *
 * @throws what `work` throws; the signal's reason when aborted
 */
export async function* asTheyEnd<T, R>(
  items: readonly T[],
  lanes: number,
  work: LaneWork<T, R>,
  signal?: AbortSignal,
): AsyncGenerator<R> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  // Every piece of work may listen to it.
  setMaxListeners(0, either);
  const ready: { result: R; taken: () => void }[] = [];
  let handedOut: (() => void) | undefined;
  let closed = false;
  let failure: { error: unknown } | undefined;
  let wake = (): void => {};
  let next = 0;
  let running = Math.min(lanes, items.length);
  const runLane = async (lane: number): Promise<void> => {
    try {
      while (next < items.length && !either.aborted) {
        const result = await work(items[next++]!, lane, either);
        if (closed) break;
        await new Promise<void>((taken) => {
          ready.push({ result, taken });
          wake();
        });
      }
    } catch (error) {
      failure ??= { error };
      stop.abort(error);
    }
    running--;
    wake();
  };
  const all = Array.from({ length: running }, (_, lane) => runLane(lane));
  try {
    for (;;) {
      for (let one = ready.shift(); one; one = ready.shift()) {
        handedOut = one.taken;
        yield one.result;
        one.taken();
      }
      if (running === 0) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    closed = true;
    stop.abort();
    handedOut?.();
    for (const { taken } of ready) taken();
    await Promise.all(all);
  }
  signal?.throwIfAborted();
  if (failure) throw failure.error;
}
