/**
 * Questions that a document's own structure answers: what kind of section a text is, its heading, the summary that the
 * document itself has.
 * @module
 */

import { contentWords, stem } from '../checks/words.js';
import { enumerate } from '../phrasings.js';
import type { PassageFact, PassageMaker } from './passage-fact.js';
import { bareHeading, sectionKind } from './section-kinds.js';

/** A section below this length says too little about itself. */
const minimumBody = 200;
/** A document's summary is asked for where the rest is at most so many passages long. */
const summaryContext = 2;
const vagueHeading =
  /^(?:introduction|overview|general|other|others|background|notes?|contents|table of contents|summary|abstract|conclusions?|appendix|continued|miscellaneous|signatures?|exhibits?|page \d+|total|none|unaudited)$/i;
const summaryHeading =
  /^(?:abstract|summary|executive summary|highlights|key (?:points|takeaways|findings|messages)|financial highlights|at a glance|in brief)$/i;

/** Which section the text is from, its heading taken away. */
export const classification: PassageMaker = ({ passage, random }) => {
  const heading = passage.headings.at(-1);
  const found = heading === undefined ? undefined : sectionKind(heading);
  if (!found || passage.body.length < minimumBody) return [];
  const body = passage.body.toLowerCase();
  // Where the text itself names a kind, reading it is enough, or it misleads.
  if ([found.kind, bareHeading(heading!)].some((words) => body.includes(words.toLowerCase()))) return [];
  const others = random
    .shuffle(found.others.filter((other) => !body.includes(other)))
    .slice(0, random.pick([2, 3]));
  if (others.length < 2) return [];
  return [
    {
      task: 'classification',
      phrasing: 'classification',
      words: { options: enumerate(random.shuffle([found.kind, ...others]), 'or') },
      response: found.kind,
      derivation: `heading: ${heading}`,
      context: passage.body,
    },
  ];
};

/** The heading of a whole section, or the headline of a document. */
export const title: PassageMaker = ({ passage, document, siblings }) => {
  const heading = passage.headings.at(-1);
  if (heading === undefined || passage.body.length < minimumBody) return [];
  // A part of a section may be about something else than its heading.
  const section = siblings.filter(({ headings }) => sameHeadings(headings, passage.headings));
  const text = bareHeading(heading);
  if (section.length > 1 || text.length > 120 || vagueHeading.test(text) || /\d{3}|[:;?]$/.test(text))
    return [];
  const words = contentWords(text);
  const body = new Set(contentWords(passage.body).map(stem));
  const told = words.filter((word) => body.has(stem(word))).length;
  // A heading that the text does not lead to would teach to invent.
  if (words.length < 2 || told * 3 < words.length * 2) return [];
  return [
    {
      task: 'title',
      phrasing: 'title',
      words: {},
      response: text.replace(/\s*\((?:continued|unaudited)\)$/i, ''),
      derivation: text === document.title ? 'title of the document' : 'heading of the section',
      context: passage.body,
    },
  ];
};

/** The summary that a short document itself has, of the rest of it. */
export const summary: PassageMaker = ({ passage, siblings }): PassageFact[] => {
  const heading = passage.headings.at(-1);
  if (heading === undefined || !summaryHeading.test(bareHeading(heading))) return [];
  const own = siblings.filter(({ headings }) => sameHeadings(headings, passage.headings));
  const rest = siblings.filter(
    ({ headings, body }) => !sameHeadings(headings, passage.headings) && body !== '',
  );
  const response = [passage.prose, ...passage.listItems].filter((text) => text !== '').join('\n');
  if (own.length > 1 || rest.length === 0 || rest.length > summaryContext) return [];
  const context = rest.map(({ text }) => text).join('\n\n');
  if (response.length < 80 || context.length < 2 * response.length) return [];
  return [
    {
      task: 'summary',
      phrasing: 'summary',
      words: {},
      response,
      derivation: `section "${heading}" of the document`,
      context,
    },
  ];
};

function sameHeadings(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((heading, index) => heading === b[index]);
}
