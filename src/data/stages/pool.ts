/**
 * Worker threads for jobs; small work is done in place, since starting a thread takes longer.
 * @module
 */
import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { AttuneError } from '../../errors.js';
import { doJob, type Job, type JobReport } from './work.js';
import type { Reply } from './worker.js';

/** Work on fewer bytes is done in place. */
const smallWork = 4 * 2 ** 20;

/** Does jobs, several at a time. */
export interface WorkPool {
  /**
   * Does all jobs, in any order.
   *
   * @param bytes size of their input together
   * @param onDone called after each job
   * @returns their reports, in the order of the jobs
   */
  run(jobs: readonly Job[], bytes: number, onDone: (report: JobReport) => void): Promise<JobReport[]>;
  close(): Promise<void>;
}

/** A pool that starts its threads, one a core, when there is enough to do. */
export function createWorkPool(signal?: AbortSignal): WorkPool {
  let pool: Piscina<Job, Reply> | undefined;
  // Every waiting job listens; Node takes more than ten listeners for a leak.
  if (signal) setMaxListeners(0, signal);
  const start = (): Piscina<Job, Reply> =>
    new Piscina<Job, Reply>({
      // Under a test runner the sources run uncompiled, which a worker cannot: it always starts from dist/.
      filename: new URL('./worker.js', import.meta.url.replace('/src/', '/dist/')).href,
      // Threads that wait give their memory back to the stages that see all items at once.
      minThreads: 0,
      maxThreads: availableParallelism(),
      idleTimeout: 2000,
    });
  return {
    async run(jobs, bytes, onDone) {
      if (bytes < smallWork) {
        const reports: JobReport[] = [];
        for (const job of jobs) {
          signal?.throwIfAborted();
          const report = await doJob(job, signal);
          onDone(report);
          reports.push(report);
        }
        return reports;
      }
      pool ??= start();
      const running = pool;
      return Promise.all(
        jobs.map(async (job) => {
          const reply = await running.run(job, { signal });
          if ('failure' in reply) throw new AttuneError(reply.failure.message, reply.failure);
          onDone(reply.report);
          return reply.report;
        }),
      );
    },
    close: async () => {
      await pool?.destroy();
    },
  };
}
