/**
 * Header rows of a table: names of the columns, years in them, and the heading above.
 * @module
 */
import { cleanLabel } from './cell.js';
import { isUnitOnly } from './units.js';

const bareYear = /^(?:fy\s?)?['’]?(?:19|20)\d\d$/i;
const noteColumn = /^(?:notes?|ref\.?)$/i;

/** Whether a cell holds nothing but a year, so that it names a column and is no figure. */
export function isBareYear(text: string): boolean {
  return bareYear.test(cleanLabel(text));
}

/** The years that a text names, each once; `FY19` is 2019. */
export function yearsIn(text: string): number[] {
  const years = [...text.matchAll(/\b(?:fy\s?)?((?:19|20)\d\d)(?!\d)|\bfy?\s?['’]?(\d\d)\b/gi)];
  return [...new Set(years.map(([, long, short]) => Number(long ?? `20${short}`)))];
}

/** Names of the columns that hold figures: the lowest header cell, with those above where it is not unique. */
export function readHeader(
  header: string[][],
  body: string[][],
  width: number,
): { labels: string[]; positions: number[]; heading?: string } | { reason: string } {
  const headings: string[] = [];
  const levels: string[][] = [];
  for (const row of header) {
    const corner = row[0] === '' || isUnitOnly(row[0]!) ? '' : cleanLabel(row[0]!);
    const named = row
      .slice(1)
      .map((text, index) => ({ text, index: index + 1 }))
      .filter(({ text }) => text !== '');
    const spans = named.length === 1 && width > 2 && !isBareYear(named[0]!.text);
    if (corner) headings.push(corner);
    if (spans) {
      if (!isUnitOnly(named[0]!.text)) headings.push(cleanLabel(named[0]!.text));
      continue;
    }
    if (named.length > 0) levels.push(row.map((text) => (isUnitOnly(text) && !/%/.test(text) ? '' : text)));
  }
  const used = Array.from({ length: width - 1 }, (_, index) => index + 1).filter(
    (position) =>
      body.some((row) => row[position] !== '') && !levels.some((level) => noteColumn.test(level[position]!)),
  );
  // A cell that spans several columns stands in the first of them.
  const spread = levels.map((level) => {
    let last = '';
    return level.map((text, position) => {
      if (position > 0 && text !== '') last = text;
      return position === 0 ? '' : text || last;
    });
  });
  const leftAligned = levels.map((level) => used.length > 0 && level[used[0]!] !== '');
  const own = used.map((position) => levels.map((level) => cleanHeader(level[position]!)).filter(Boolean));
  // `2019` above `53 weeks` is part of the name; other upper cells are only taken where the lowest ones are not unique.
  let labels = own.map((names) => {
    const lowest = names.at(-1) ?? '';
    const dated = names.find((name) => yearsIn(name).length > 0);
    return dated && yearsIn(lowest).length === 0 ? `${dated} ${lowest}` : lowest;
  });
  if (new Set(labels).size < labels.length || labels.includes('')) {
    const spelledOut = levels.every((level) => {
      const first = used.findIndex((position) => level[position] !== '');
      return first >= 0 && used.slice(first).every((position) => level[position] !== '');
    });
    // Where no cell is empty behind the first one, headings are repeated over each column that they span.
    if (leftAligned.includes(false) && !spelledOut)
      return { reason: 'it is not certain which columns a heading spans' };
    labels = used.map((position) =>
      [...new Set(spread.map((level) => cleanHeader(level[position]!)).filter(Boolean))].join(' '),
    );
  }
  const repeated = own.map((names) => names.length > 0);
  labels = withPercentNames(labels, repeated, used, body);
  if (labels.includes('')) return { reason: 'a column of figures has no name' };
  if (new Set(labels).size < labels.length) return { reason: 'two columns have the same name' };
  if (labels.length === 0) return { reason: 'no column of figures' };
  const heading = [...new Set(headings)].filter((text) => text !== '').join(' - ');
  return { labels, positions: used, ...(heading ? { heading } : {}) };
}

/** Where the same heading stands over a column of amounts and one of percentages, the sign tells them apart. */
function withPercentNames(
  labels: string[],
  repeated: boolean[],
  positions: number[],
  body: string[][],
): string[] {
  const signed = positions.map((position) => {
    const figures = body.map((row) => row[position]!).filter((text) => /\d/.test(text));
    const ends = [figures[0] ?? '', figures.at(-1) ?? ''];
    return (
      ends.every((text) => text.includes('%')) ||
      (ends.some((text) => text.includes('%')) ? undefined : false)
    );
  });
  return labels.map((label, index) => {
    const other = labels.findIndex((text, at) => text === label && at !== index);
    const pair = labels.filter((text) => text === label).length === 2 && label !== '';
    const apart = pair && signed[index] === true && signed[other] === false;
    return apart && repeated[index] && repeated[other] ? `${label} (%)` : label;
  });
}

function cleanHeader(text: string): string {
  return cleanLabel(
    text.replace(/[$€£]\s?(?:m|bn?)?\b|\bUS(?=\$)|\(in (?:thousands|millions|billions)\)|[’'‘]000\b/gi, ''),
  )
    .replace(/^[\s$€£]+|[\s$€£]+$/g, '')
    .replace(/\(\s*\)/g, '')
    .replace(/\b(\d) (\d) (\d) (\d)\b/g, '$1$2$3$4')
    .trim();
}
