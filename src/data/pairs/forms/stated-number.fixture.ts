/**
 * Computed numbers that an analysis states, found for the questions about them.
 * @module
 */
import type { DocumentReader } from './document-reader.fixture.js';

/** The number that is asked for, as the analysis states it. */
export function statedNumbers(
  reader: DocumentReader,
  { row, from, to, measure }: Readonly<Record<string, string>>,
): string {
  const keys = measure
    ? keyOf(reader.maskQuestion(measure)).map((key) => reader.unmask(key).toLowerCase())
    : [`growth|${row!.toLowerCase()}|${from}|${to}`];
  const found = new Set(reader.numbers.filter(({ key }) => keys.includes(key)).map(({ stated }) => stated));
  if (found.size !== 1) throw new Error(`${found.size} numbers of ${measure ?? row}`);
  return [...found][0]!;
}

/** Keys of the computed numbers that a question may mean. */
function keyOf(measure: string): string[] {
  const rules: [RegExp, (...parts: string[]) => string][] = [
    [/^the share of (<\d+>) in (<\d+>) (.+)$/, (row, whole, where) => `share|${row}|${whole}|${where}`],
    [
      /^the combined share of the two largest items in (<\d+>) (.+)$/,
      (whole, where) => `largest|${whole}|${where}`,
    ],
    [
      /^the (?:in|de)crease in (<\d+>) as an amount from (\d+) to (\d+)$/,
      (row, a, b) => `amount|${row}|${a}|${b}`,
    ],
    [/^the change in (<\d+>) as an amount from (\d+) to (\d+)$/, (row, a, b) => `change|${row}|${a}|${b}`],
    [
      /^the change in percentage points of (<\d+>) from (\d+) to (\d+)$/,
      (row, a, b) => `points|${row}|${a}|${b}`,
    ],
    [
      /^the difference for (<\d+>) between (.+) and (.+)$/,
      (row, a, b) => `difference|${row}|under ${a}|under ${b}`,
    ],
    [/^(.+?) (in \d{4})$/, (name, where) => `${name}|${where}`],
  ];
  return rules.flatMap(([pattern, key]) => {
    const parts = pattern.exec(measure);
    return parts ? [key(...parts.slice(1))] : [];
  });
}
