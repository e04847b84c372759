/**
 * The same question in other words.
 * @module
 */
import type { RandomStream } from '../../random.js';
import type { Item } from '../item.js';
import { fill, phrasings } from '../pairs/phrasings.js';
import { readContextTable } from './context-table.js';
import type { Change, Exchange } from './exchange.js';
import { readQuestion } from './questions.js';

/**
 * Asks the same in other words: pairs that Attune made in another phrasing of the same fact, other instructions by rules
 * that are safe for every one of their kind. A teacher's rewording would be a third way; it belongs here, because what
 * comes after (bounds, ids, comparison with the parent) is the same for all three.
 */
export function paraphrase(item: Item, exchange: Exchange, random: RandomStream): Change | undefined {
  return rephrase(item, exchange, random) ?? reframe(exchange, random);
}

/** Another phrasing of the fact that a pair of Attune's asks for. */
function rephrase(item: Item, exchange: Exchange, random: RandomStream): Change | undefined {
  const table = readContextTable(exchange.context);
  const fact = table && readQuestion(item.task, exchange.question, table);
  if (!fact) return undefined;
  const others = phrasings[fact.phrasing].filter((template) => template !== fact.template);
  const question = fill(random.pick(others), fact.words);
  return { exchange: { ...exchange, question }, note: 'another phrasing of the same question' };
}

/** Verbs that an instruction begins with, where `Please` and `Could you` fit before them. */
const imperative =
  /^(?:add|analy[sz]e|answer|arrange|calculate|categori[sz]e|check|choose|cite|classify|compare|complete|compose|compute|construct|convert|correct|count|create|define|describe|design|determine|develop|discuss|draft|edit|elaborate|estimate|evaluate|examine|explain|express|extract|fill|find|format|generate|give|identify|illustrate|infer|interpret|list|match|name|outline|paraphrase|predict|propose|provide|rank|read|recommend|replace|rephrase|restate|rewrite|select|simplify|sort|state|suggest|summari[sz]e|tell|transform|translate|turn|use|verify|write)\s/i;
const wordQuestion = /^(?:what|who|whom|whose|which|when|where|why|how)\b/i;
const yesNoQuestion =
  /^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must)\s/i;
/** A noun that `What is the ...` asks for as a whole, so that `Give the ...` asks the same. */
const measure =
  /^(what (?:is|was|are|were)) (the (?:\w+ )?(?:amount|average|capital|cost|date|definition|difference|formula|meaning|name|number|percentage|price|purpose|ratio|result|sum|total|value|cause|symptoms|diagnosis) (?:of|for|between) [^?]+)\?$/i;
const command = /^(?:give|state|name|determine|compute|calculate|find) (the \w[^.!?]*)[.]?$/i;

type Frame = (sentence: string) => string | undefined;

const lower = (sentence: string): string => sentence[0]!.toLowerCase() + sentence.slice(1);
const bare = (sentence: string): string => sentence.replace(/[.!]+$/, '');

const imperativeFrames: Frame[] = [
  (sentence) => `Please ${lower(bare(sentence))}.`,
  (sentence) => `Could you ${lower(bare(sentence))}?`,
  (sentence) => `I would like you to ${lower(bare(sentence))}.`,
  (sentence) => `Your task: ${lower(bare(sentence))}.`,
  (sentence) => {
    const asked = command.exec(sentence)?.[1];
    const whole = asked && measure.test(`What is ${asked}?`);
    return whole ? `What is ${asked}?` : undefined;
  },
];
const questionFrames: Frame[] = [
  (sentence) => `Please answer this question: ${sentence}`,
  (sentence) => `Here is a question: ${sentence}`,
  (sentence) => `I would like to know: ${lower(sentence)}`,
  (sentence) => `Could you tell me: ${lower(sentence)}`,
  (sentence) => {
    const asked = measure.exec(sentence)?.[2];
    return asked ? `State ${asked}.` : undefined;
  },
];

/**
 * Puts an instruction into another frame: a polite one, a question for a command or a command for a question. Only where
 * it is one sentence, alone or before its input, for then a frame around it changes nothing.
 */
function reframe(exchange: Exchange, random: RandomStream): Change | undefined {
  const { question } = exchange;
  const end = exchange.context === '' ? question.indexOf('\n\n') : -1;
  const sentence = (end < 0 ? question : question.slice(0, end)).trim();
  const rest = end < 0 ? '' : question.slice(end);
  if (sentence.length < 8 || sentence.length > 300 || /\n|[.!?:;]["”')]?\s/.test(sentence)) return undefined;
  const asks = sentence.endsWith('?');
  const frames =
    !asks && imperative.test(sentence)
      ? imperativeFrames
      : asks && rest === '' && (wordQuestion.test(sentence) || yesNoQuestion.test(sentence))
        ? questionFrames
        : [];
  if (/\b(?:please|could you|can you)\b|^[A-Z]{2}/.test(sentence)) return undefined;
  const reworded = random
    .shuffle(frames)
    .flatMap((frame) => frame(sentence) ?? [])
    .find((text) => text !== sentence);
  if (reworded === undefined) return undefined;
  return {
    exchange: { ...exchange, question: reworded + rest },
    note: 'the same instruction in another frame',
  };
}
