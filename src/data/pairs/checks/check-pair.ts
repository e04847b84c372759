/**
 * Everything that a pair has to pass that was not made by a rule.
 * @module
 */
import { readAnswer } from '../../answers.js';
import { type AnswerFormat, checkAnswer } from '../answer-formats.js';
import { valueText } from '../calculations.js';
import { checkGrounding } from './grounding.js';
import { foreignLanguage } from './language.js';
import { type LengthLimits, wordingProblem } from './wording.js';
import { contentWords, holds, normalised, stem } from './words.js';

/** A question and its answer on a context, with the words of the context that prove it. */
export interface ProposedPair {
  task: string;
  question: string;
  answer: string;
  /** Empty where the answer is that there is none. */
  quote: string;
  context: string;
}

/** A pair that passes, its answer in its form, or the first reason why it does not. */
export type PairVerdict =
  | { answer: string; value?: string; repaired?: string }
  /** Short name of the reason, and in words what was found. */
  | { reason: string; detail: string };

/** Shorter quotes prove nothing. */
const minimumQuote = 2;

/**
 * Checks a proposed pair: its wording, the form of its answer, that its quote stands in the context, that its numbers
 * and names do or follow from it, that question and answer agree in language with the context, and that the question
 * does not hold the answer.
 */
export function checkPair(pair: ProposedPair, format: AnswerFormat, limits: LengthLimits): PairVerdict {
  const { task, question, context } = pair;
  const reject = (reason: string, detail: string): PairVerdict => ({ reason, detail });
  const wording = wordingProblem(question, pair.answer, limits);
  if (wording) return wording;
  const verdict = checkAnswer(task, pair.answer, format);
  if ('rejected' in verdict) return reject(`format_${verdict.rejected}`, pair.answer.slice(0, 200));
  const answer = 'repaired' in verdict ? verdict.repaired : pair.answer;
  const repaired = 'repaired' in verdict ? { repaired: verdict.by } : {};
  const foreign = foreignLanguage(`${question} ${format.kind === 'json' ? '' : answer}`, context);
  if (foreign) return reject('wrong_language', foreign);
  if (format.kind === 'declining') {
    const problem = answerableProblem(question, context);
    return problem ? reject('answerable', problem) : { answer, ...repaired };
  }
  if (!('rejected' in checkAnswer(task, answer, { kind: 'declining' }))) {
    return reject('declined', 'the text is said to hold no answer, but one was asked for');
  }
  if (normalised(pair.quote).length < minimumQuote)
    return reject('no_quote', 'no words of the text are given');
  if (!holds(context, pair.quote)) return reject('quote_not_in_text', pair.quote.slice(0, 200));
  const offered = format.kind === 'label';
  if (offered && !holds(question, answer)) return reject('option_not_offered', answer);
  if (!offered && format.kind !== 'json' && holds(question, answer))
    return reject('question_names_answer', answer);
  if (format.kind === 'value' && !holds(context, answer)) return reject('answer_not_in_text', answer);
  // Labels are words for what the text says; what they rest on is the quote.
  const { ungroundedNumbers, ungroundedNames } = checkGrounding(
    offered ? '' : groundable(answer, format),
    context,
  );
  if (ungroundedNumbers.length > 0) return reject('invented_number', ungroundedNumbers.join(', '));
  if (ungroundedNames.length > 0) return reject('invented_name', ungroundedNames.join(', '));
  const asked = checkGrounding(question, context);
  if (!offered && asked.ungroundedNumbers.length > 0) {
    return reject('invented_number', `in the question: ${asked.ungroundedNumbers.join(', ')}`);
  }
  const value = format.kind === 'expression' ? readAnswer(answer).number : undefined;
  return {
    answer,
    ...(value ? { value: valueText(value.value, value.percent) } : {}),
    ...repaired,
  };
}

/** What a question that has no answer must not be, in words; undefined where it may be one. */
function answerableProblem(question: string, context: string): string | undefined {
  const known = new Set(contentWords(context).map(stem));
  const telling = contentWords(question).map(stem);
  // A question all of whose words the text holds may well be answered there.
  return (telling.length > 0 && telling.some((word) => !known.has(word))) ||
    (/\d/.test(question) && !figuresKnown(question, context))
    ? undefined
    : 'every word of the question stands in the text';
}

function figuresKnown(question: string, context: string): boolean {
  return (question.match(/\d+/g) ?? []).every((digits) => context.includes(digits));
}

/** The parts of an answer that have to stand in the context: of JSON its values, not its keys. */
function groundable(answer: string, format: AnswerFormat): string {
  if (format.kind !== 'json') return answer;
  const values = Object.values(JSON.parse(answer) as Record<string, unknown>);
  return values.filter((value) => value !== null && typeof value !== 'boolean').join('\n');
}
