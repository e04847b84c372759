/**
 * The threads of a search for duplicates.
 * @module
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Chunk } from './chunks.js';
import type { RecordTable, Verdicts } from './pair-verifier.js';
import type { SketchedChunk } from './sketch-chunk.js';
import type * as worker from './worker.js';

/** Fewer pairs are not worth another message to a thread. */
const leastPairs = 512;

/** What the worker module exports. */
interface Tasks {
  sketch: typeof worker.sketch;
  verify: typeof worker.verify;
}

/** Runs a search's tasks on threads; whatever the threads do first, results come in the order of the tasks. */
export class WorkerPool {
  readonly #pool: Piscina;
  readonly #threads: number;
  // One listener for all tasks: Node warns of a signal with many.
  readonly #stop = (): void => void this.#pool.destroy();

  /**
   * @param threads at most the number of processors
   * @param signal ends the threads; what they were doing then fails
   */
  constructor(
    readonly search: worker.Search,
    threads: number,
    readonly signal?: AbortSignal,
  ) {
    this.#threads = Math.max(1, Math.min(threads, availableParallelism()));
    // Under a test runner the sources run uncompiled, which a worker cannot: it always starts from `dist/`.
    const here = import.meta.url;
    const compiled = here.endsWith('.ts') ? here.replace(/^(.*)\/src\//, '$1/dist/') : here;
    this.#pool = new Piscina({
      filename: fileURLToPath(new URL('worker.js', compiled)),
      minThreads: this.#threads,
      maxThreads: this.#threads,
      // A thread that ends would take its open files with it.
      idleTimeout: Number.POSITIVE_INFINITY,
    });
    signal?.addEventListener('abort', this.#stop, { once: true });
  }

  /** Sketches chunks; `onDone` is called after each with its size in bytes. */
  sketch(chunks: readonly Chunk[], onDone: (bytes: number) => void): Promise<SketchedChunk[]> {
    return Promise.all(
      chunks.map(async (chunk) => {
        const sketched = await this.#run('sketch', { ...this.search, chunk });
        onDone(chunk.end - chunk.start);
        return sketched;
      }),
    );
  }

  /** Compares pairs of lines; the verdicts are in the order of the pairs. */
  async verify(table: RecordTable, pairs: Int32Array): Promise<Verdicts> {
    const count = pairs.length / 2;
    const share = Math.max(leastPairs, Math.ceil(count / this.#threads));
    const starts = Array.from({ length: Math.ceil(count / share) }, (_, index) => index * share);
    const { forms, lengths, stores, offsets } = table;
    const parts: Verdicts[] = await Promise.all(
      starts.map((start) => {
        const task = { ...this.search, table: { forms, lengths, stores, offsets } };
        return this.#run('verify', { ...task, pairs: pairs.slice(start * 2, (start + share) * 2) });
      }),
    );
    const similarities = new Float64Array(count);
    const areDuplicates = new Uint8Array(count);
    for (const [index, part] of parts.entries()) {
      similarities.set(part.similarities, index * share);
      areDuplicates.set(part.areDuplicates, index * share);
    }
    return { similarities, areDuplicates };
  }

  /** Ends the threads, and what they are doing. */
  close(): Promise<void> {
    this.signal?.removeEventListener('abort', this.#stop);
    return this.#pool.destroy();
  }

  async #run<Name extends keyof Tasks>(
    name: Name,
    task: Parameters<Tasks[Name]>[0],
  ): Promise<ReturnType<Tasks[Name]>> {
    this.signal?.throwIfAborted();
    return this.#pool.run(task, { name });
  }
}
