/**
 * How the parts below the command line report what they are doing: they call, the terminal draws.
 * @module
 */

/** One report of a running piece of work. */
export interface Progress {
  /** What is being done, for example `download` or `train`. */
  phase: string;
  /** Units done so far. */
  done: number;
  /** Units in all, when known. */
  total?: number;
  /** What is counted, for example `bytes`, `steps`, `items`. */
  unit: string;
  /** Short free text beside the bar, for example `loss 1.73`. */
  note?: string;
}

/** Receives progress; called often, so it must be cheap and must not throw. */
export type OnProgress = (progress: Progress) => void;
