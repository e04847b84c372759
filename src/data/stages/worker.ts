/**
 * The worker thread of {@link WorkPool}.
 * @module
 */
import { AttuneError } from '../../errors.js';
import { doJob, type Job, type JobReport } from './work.js';

/** What comes back: errors lose their fields on the way between threads, so they travel as data. */
export type Reply =
  | { report: JobReport }
  | { failure: Pick<AttuneError, 'message' | 'file' | 'line' | 'field' | 'fix'> };

/** Does a job for the main thread. */
export default async function work(job: Job): Promise<Reply> {
  try {
    return { report: await doJob(job) };
  } catch (error) {
    if (!(error instanceof AttuneError)) throw error;
    const { message, file, line, field, fix } = error;
    return { failure: { message, file, line, field, fix } };
  }
}
