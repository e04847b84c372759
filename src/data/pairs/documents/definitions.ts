/**
 * Terms that a passage defines, with the sentence that does it.
 * @module
 */
import type { PassageFact, PassageMaker } from './passage-fact.js';
import { sentences } from './sentences.js';

const quoted = '["“]([^"“”]{2,60})["”]';
const means = new RegExp(
  `^(?:\\(?\\w{1,3}[.)]\\s)?(?:the\\sterms?\\s|as used [^,]{0,40},\\s)?${quoted}[^.]{0,40}?\\s(?:means?|shall\\smean|refers?\\sto|is\\sdefined\\sas|are\\sdefined\\sas|is\\sdefined\\sto\\smean)\\s`,
  'i',
);
const refers =
  /^([A-Z][\w&’'/ -]{1,60}?)(?:\s\([^)]{1,40}\))?\s(?:means|refers\sto|is\sdefined\sas|are\sdefined\sas)\s/;
const weDefine = /^(?:We|The Company|Management|The Group)\sdefines?\s["“]?([^,"“”]{2,60}?)["”]?\sas\s/;
const alias = /\((?:the|each,?|an?|together,?|collectively,?)?,?\s?(?:the\s)?["“]([A-Z][^"“”]{1,40})["”]\)/g;
const glossaryHeading = /\b(?:glossary|definitions?|defined terms|key terms|abbreviations|terminology)\b/i;
const glossaryLine = /^["“]?([\p{L}\d][\p{L}\d&’'()/ -]{1,60}?)["”]?\s?(?::|\s[–—-])\s(\S.{15,400})$/u;
const pronoun = /^(?:It|This|That|These|Those|They|We|There|Which|What|He|She|You|Each|Such)\b/;
const maximumSentence = 600;
const maximumAliasSentence = 350;

interface Definition {
  term: string;
  sentence: string;
  phrasing: 'definition' | 'alias';
}

/** Questions for the meaning of terms; the answer is the defining sentence. */
export const definition: PassageMaker = ({ passage }) => {
  const found = [
    ...sentences(passage.prose).flatMap(inSentence),
    ...(glossaryHeading.test(passage.headings.at(-1) ?? '')
      ? [...passage.listItems, ...passage.prose.split('\n')].flatMap(inGlossary)
      : passage.listItems.flatMap((item) => sentences(item).slice(0, 1)).flatMap(inSentence)),
  ];
  const counts = new Map<string, number>();
  for (const { term } of found) counts.set(term.toLowerCase(), (counts.get(term.toLowerCase()) ?? 0) + 1);
  return found
    .filter(({ term }) => counts.get(term.toLowerCase()) === 1)
    .map(
      ({ term, sentence, phrasing }): PassageFact => ({
        task: 'definition',
        phrasing,
        words: { term },
        response: /[.!?][)”"’']?$/.test(sentence) ? sentence : `${sentence.replace(/[;,:]$/, '')}.`,
        derivation: 'the sentence as it stands in the text',
        subject: term,
      }),
    );
};

function inSentence(raw: string): Definition[] {
  const sentence = raw.replace(/\s+/g, ' ').replace(/^(?:[•·*]\s*|\(?\w{1,3}[.)]\s)/, '');
  if (sentence.length > maximumSentence || sentence.split(' ').length < 5) return [];
  // `has the meaning set forth in Section 3` sends the reader elsewhere.
  if (/\b(?:has|have|having) the (?:respective )?meanings?\b/i.test(sentence)) return [];
  const named = means.exec(sentence)?.[1] ?? weDefine.exec(sentence)?.[1] ?? refers.exec(sentence)?.[1];
  if (named && !pronoun.test(named)) {
    const term = named.replace(/^(?:The|the|A|An)\s/, '').replace(/[,\s]+$/, '');
    return term.split(' ').length <= 8 ? [{ term, sentence, phrasing: 'definition' }] : [];
  }
  if (sentence.length > maximumAliasSentence || pronoun.test(sentence)) return [];
  const aliases = [...sentence.matchAll(alias)];
  const term = aliases[0]?.[1]?.replace(/,$/, '');
  return aliases.length === 1 && term ? [{ term, sentence, phrasing: 'alias' }] : [];
}

function inGlossary(raw: string): Definition[] {
  const line = raw.replace(/\s+/g, ' ').trim();
  const term = glossaryLine.exec(line)?.[1];
  return term && !pronoun.test(term) && line.length <= maximumSentence
    ? [{ term, sentence: line, phrasing: 'definition' }]
    : [];
}
