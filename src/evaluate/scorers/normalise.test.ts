import { expect, it } from 'vitest';
import { normalisedTokens } from './normalise.js';

it.each([
  ['The Level-3 assets, a total of $1,000.50!', ['level', '3', 'assets', 'total', 'of', '1000.5']],
  ['(12.5) -3 −4 5% .5', ['-12.5', '-3', '-4', '5%', '0.5']],
  ['1,2,,3, 4,', ['123', '4']],
  ['Größe ２０１９', ['größe', '2019']],
  ['a the an', []],
])('%j', (text, words) => {
  expect(normalisedTokens(text)).toEqual(words);
});

it.each(['1', ',', '(', ')', '-', '.', '$', '%', '"', '1,', 'é', ' '])(
  'is quick on 100 kB of %j',
  (piece) => {
    const run = piece.repeat(1e5 / piece.length);
    expect(normalisedTokens(`1${run}x`).join('').length).toBeLessThanOrEqual(run.length + 2);
  },
);
