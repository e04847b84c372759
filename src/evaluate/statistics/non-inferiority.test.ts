import { expect, it } from 'vitest';
import { nonInferiority } from './non-inferiority.js';

it.each([
  [-0.01, 0.02, true, 'kept'],
  [-0.02, 0.01, true, 'cannot tell'],
  [-0.05, -0.01, true, 'cannot tell'],
  [-0.09, -0.03, true, 'lost'],
  [0.03, 0.09, false, 'lost'],
  [-0.5, 0.01, false, 'kept'],
  [-1, 1, true, 'cannot tell'],
])('a difference from %d to %d, higher is better %s: %s', (low, high, higherIsBetter, expected) =>
  expect(nonInferiority({ interval: { low, high } }, 0.02, higherIsBetter)).toBe(expected),
);
