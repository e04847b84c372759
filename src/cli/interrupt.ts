/**
 * Ctrl-C: the first asks the work to stop at a safe point, the second ends the process at once.
 * @module
 */
import { constants } from 'node:os';

/** Exit code of a command that was interrupted: 128 + SIGINT, as shells have it. */
export const interruptedExitCode = 128 + constants.signals.SIGINT;

/** The user stopped the work; it can be gone on with. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Runs `work` with a signal that the first Ctrl-C (or SIGTERM) sets.
 *
 * @param onFirst called at the first interruption, to say what happens now
 */
export async function withInterrupt<T>(
  work: (signal: AbortSignal) => Promise<T>,
  onFirst: () => void,
): Promise<T> {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) process.exit(interruptedExitCode);
    onFirst();
    controller.abort(new Interrupted('interrupted'));
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  try {
    return await work(controller.signal);
  } catch (error) {
    // whatever the parts throw when they are asked to stop, it is the interruption that ended the work
    if (controller.signal.aborted && isAbort(error)) throw controller.signal.reason;
    throw error;
  } finally {
    process.off('SIGINT', listener);
    process.off('SIGTERM', listener);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Interrupted || (error as Error | undefined)?.name === 'AbortError';
}
