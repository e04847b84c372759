/**
 * Texts that are longer than what a model reads at once, cut for scoring.
 * @module
 */

/** One reading: the tokens from `from` to `end`, of which those from `scored` on are scored. */
export interface ScoringWindow {
  from: number;
  scored: number;
  end: number;
}

/**
 * Cuts a text into windows in which each token behind the context is scored once, as lm-evaluation-harness's
 * `loglikelihood_rolling` does with a context of one token. The last token of a window is scored and not read, so a
 * window may have one more than the model reads.
 *
 * @param context tokens that are not scored
 * @param length tokens in all
 * @param most tokens that the model reads
 */
export function scoringWindows(context: number, length: number, most: number): ScoringWindow[] {
  const windows: ScoringWindow[] = [];
  for (let scored = context; scored < length; ) {
    const end = Math.min(length, scored === context ? most + 1 : scored + most);
    windows.push({ from: Math.max(0, end - most - 1), scored, end });
    scored = end;
  }
  return windows;
}
