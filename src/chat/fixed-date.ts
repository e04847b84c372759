/**
 * The date that chat templates see.
 * @module
 */

/** Friday, 26 July 2024, noon. */
const fields: Record<string, string> = {
  a: 'Fri',
  A: 'Friday',
  b: 'Jul',
  B: 'July',
  d: '26',
  H: '12',
  I: '12',
  j: '208',
  m: '07',
  M: '00',
  p: 'PM',
  S: '00',
  y: '24',
  Y: '2024',
  '%': '%',
};

/** Python's `strftime` for the one fixed date; codes that it does not know stay as they are. */
export function formatFixedDate(format: string): string {
  return format.replace(/%([a-zA-Z%])/g, (code, letter: string) => fields[letter] ?? code);
}
