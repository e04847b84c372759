import { expect, it } from 'vitest';
import { readAnswer } from '../../data/answers.js';
import { answerValue } from './answer-value.js';

it.each([
  ['(1496.5 - 1202.9) / 1202.9 in %', '24.407681 %'],
  ['1,496.5 million', '1 496.5 million'],
  ['3 - 5', '−2'],
])('value of %s', (text, expected) =>
  expect(answerValue(readAnswer(text).number!).replaceAll('\u202f', ' ')).toBe(expected),
);
