import { describe, it } from 'vitest';
import { expectEveryOperator, expectGradients, type Problem } from '../gradient-check.fixture.js';
import { integers, normal } from '../interpreter/random.fixture.js';
import { value } from '../interpreter/value.fixture.js';
import * as operators from './normalization.js';

/** Cosines and sines of arbitrary angles: a rotation whatever the table says. */
function angles(positions: number, half: number) {
  const angle = normal([positions, half]);
  const table = (f: (x: number) => number) => ({
    ...angle,
    value: value(angle.value.shape, angle.value.data.map(f)),
  });
  return { cos: table(Math.cos), sin: table(Math.sin) };
}

const problems: Record<string, Problem[]> = {
  softmax: [
    { inputs: { x: normal([3, 5], ['n', 5]) }, build: ({ x }) => operators.softmax(x!) },
    { inputs: { x: normal([2, 2, 3, 4]) }, build: ({ x }) => operators.softmax(x!) },
  ],
  rmsNorm: [1e-5, 0.5].map((epsilon) => ({
    inputs: { x: normal([3, 6], ['n', 6]), weight: normal([6]) },
    build: ({ x, weight }) => operators.rmsNorm(x!, weight!, epsilon),
  })),
  rotary: [
    {
      inputs: {
        x: normal([2, 3, 4, 6], ['batch', 3, 'sequence', 6]),
        positions: integers([0, 1, 2, 4, 3, 0, 1, 4], [2, 4]),
        ...angles(5, 3),
      },
      build: ({ x, positions, cos, sin }) => operators.rotary(x!, positions!, { cos: cos!, sin: sin! }),
      by: ['x'],
    },
  ],
};

describe('gradients of normalizations and rotary positions', () => {
  it.each(Object.keys(problems))('%s', (name) => {
    for (const problem of problems[name]!) expectGradients(problem);
  });

  it('of every operator are checked', () => {
    expectEveryOperator(operators, Object.keys(problems));
  });
});
