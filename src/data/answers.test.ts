import { describe, expect, it } from 'vitest';
import { readAnswer } from './answers.js';

describe('readAnswer', () => {
  it.each([
    ['1452.4', { value: 1452.4, percent: false, resolution: 0.05 }],
    ['-12', { value: -12, percent: false, resolution: 0.5 }],
    ['(12)', { value: -12, percent: false, resolution: 0.5 }],
    ['$(1,012.5)', { value: -1012.5, percent: false, resolution: 0.05 }],
    ['40.0%', { value: 0.4, percent: true, resolution: 0.0005 }],
    ['(0.5)%', { value: -0.005, percent: true, resolution: 0.0005 }],
    ['24.4 percent', { value: 0.244, percent: true, resolution: 0.0005 }],
    ['$1,496.5 million', { value: 1496.5, percent: false, scale: 1e6, resolution: 0.05 }],
    ['3 billion dollars.', { value: 3, percent: false, scale: 1e9, resolution: 0.5 }],
    ['2019', { value: 2019, percent: false, resolution: 0.5 }],
    ['5 - 3', { value: 2, percent: false, resolution: 0, expression: '5 - 3' }],
    ['(5 - 4) / 4 in %', { value: 0.25, percent: true, resolution: 0, expression: '(5 - 4) / 4' }],
    ['40% - 38%', { value: 0.02, percent: true, resolution: 0, expression: '40% - 38%' }],
    ['(5 - 4) / 4 = 26%', { value: 0.25, percent: true, resolution: 0, expression: '(5 - 4) / 4' }],
    ['Change = 12.5', { value: 12.5, percent: false, resolution: 0.05 }],
  ])('reads %s', (text, number) => {
    const answer = readAnswer(text);
    expect(answer.kind).toBe('number');
    expect(answer.number).toEqual({
      ...number,
      value: expect.closeTo(number.value, 12),
      resolution: expect.closeTo(number.resolution, 12),
    });
  });

  it.each([
    ['Total sales were $1,496.5 million in 2019.', 1496.5, false, 1e6],
    ['From 2018 to 2019 it rose by 24.4%.', 0.244, true, undefined],
    ['The change is **1496.5 - 1202.9 = 293.6**', 293.6, false, undefined],
    ['So we calculate (5 - 3) / 2', 1, false, undefined],
    ['It was highest in 2019', 2019, false, undefined],
    ['Level 3 assets', 3, false, undefined],
  ])('finds the figure in: %s', (text, value, percent, scale) => {
    const answer = readAnswer(text);
    expect(answer.kind).toBe('text');
    expect(answer.number?.value).toBeCloseTo(value, 10);
    expect(answer.number?.percent).toBe(percent);
    expect(answer.number?.scale).toBe(scale);
  });

  it.each([
    ['(5 - 4) / 4 = 0.25 = 25%', 0.25, true],
    ['so = 7 = 5 - 3 = 2', 2, false],
    [`${'a long way to it, '.repeat(500)}= 8 - 3 = 5`, 5, false],
    ['5 - 3 = two', 2, false],
    ['x = 12 = y', 12, false],
  ])('follows a chain of equations: %s', (text, value, percent) => {
    const { number } = readAnswer(text);
    expect(number?.value).toBe(value);
    expect(number?.percent).toBe(percent);
  });

  it('takes time in proportion to the length of an answer', () => {
    for (const part of [
      '1',
      '(',
      '=',
      ' ',
      '-',
      '$',
      '1=',
      '1 ',
      '(1',
      '1)',
      '.',
      '%',
      '1 a ',
      ' percent',
      'a =',
      '1,',
    ]) {
      const long = part.repeat(100_000 / part.length);
      readAnswer(long);
      expect(readAnswer(`5 apples ${long} apples`).kind).toBe('text');
      expect(readAnswer(`x${long}x`).kind).toBe('text');
    }
    const many = Array.from({ length: 10_000 }, (_, index) => `${index} items`).join(', ');
    expect(readAnswer(many).number?.value).toBe(9999);
  });

  it('keeps text without a figure as text', () => {
    expect(readAnswer('  Fixed Price ')).toEqual({ kind: 'text', text: 'Fixed Price', number: undefined });
  });
});
