import { expect, it } from 'vitest';
import { binomialCdf } from './distributions.js';
import { exactMcNemar } from './mcnemar.js';
import { references } from './references.fixture.js';

it.each(references.mcnemar)("is statsmodels' for $fixed fixed and $broken broken", ({ fixed, broken, p }) =>
  expect(exactMcNemar(fixed, broken)).toBeCloseTo(p, 11),
);

it.each(references.binomial)("gives SciPy's P(X <= $k) of $n", ({ k, n, p, cdf }) =>
  expect(binomialCdf(k, n, p)).toBeCloseTo(cdf, 11),
);

it('stays a number for hundreds of thousands', () => {
  expect(exactMcNemar(200_000, 200_000)).toBe(1);
  expect(exactMcNemar(300_000, 100_000)).toBeLessThan(1e-300);
});
