import { describe, expect, it } from 'vitest';
import { formatDuration, Pace } from './pace.js';

describe('Pace', () => {
  it('measures tokens a second and what rows and evaluations are left', () => {
    const pace = new Pace();
    pace.addStep(4, 400, 2);
    pace.addStep(2, 200, 1);
    pace.addEvaluation(3);
    pace.addEvaluation(5);
    expect(pace.tokensPerSecond()).toBe(200);
    expect(pace.secondsLeft(10, 2)).toBe(5 + 8);
  });

  it('follows a change of speed', () => {
    const pace = new Pace();
    for (let step = 0; step < 50; step++) pace.addStep(1, 10, 10);
    for (let step = 0; step < 20; step++) pace.addStep(1, 10, 1);
    expect(pace.tokensPerSecond()).toBe(10);
  });
});

describe('formatDuration', () => {
  it('takes the units that people use', () => {
    expect([0, 45, 60, 725, 3599, 3600, 11_100, 187_200].map(formatDuration)).toEqual([
      '0 s',
      '45 s',
      '1 min',
      '12 min',
      '1 h 0 min',
      '1 h 0 min',
      '3 h 5 min',
      '2 d 4 h',
    ]);
  });
});
