/**
 * Facts that documents state in set forms: days, par values, addresses, officers, numbers of files.
 * @module
 */
import { datePattern } from '../checks/dates.js';
import type { PassageFact, PassageMaker } from './passage-fact.js';
import type { Passage } from './passages.js';
import { sentences } from './sentences.js';
import { statedValues } from './stated-figures.js';
import { readSubject } from './subject.js';

interface DetailForm {
  /** Group 1 is the answer. */
  pattern: RegExp;
  /** What the question asks for. */
  subject: string;
}

/** A name of two to four words: `Helena Buonanno Foulkes`, `J. P. Smith Jr.`. */
const name = "\\p{Lu}[\\p{L}.'’-]{0,20}(?:\\s\\p{Lu}[\\p{L}.'’-]{0,20}){1,3}";

const forms: readonly DetailForm[] = [
  {
    pattern:
      /\bcommon (?:stock|shares),?\s(?:\$[\d.]+\s)?par value (?:of )?(\$\s?\d{0,3}(?:\.\d{1,6})?)(?=\s(?:per|a)\sshare)/giu,
    subject: 'the par value per share of the common stock',
  },
  {
    pattern: new RegExp(
      `\\bdividend\\b(?:[^.]|\\.\\d){0,160}?\\bpayable (?:on )?(?:or about )?(${datePattern})`,
      'gi',
    ),
    subject: 'the day on which the dividend is payable',
  },
  {
    pattern: new RegExp(
      `\\bholders of record (?:as of|on|at)(?: the)?(?: close of business)?(?: on| as of)?\\s(${datePattern})`,
      'gi',
    ),
    subject: 'the record date',
  },
  {
    pattern: /\bdividend of (\$\s?\d{0,4}(?:\.\d{1,6})?\sper\s(?:common\s|ordinary\s)?share)\b/gi,
    subject: 'the dividend per share',
  },
  {
    pattern:
      /\b(?:principal (?:executive )?offices?|headquarters|registered office)(?: of [^.,;]{2,40})? (?:is|are) located (?:at|in) ((?:\p{Lu}|\d)[^.;()]{4,90}?)(?=[.;(]|\sand\s(?:our|the|its)\b|,\s(?:where|which)\b|$)/giu,
    subject: 'the address of the head office',
  },
  {
    pattern: /\bheadquartered in ((?:St\. )?\p{Lu}[\p{L}'’-]+(?:,? \p{Lu}[\p{L}'’-]+){0,4})/gu,
    subject: 'the place of the headquarters',
  },
  {
    pattern:
      /\b(?:incorporated|organized)(?: and existing)? (?:in|under the laws of)(?: the)?(?: [Ss]tate of)? (\p{Lu}[\p{L}]+(?:\s\p{Lu}[\p{L}]+){0,2})/gu,
    subject: 'the state or country of incorporation',
  },
  {
    pattern: /\bCommission File (?:Numbers?|Nos?\.?)\s?:?\s?(\d{1,3}-\d{3,6})\b/gi,
    subject: 'the Commission file number',
  },
  {
    pattern: /\bEmployer\s+Identification\s+(?:No\.?|Number)\)?\s?:?\s?(\d\d-\d{7})\b/gi,
    subject: 'the I.R.S. employer identification number',
  },
  {
    pattern: new RegExp(`\\bDate of (?:Report|earliest event reported)[^:]{0,60}:\\s?(${datePattern})`, 'gi'),
    subject: 'the date of the report',
  },
  {
    pattern: /\btelephone number,?[^:\d]{0,40}:\s?(\(?\d{3}\)?[ -]\d{3}-\d{4})\b/gi,
    subject: 'the telephone number of the registrant',
  },
  {
    pattern: /\((?:NYSE|NASDAQ|Nasdaq|NYSE American|NYSE Arca|TSX|LSE)\s?:\s?([A-Z][A-Z.]{0,5})\)/g,
    subject: 'the ticker symbol',
  },
  {
    pattern: new RegExp(
      `\\bannual report pursuant\\b.{0,200}?\\bfor the fiscal year ended:?\\s(${datePattern})`,
      'gi',
    ),
    subject: 'the last day of the fiscal year that the report covers',
  },
];

const role =
  '(?:(?:[Cc]hief|CHIEF)\\s[A-Za-z]{4,15}\\s[Oo]fficer|[Ee]xecutive [Cc]hair(?:man|woman|person)?|[Gg]eneral [Cc]ounsel|[Tt]reasurer|[Cc]orporate [Ss]ecretary|[Mm]anaging [Dd]irector|[Pp]rincipal [Ii]nvestigator)';
const officer = new RegExp(
  `(?<!\\p{Lu}[\\p{L}.'’-]{0,20} )(?<name>${name}),\\s(?:(?:our|the|its|[\\p{Lu}][\\p{L}&’' ]{1,40}[’']s?)\\s)?(?<role>${role})\\b`,
  'gu',
);
const elected = new RegExp(
  `\\b(?:elected|appointed|named)\\s(?<name>${name})\\s(?:as|to serve as|to the position of)\\s(?:an?\\s|the\\s|its\\s|our\\s)?(?<role>[\\p{L} -]{4,60}?)(?=[.,;]|\\s(?:effective|of the|to|and)\\b)`,
  'gu',
);

/** What is written with capitals before an office and is no person. */
const titleWord =
  /\b(?:president|vice|senior|executive|chief|officer|director|chair(?:man|woman|person)?|company|corporation|inc|board|committee|general|counsel|secretary|treasurer|registrant|group|bank|street|avenue|department|services|north|south|america|europe|financial|accounting|operations)\b/i;

const dayVerb = new RegExp(
  `\\s(?:(?:will\\s)?(?<end>matur|expir|terminat)(?:e|es|ed)?|(?:becomes?|became|is|was|will\\sbe|will\\sbecome)\\s(?<start>effective))\\s(?:on|as\\sof|in)?\\s?(?<date>${datePattern})`,
  'i',
);
const dayNames = new Map([
  ['matur', 'maturity'],
  ['expir', 'expiry'],
  ['terminat', 'termination'],
]);
const agreement = new RegExp(
  `\\b(?<title>(?:\\p{Lu}[\\p{L}&’'-]+\\s(?:and\\s|of\\s)?){1,6}(?:Agreement|Indenture|Plan|Lease|Contract)),?\\s(?:\\([^)]{1,60}\\),?\\s)?dated\\s(?:as\\sof\\s)?(?<date>${datePattern})`,
  'gu',
);

/** Values as they stand in the text. */
export const extraction: PassageMaker = ({ passage }) => [
  ...statedValues(passage),
  ...single([...details(passage), ...people(passage), ...days(passage)]),
];

function details(passage: Passage): PassageFact[] {
  const text = passage.body.replace(/\s+/g, ' ');
  return forms.flatMap(({ pattern, subject }) =>
    [...text.matchAll(pattern)].flatMap((match): PassageFact[] => {
      const response = match[1]!.trim().replace(/[,.]$/, '');
      return /[\p{L}\d]/u.test(response) ? [detail(subject, response, match[0])] : [];
    }),
  );
}

function people(passage: Passage): PassageFact[] {
  const text = passage.body.replace(/\s+/g, ' ');
  return [...text.matchAll(officer), ...text.matchAll(elected)].flatMap((match): PassageFact[] => {
    const { name: person, role: office } = match.groups!;
    if (titleWord.test(person!)) return [];
    const fact: PassageFact = {
      task: 'extraction',
      phrasing: 'person',
      words: { role: office!.trim(), subject: office!.toLowerCase().trim() },
      response: person!.trim(),
      derivation: `stated: ${match[0]}`,
      subject: office!.trim(),
    };
    return [fact];
  });
}

function days(passage: Passage): PassageFact[] {
  const named = [...passage.prose.replace(/\s+/g, ' ').matchAll(agreement)].map((match) =>
    detail(`the date of the ${match.groups!.title!}`, match.groups!.date!, match[0]),
  );
  const dated = [passage.prose, ...passage.listItems].flatMap(sentences).flatMap((raw): PassageFact[] => {
    const sentence = raw.replace(/\s+/g, ' ');
    if (sentence.length > 600) return [];
    const match = dayVerb.exec(sentence);
    const subject = match && readSubject(sentence.slice(0, match.index), passage.text);
    if (!match || !subject) return [];
    const day = match.groups!.start
      ? 'effective date'
      : `date of ${dayNames.get(match.groups!.end!.toLowerCase())}`;
    return [detail(`the ${day} of ${subject.text}`, match.groups!.date!, sentence)];
  });
  return [...named, ...dated];
}

function detail(subject: string, response: string, stated: string): PassageFact {
  return {
    task: 'extraction',
    phrasing: 'detail',
    words: { subject },
    response,
    derivation: `stated: ${stated}`,
    subject,
  };
}

/** Facts whose question has one answer, each once. */
function single(facts: PassageFact[]): PassageFact[] {
  const answers = new Map<string, Set<string>>();
  const key = ({ words }: PassageFact): string => words.subject!;
  for (const fact of facts) answers.set(key(fact), (answers.get(key(fact)) ?? new Set()).add(fact.response));
  const seen = new Set<string>();
  return facts.filter((fact) => {
    const first = !seen.has(key(fact));
    seen.add(key(fact));
    return first && answers.get(key(fact))!.size === 1;
  });
}
