/**
 * Periods and days that a sentence gives a figure for.
 * @module
 */
import { dayPattern } from '../checks/dates.js';

/** A period of a figure. */
export interface Period {
  /** With its preposition, as a question uses it: `in fiscal 2019`. */
  phrase: string;
  /** Without: `fiscal 2019`. */
  name: string;
  year: number;
}

const year = '(?:19|20)\\d\\d';
const span =
  '(?:fiscal\\s+)?(?:years?|periods?|quarters?|(?:three|six|nine|twelve|thirteen|\\d{1,2})[- ](?:months?|weeks?)(?:\\s+periods?)?)\\s+end(?:ed|ing)';
const quarter = '(?:first|second|third|fourth|1st|2nd|3rd|4th)\\s+(?:fiscal\\s+)?quarter\\s+of';
const fiscal = '(?:fiscal\\s+(?:years?\\s+)?|calendar\\s+(?:years?\\s+)?|FY\\s?|Q[1-4]\\s+(?:fiscal\\s+)?)';

/** Preposition and what stands before the year; the years, one or several. */
const start = new RegExp(
  `(?<preposition>in|for|during|at|as\\sof|as\\sat|on|over)\\s+(?<article>the\\s+)?(?<before>(?:${span}\\s+)?(?:${dayPattern}\\s+)|${quarter}\\s+(?:fiscal\\s+(?:year\\s+)?)?|${fiscal}|(?:fiscal\\s+)?years?\\s+)?(?<first>${year})(?!\\d|[-–/]\\d)`,
  'iy',
);
const more = new RegExp(`(?:,\\s+and\\s+|,\\s+|\\s+and\\s+)(?<next>${year})(?![\\d%]|[-–/]\\d|,\\d{3})`, 'y');
const respectively = /,?\s+respectively\b/y;

/** Periods that a text names together. */
export interface Periods {
  /** In the order of the text. */
  periods: Period[];
  /** Where they end in the text. */
  end: number;
  /** Whether `respectively` follows them. */
  respectively: boolean;
}

/**
 * The periods that begin at a place in a text: `in 2019`, `for the years ended June 30, 2019 and 2018, respectively`.
 * Undefined where none begins.
 */
export function readPeriods(text: string, at: number): Periods | undefined {
  start.lastIndex = at;
  const found = start.exec(text);
  if (!found) return undefined;
  const { preposition, article = '', before = '', first } = found.groups!;
  const years = [first!];
  let end = start.lastIndex;
  for (;;) {
    more.lastIndex = end;
    const next = more.exec(text);
    if (!next) break;
    years.push(next.groups!.next!);
    end = more.lastIndex;
  }
  respectively.lastIndex = end;
  const distributed = respectively.test(text);
  if (distributed) end = respectively.lastIndex;
  const single = before.replace(
    /\b(year|period|quarter|month|week)s(?=\s+(?:ended|ending)|\s+$)/i,
    (word, one) => (/month|week/i.test(word) ? word : one),
  );
  const periods = years.map((number): Period => {
    const name = `${article}${single}${number}`.replace(/\s+/g, ' ').trim();
    return {
      phrase: `${preposition!.toLowerCase().replace(/\s+/g, ' ')} ${name}`,
      name,
      year: Number(number),
    };
  });
  return { periods, end, respectively: distributed };
}
