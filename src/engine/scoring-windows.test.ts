import { expect, it } from 'vitest';
import { scoringWindows } from './scoring-windows.js';

it('scores each token once, in windows as long as the model reads', () => {
  expect(scoringWindows(1, 5, 8)).toEqual([{ from: 0, scored: 1, end: 5 }]);
  expect(scoringWindows(3, 9, 8)).toEqual([{ from: 0, scored: 3, end: 9 }]);
  // lm_eval.utils.get_rolling_token_windows over 10 tokens with max_seq_len 4 and context_len 1, its prefix token first.
  expect(scoringWindows(1, 11, 4)).toEqual([
    { from: 0, scored: 1, end: 5 },
    { from: 4, scored: 5, end: 9 },
    { from: 6, scored: 9, end: 11 },
  ]);
  expect(scoringWindows(2, 2, 4)).toEqual([]);
});
