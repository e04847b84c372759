/**
 * Calendar dates as people write them in English.
 * @module
 */

const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

const month =
  '(?:January|February|March|April|May|June|July|August|September|October|November|December|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\\b\\.?)';

/** Source of a regular expression for a day and month, to be put into others. */
export const dayPattern = `(?:${month}\\s\\d{1,2},?|\\d{1,2}\\s${month},?)`;

/** Source of a regular expression for a date with day, month and year, to be put into others. */
export const datePattern = `(?:${dayPattern}\\s(?:19|20)\\d\\d)`;

const anyDate = new RegExp(`\\b(?:${datePattern}|(?:19|20)\\d\\d-\\d\\d-\\d\\d)\\b`, 'gi');

/** A date in a text. */
export interface TextDate {
  text: string;
  start: number;
  end: number;
  /** `2023-08-16`. */
  iso: string;
}

/** The full dates in a text (`August 16, 2023`, `16 Aug 2023`, `2023-08-16`), in order. */
export function findDates(text: string): TextDate[] {
  return [...text.matchAll(anyDate)].flatMap((match) => {
    const iso = isoOf(match[0]);
    return iso ? [{ text: match[0], start: match.index, end: match.index + match[0].length, iso }] : [];
  });
}

function isoOf(text: string): string | undefined {
  if (/^\d{4}-/.test(text)) return text;
  const name = /[a-z]{3}/i.exec(text)![0].toLowerCase();
  const number = months.findIndex((candidate) => candidate.startsWith(name)) + 1;
  const day = /\b\d{1,2}\b/.exec(text)?.[0];
  const year = /\b\d{4}\b/.exec(text)?.[0];
  if (number === 0 || !day || !year) return undefined;
  return `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}`;
}
