/**
 * Windows-1252, the encoding of most text that is not Unicode. Node's own decoder takes it for Latin-1 and loses the
 * typographic characters (bytes 128 to 159), so it is written out here.
 * @module
 */

/** Characters of the bytes 128 to 159; five of them mean nothing and stay control characters, as browsers do it. */
export const windowsCharacters =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

/** The byte of each character that is not the one of its own number. */
export const windowsBytes: ReadonlyMap<number, number> = new Map(
  [...windowsCharacters].map((character, index) => [character.charCodeAt(0), 128 + index]),
);

/** Text of bytes in Windows-1252. */
export function decodeWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (control) => windowsCharacters[control.charCodeAt(0) - 128]!);
}
