/**
 * Questions that a passage can't answer: what another passage says, and figures of years that it does not reach.
 * @module
 */
import type { RandomStream } from '../../../random.js';
import { declinedText } from '../answer-formats.js';
import { contentWords, normalised, stem } from '../checks/words.js';
import type { PassageFact } from './passage-fact.js';
import type { Passage } from './passages.js';

/** Words that many passages share, so that they don't tell what a question is about. */
const common = new Set(
  'total net year years fiscal ended company group amount value date text reported period percent million billion thousand day used result results'
    .split(' ')
    .map(stem),
);
const borrowed = 2;

/** Stems of the words of a passage. */
export type PassageWords = ReadonlySet<string>;

/** The words that a passage could answer a question with. */
export function passageWords(passage: Passage): PassageWords {
  return new Set(contentWords(passage.text).map(stem));
}

/**
 * Questions from other passages that no word of this one has to do with: none of the words that tell what is asked for
 * stands in it, and neither does the answer.
 */
export function absentAnswers(
  passage: Passage,
  known: PassageWords,
  candidates: readonly { passage: Passage; fact: PassageFact }[],
  own: readonly PassageFact[],
  random: RandomStream,
): PassageFact[] {
  const text = normalised(passage.text);
  const facts: PassageFact[] = [];
  // A few draws from many candidates are enough; looking at all would take a time that grows with the square.
  for (let draw = 0; draw < 24 && facts.length < borrowed && candidates.length > 0; draw++) {
    const { passage: other, fact } = random.pick(candidates);
    const apart =
      other.document !== passage.document || other.headings.join('\n') !== passage.headings.join('\n');
    if (!apart || !fact.subject || facts.some(({ subject }) => subject === fact.subject)) continue;
    const words = contentWords(`${fact.subject} ${fact.words.term ?? ''}`).map(stem);
    const telling = words.filter((word) => !common.has(word));
    if (telling.length === 0 || telling.some((word) => known.has(word))) continue;
    if (text.includes(normalised(fact.response))) continue;
    facts.push(declining(fact, `the text says nothing about ${fact.subject}`));
  }
  return [...facts, ...absentYears(passage, own, random)];
}

/** The figure of a year long before those in the passage. */
function absentYears(passage: Passage, own: readonly PassageFact[], random: RandomStream): PassageFact[] {
  const years = [...passage.text.matchAll(/(?<!\d)(?:19|20)\d\d(?!\d)/g)].map(([year]) => Number(year));
  // `in each of the last five years` or `since inception` might reach back.
  if (
    years.length === 0 ||
    /\b(?:decade|(?:last|past|previous|prior) \w+ years|inception|historical)/i.test(passage.text)
  )
    return [];
  const dated = own.filter(
    ({ phrasing, words }) => phrasing === 'value' && /\b(?:19|20)\d\d$/.test(words.in ?? ''),
  );
  if (dated.length === 0) return [];
  const fact = random.pick(dated);
  const year = Math.min(...years) - random.pick([3, 4, 5]);
  const within = fact.words.in!.replace(/(?:19|20)\d\d$/, String(year));
  return [
    declining(
      { ...fact, words: { ...fact.words, in: within } },
      `the text says nothing about ${fact.subject}${within}`,
    ),
  ];
}

function declining(fact: PassageFact, derivation: string): PassageFact {
  const { phrasing, words, subject } = fact;
  return { task: 'unanswerable', phrasing, words, subject, response: declinedText, derivation };
}
