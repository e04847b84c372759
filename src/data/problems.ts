/**
 * What is wrong with data, collected so that a user sees all of it at once.
 * @module
 */
import { AttuneError } from '../errors.js';

/** One thing that is wrong, and what to do about it. */
export interface DataProblem {
  /** An `error` stops `data prepare`, a `warning` does not. */
  severity: 'error' | 'warning';
  message: string;
  file?: string;
  /** 1-based line in `file`. */
  line?: number;
  field?: string;
  fix?: string;
}

/** Throws the first error among `problems`; its message says how many more there are. */
export function throwFirst(problems: readonly DataProblem[]): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const first = errors[0];
  if (!first) return;
  const more = errors.length - 1;
  const note =
    more > 0 ? ` (and ${more} more problem${more > 1 ? 's' : ''}; \`attune data check\` lists them)` : '';
  throw new AttuneError(`${first.message}${note}`, first);
}

/**
 * An error that the user can mend, as a problem; any other is thrown again.
 */
export function problemOf(error: unknown): DataProblem {
  if (!(error instanceof AttuneError)) throw error;
  const { message, file, line, field, fix } = error;
  return { severity: 'error', message, file, line, field, fix };
}
