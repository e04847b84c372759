/**
 * How to load a benchmark.
 * @module
 */
import type { OnProgress } from '../../progress.js';
import type { ResolveScorers } from './scorer-specs.js';

/** How to load a benchmark. */
export interface LoadBenchmarkOptions {
  /** File, folder, glob or `hub:` path to take in place of the benchmark's own items; relative to the working directory. */
  itemsPath?: string;
  /** Goes before the file's `max_items`. */
  maxItems?: number;
  resolveScorers: ResolveScorers;
  /** Told what of the file is left out, or done otherwise than its format says. */
  onNotice?: (notice: string) => void;
  signal?: AbortSignal;
  onProgress?: OnProgress;
}
