/**
 * Checks of derivations: each figure stands where the derivation says, and the answer is made of these figures.
 * @module
 */
import { expect } from 'vitest';
import { columnsOfYear, numberIn, type ReadTable } from './prompt-text.fixture.js';

const numbersIn = (text: string): Set<string> => new Set(text.match(/\d+(?:\.\d+)?/g));

/** Fails where a derivation names a figure that its document does not tell, or an answer uses others than it names. */
export function checkDerivation(told: ReadTable, task: string, derivation: string, said: string): void {
  // What is not there has no figures.
  if (task === 'unanswerable' || task === 'statement_type') return;
  const figures: string[] = [];
  const rest = statements(told).reduce(
    (text, [statement, figure]) =>
      text.replaceAll(statement, () => {
        figures.push(figure);
        return `«${figure}»`;
      }),
    derivation,
  );
  expect(figures.length).toBeGreaterThan(0);
  expect(rest).not.toContain('=');
  for (const [, before, after, growth] of rest.matchAll(/«(.+?)», «(.+?)»: (-?[\d.]+)%/g))
    expect(Number(growth)).toBeCloseTo((numberIn(after)! / numberIn(before)! - 1) * 100, 1);
  if (rest.startsWith('stated by')) return;
  const named = numbersIn(figures.join(' '));
  const used = numbersIn(operands(task, said));
  for (const number of used) expect(named, derivation).toContain(number);
  // Words of an answer, and the parts that a largest one is chosen among, name fewer figures than were looked at.
  if (!inWords.has(task)) expect(used.size, derivation).toBe(named.size);
}

const inWords = new Set(['comparison', 'ranking', 'risk_flags', 'trend_commentary', 'summary']);

/** The part of an answer that is made of the document's figures. */
function operands(task: string, said: string): string {
  if (task === 'trend_commentary' || task === 'summary') return (said.match(/\[[^\]]*\]/g) ?? []).join(' ');
  if (task === 'json_output') return (said.match(/(?<=":)-?[\d.]+/g) ?? []).join(' ');
  if (task === 'unit_conversion') return said.replace(/ [*/] 10+$/, '');
  return inWords.has(task) ? '' : said;
}

/** Every figure of a table in the words of a derivation, the longest first. */
function statements(table: ReadTable): [statement: string, figure: string][] {
  const years = Array.from({ length: 40 }, (_, index) => String(1995 + index));
  const places = table.columns.map((label, column) => [
    `under ${label}`,
    ...years.filter((year) => columnsOfYear(table, year).includes(column)).map((year) => `in ${year}`),
  ]);
  return table.rows
    .flatMap(({ name, section, figures }) =>
      figures.flatMap((figure, column) =>
        [name, `${name} (${section})`].flatMap((row) =>
          places[column]!.map((place): [string, string] => [`${row} ${place} = ${figure}`, figure]),
        ),
      ),
    )
    .toSorted(([a], [b]) => b.length - a.length);
}
