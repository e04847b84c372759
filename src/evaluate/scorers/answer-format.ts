/**
 * Whether an answer keeps the form that its task wants.
 * @module
 */
import { type AnswerFormat, checkAnswer, formatOf } from '../../data/pairs/answer-formats.js';
import type { AnswerFormatSetting } from '../../recipe/data/formats.js';
import type { Scorer } from './scorer.js';

/**
 * 1 where an answer has a form as it stands, white space around it left aside; what the preparation of data would repair (a
 * code fence, `Answer:`, thousands separators) scores 0, as does an answer of more than 20,000 characters. Undefined for items whose
 * reference has not this form itself, even repaired: a refusal among figures.
 *
 * @param setting the form as `formats` of the recipe states it: `figure`, `{ options: [...] }`, `{ json: [...] }`, ...
 */
export function answerFormat(setting: AnswerFormatSetting): Scorer {
  const format = formatOf(setting);
  return {
    name: 'answer_format',
    score: ({ text }, { reference }) => {
      if ('rejected' in checkAnswer('', reference.text, format)) return undefined;
      return hasFormat(text.trim(), format) ? 1 : 0;
    },
  };
}

function hasFormat(text: string, format: AnswerFormat): boolean {
  const verdict = checkAnswer('', text, format);
  return 'ok' in verdict || ('repaired' in verdict && verdict.by === 'white space');
}
