/**
 * How the page makes intervals that nobody has computed before.
 * @module
 */
import type { ResamplingSettings } from '../statistics/bootstrap.js';

/** Settings for a level; the page shows few figures that need resampling. */
export function scoreResampling(confidence: number): ResamplingSettings {
  return { confidence, resamples: 2000, seed: 0 };
}
