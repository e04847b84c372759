import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../data/answers.js';
import type { AnswerFormatSetting } from '../../recipe/data/formats.js';
import { textReference } from '../benchmarks/reference.js';
import { answerFormat } from './answer-format.js';

const score = (setting: AnswerFormatSetting, text: string, reference: string): number | undefined =>
  answerFormat(setting).score(
    { id: 'a', text, value: readAnswer(text), stopped: true },
    { id: 'a', task: 't', group: 'g', prompt: { text: '' }, reference: textReference(reference), fields: {} },
  );

describe('answerFormat', () => {
  it.each([
    ['figure', '1452.4', '12', 1],
    ['figure', ' -12\n', '12', 1],
    ['figure', '40.0%', '12', 1],
    ['figure', '1,452.4', '12', 0],
    ['figure', 'It is 1452.4', '12', 0],
    ['figure', 'Answer: 12', '12', 0],
    ['figure', '', '12', 0],
    ['figure', '12', '1,200', 1],
    ['figure', '12', 'The table does not say.', undefined],
    ['expression', '(5 - 4) / 4 in %', '5 - 3', 1],
    ['expression', '5', '5 - 3', 0],
    ['declining', 'The text does not say.', 'The table does not say.', 1],
    ['declining', 'No idea.', 'The table does not say.', 0],
    ['sentence', 'Sales rose because of fish.', 'Sales fell in Norway.', 1],
    ['sentence', 'fish', 'Sales fell in Norway.', 0],
    [{ options: ['yes', 'no'] }, 'no', 'yes', 1],
    [{ options: ['yes', 'no'] }, 'No.', 'yes', 0],
    [{ json: ['a', 'b'] }, '{"a": 1, "b": null}', '{"a": 2, "b": 3}', 1],
    [{ json: ['a', 'b'] }, '{\n  "a": 1,\n  "b": null\n}', '{"a": 2, "b": 3}', 1],
    [{ json: ['a', 'b'] }, '{"a": 1}', '{"a": 2, "b": 3}', 0],
    [{ json: ['a', 'b'] }, '```json\n{"a": 1, "b": 2}\n```', '{"a": 2, "b": 3}', 0],
    [{ regex: '[A-E]' }, 'C', 'A', 1],
    [{ regex: '[A-E]' }, 'C.', 'A', 0],
  ] as [AnswerFormatSetting, string, string, number | undefined][])(
    'of %j: %j beside %j',
    (setting, text, reference, wanted) => {
      expect(score(setting, text, reference)).toBe(wanted);
    },
  );

  it('takes time in proportion to the length of an answer', () => {
    for (const setting of ['figure', 'expression', 'value', 'sentence', 'text'] as const) {
      for (const length of [19_000, 100_000]) {
        for (const part of ['1', ' ', '=', ',', '(', '.', '`', '*']) {
          score(setting, `1${part.repeat(length)}1`, setting === 'figure' ? '1' : '5 - 3 is more.');
        }
      }
    }
    expect(score('text', 'a'.repeat(100_000), 'b')).toBe(0);
  });
});
