/**
 * Rules that tell defects of a question and its answer from the text alone.
 * @module
 */
import { readExchange } from '../augment/exchange.js';
import { type Item, itemTexts } from '../item.js';

/** Names of the rules and how much each takes from the score; 1 is a clear defect. */
export const qualityRules = {
  empty_answer: 1,
  leaked_marker: 1,
  invalid_json: 0.5,
  refusal: 0.5,
  copies_question: 0.5,
  repetition: 0.4,
  placeholder: 0.4,
  transcript: 0.3,
  truncated: 0.3,
  mixed_languages: 0.3,
  too_short: 0.2,
  too_long: 0.2,
  unbalanced: 0.1,
  chatter: 0.1,
} as const;

/** Name of a rule. */
export type QualityRule = keyof typeof qualityRules;

/** A rule that an item breaks, with what was found. */
export interface Defect {
  rule: QualityRule;
  detail: string;
}

const specialToken =
  /<\|(?:im_start|im_end|endoftext|eot_id|start_header_id|end_header_id|begin_of_text|end_of_text|system|user|assistant|end)\|>|<\/?(?:start|end)_of_turn>|\[\/?INST\]|<<\/?SYS>>|<｜(?:User|Assistant|begin▁of▁sentence|end▁of▁sentence)｜>/;
/** The headings of templates at the beginning of a line. */
const heading = /^### ?(?:Instruction|Response|Input|Human|Assistant|User|System):/m;
/** Turns of a transcript: often a model that went on for the user, but also what was asked for. */
const transcript = /^(?:ASSISTANT|USER|HUMAN|Human|Assistant|User): /m;
const blanks =
  /\[(?:your|insert|enter|add|company|customer|client|recipient|sender)[ _][^\]\n]{0,40}\]|\[(?:name|date|address|company|title|city|number)\]|<(?:insert|your)[ _][^>\n]{0,40}>|\blorem ipsum\b|\{\{ ?\w{1,30} ?\}\}|\bTODO\b|\bXXX+\b/i;
const refusalStart =
  /^(?:i(?:['’]m| am) (?:very |so )?sorry,? (?:but )?(?:i |as )|sorry,? (?:but )?i (?:can(?:['’]t|not)|am)|as an ai\b|i(?:['’]m| am) (?:just |only )?an ai\b|i (?:can(?:['’]t|not)|am (?:not able|unable) to|won['’]t be able to) (?:assist|help|answer|provide|fulfil|fulfill|comply|access|browse|generate|create))/i;
const refusalInside =
  /\bas an? (?:ai|artificial intelligence)(?: language)? model\b|\bmy knowledge cut-?off\b/i;
const chatterStart =
  /^(?:(?:sure|certainly|of course|absolutely)(?: thing)?[!,.:]|(?:great|good) question\b|happy to help\b|i(?:['’]d| would) be (?:happy|glad) to\b|here(?:['’]s| is| are) (?:the|your|a|an|my|some)\b[^\n]{0,80}:\s)/i;
const chatterEnd =
  /\b(?:let me know if|i hope (?:this|that) helps|feel free to ask|is there anything else|hope this helps|don['’]t hesitate to)\b[^\n]{0,100}$/i;
const wantsText =
  /\b(?:explain|describe|write|summari[sz]e|discuss|elaborate|compare|analy[sz]e|outline|essay|story|letter|report|in detail|why|how (?:do|does|did|can|should|to))\b/i;
const wantsLittle =
  /\b(?:how (?:many|much|old|tall|far)|what year|which year|in which year|yes or no|true or false|in one word|one sentence|what is the name|when (?:was|did|is))\b/i;
const wantsTranslation =
  /\btranslat|\bin (?:english|german|french|spanish|italian|russian|chinese|japanese|arabic|korean)\b|\blanguage\b/i;
/** Sets and code begin with a brace as well; an object goes on with a key or ends. */
const json = /^\s*(?:\{\s*(?:["'}]|\w+["']?\s*:)|\[\s*\{\s*["'])/;
const openEnding =
  /(?:[,([{–—-]|\b(?:the|a|an|and|or|of|to|in|on|at|by|for|with|from|that|which|is|are|was|were|as|than|because|but|if|when|its|their|his|her|your|our))$/i;

/** Most words of an answer, and the least of it that is looked at. */
export interface RuleLimits {
  max_answer_words: number;
}

/**
 * The defects of an item. Texts without an exchange are only looked at for leaked markers and repetition; of a longer
 * conversation the last answer counts. Runs in linear time.
 */
export function findDefects(item: Item, { max_answer_words }: RuleLimits): Defect[] {
  const defects: Defect[] = [];
  const add = (rule: QualityRule, detail: string | undefined | false): void => {
    if (typeof detail === 'string') defects.push({ rule, detail });
  };
  if (!item.messages) {
    const text = itemTexts(item).join('\n');
    if (text.trim() === '') add('empty_answer', 'no text');
    add('leaked_marker', specialToken.exec(text)?.[0]);
    add('repetition', repeated(text));
    return defects;
  }
  const turns = item.messages.filter(({ role }) => role !== 'system');
  const answer = turns.at(-1)?.content ?? '';
  const question = readExchange(item)?.question ?? turns.at(-2)?.content ?? '';
  if (/^[\s\p{Cf}]*$/u.test(answer)) {
    add('empty_answer', 'the answer is empty');
    return defects;
  }
  for (const { role, content } of turns) {
    const leaked =
      specialToken.exec(content)?.[0] ?? (role === 'assistant' ? heading.exec(content)?.[0] : undefined);
    if (leaked === undefined) continue;
    add('leaked_marker', `${leaked.trim()} in a turn of the ${role}`);
    break;
  }
  const words = countWords(answer);
  const start = answer.slice(0, 300).trimStart();
  const end = answer.slice(-300).trimEnd();
  add('invalid_json', brokenJson(answer));
  add('refusal', refusalStart.exec(start)?.[0] ?? refusalInside.exec(answer.slice(0, 5000))?.[0]);
  add('copies_question', copies(question, answer));
  add('repetition', repeated(answer));
  add('placeholder', blanks.exec(answer)?.[0]);
  add('transcript', transcript.exec(answer)?.[0].trim());
  add('truncated', words >= 12 && openEnding.exec(end)?.[0] && `ends in "${end.slice(-20)}"`);
  add('mixed_languages', otherScript(question, answer));
  const asked = question.slice(0, 2000);
  add(
    'too_short',
    words < 5 && !wantsLittle.test(asked) && wantsWords(asked) && `${words} words for a request to write`,
  );
  if (words > max_answer_words) add('too_long', `${words} words, at most ${max_answer_words} are wanted`);
  else
    add(
      'too_long',
      words > 150 &&
        wantsLittle.test(asked) &&
        !wantsText.test(asked) &&
        `${words} words for a short question`,
    );
  // What begins like JSON was judged as JSON.
  add('unbalanced', !json.test(start) && unbalanced(answer));
  add('chatter', chatterStart.exec(start)?.[0] ?? chatterEnd.exec(end)?.[0]);
  return defects;
}

/** Score of an item with these defects: 0 with a clear one, otherwise 1 less their weights, at least 0.1. */
export function scoreOf(defects: readonly Defect[]): number {
  const weights = defects.map(({ rule }) => qualityRules[rule]);
  if (weights.some((weight) => weight === 1)) return 0;
  return Math.max(0.1, Number((1 - weights.reduce((sum, weight) => sum + weight, 0)).toFixed(6)));
}

/** A request that only text of some length can meet: it begins with the verb. */
function wantsWords(question: string): boolean {
  return /^(?:please |can you |could you )?(?:explain|describe|write|summari[sz]e|discuss|elaborate|analy[sz]e|outline)\b/i.test(
    question,
  );
}

function brokenJson(answer: string): string | undefined {
  const body = /^```(?:json)?[ \t]*\n([\s\S]*?)\n```$/.exec(answer.trim())?.[1] ?? answer;
  if (!json.test(body.slice(0, 500))) return undefined;
  try {
    JSON.parse(body);
    return undefined;
  } catch (error) {
    return (error as Error).message.slice(0, 80);
  }
}

function copies(question: string, answer: string): string | undefined {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  const asked = plain(question.slice(0, 3000));
  if (asked.length < 20) return undefined;
  const said = plain(answer.slice(0, 3200));
  if (said === asked) return 'the answer is the question';
  return said.startsWith(`${asked} `) ? 'the answer begins with the question' : undefined;
}

/** Letters in a row, lines and runs of words that come back too often. */
function repeated(text: string): string | undefined {
  const run = longestRun(text);
  if (run.length > 30) return `"${run.letter}" ${run.length} times in a row`;
  const lines = new Map<string, number>();
  for (const line of text.split('\n')) {
    const key = line.trim();
    if (key.length < 15) continue;
    const times = (lines.get(key) ?? 0) + 1;
    if (times >= 4) return `a line ${times} times`;
    lines.set(key, times);
  }
  const words =
    text
      .slice(0, 20_000)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length < 30) return undefined;
  const seen = new Set<string>();
  const size = 4;
  for (let at = 0; at + size <= words.length; at++) seen.add(words.slice(at, at + size).join(' '));
  const share = 1 - seen.size / (words.length - size + 1);
  return share > 0.4 ? `${Math.round(100 * share)}% of its runs of four words are repeated` : undefined;
}

function longestRun(text: string): { letter: string; length: number } {
  let best = { letter: '', length: 0 };
  let from = 0;
  for (let at = 1; at <= text.length; at++) {
    if (text[at] === text[from]) continue;
    if (at - from > best.length && /\p{L}/u.test(text[from]!))
      best = { letter: text[from]!, length: at - from };
    from = at;
  }
  return best;
}

const scripts: [string, RegExp][] = [
  ['Latin', /\p{Script=Latin}/gu],
  ['Cyrillic', /\p{Script=Cyrillic}/gu],
  ['Greek', /\p{Script=Greek}/gu],
  ['Arabic', /\p{Script=Arabic}/gu],
  ['Hebrew', /\p{Script=Hebrew}/gu],
  ['Devanagari', /\p{Script=Devanagari}/gu],
  ['Thai', /\p{Script=Thai}/gu],
  [
    'Chinese, Japanese or Korean',
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu,
  ],
];

/** A script that makes up much of the answer and nothing of the question, unless another language is asked for. */
function otherScript(question: string, answer: string): string | undefined {
  const said = answer.slice(0, 4000);
  // ASCII only is by far the most frequent case, and has one script.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  if (/^[\x00-\x7f]*$/.test(said) && /[a-z]/i.test(question)) return undefined;
  const asked = question.slice(0, 4000);
  if (wantsTranslation.test(asked)) return undefined;
  const letters = said.match(/\p{L}/gu)?.length ?? 0;
  const own = asked.match(/\p{L}/gu)?.length ?? 0;
  if (letters < 10 || own < 10) return undefined;
  for (const [name, pattern] of scripts) {
    const inAnswer = said.match(pattern)?.length ?? 0;
    if (inAnswer / letters > 0.15 && inAnswer >= 8 && !asked.match(pattern))
      return `${name} letters that the question has none of`;
  }
  return undefined;
}

/** Brackets that do not close; list marks (`a)`), smileys, half-open intervals and code are left out. */
function unbalanced(answer: string): string | undefined {
  if (answer.includes('```') || answer.length > 20_000) return undefined;
  const text = answer
    .replace(/^[ \t]*(?:\(?[\p{L}\p{N}]{1,3})\)/gmu, '')
    .replace(/[:;]-?[()]/g, '')
    .replace(/[[(]\s?-?[\d.∞]{1,12}\s?[,;]\s?-?[\d.∞]{1,12}\s?[\])]/g, '');
  for (const [open, close] of [
    ['(', ')'],
    ['[', ']'],
    ['{', '}'],
  ] as const) {
    const difference = text.split(open).length - text.split(close).length;
    if (difference !== 0) return `${Math.abs(difference)} "${difference > 0 ? open : close}" too many`;
  }
  return undefined;
}

function countWords(text: string): number {
  const spaced = text.match(/\S+/g)?.length ?? 0;
  const dense = text.match(/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/g)?.length ?? 0;
  return spaced + Math.round(dense / 2);
}
