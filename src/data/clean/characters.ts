/**
 * Repair of characters: what broke on the way from one program to another, and white space that nobody meant.
 * @module
 */
import type { CleanSettings } from '../../recipe/data/clean.js';
import { decodeEntities } from './entities.js';
import { repairMojibake } from './mojibake.js';
import { windowsCharacters } from './windows-1252.js';

/** A repair by name. */
export interface Repair {
  rule: string;
  change(text: string): string;
}

const entity = /&[#\w]+;/;
const otherThanAscii = /[^\n\t\x20-\x7e]/;
const looseWhiteSpace = /[ \t]\n|\n{3}|^\n|[ \t\n]$|\r/;

/** Whether a text needs no repair at all; cheap, because most texts do not. */
function isClean(text: string): boolean {
  return (
    !otherThanAscii.test(text) && !looseWhiteSpace.test(text) && !(text.includes('&') && entity.test(text))
  );
}

/**
 * The repairs that the settings ask for, in order. Each leaves text alone that it has repaired.
 *
 * @param wording whether only characters and white space may change: conversations keep their entities
 */
export function repairsOf(settings: CleanSettings['unicode'], wording: boolean): Repair[] {
  const repairs: (Repair & { on: boolean })[] = [
    { rule: 'entities', on: settings.entities && !wording, change: resolveEntities },
    { rule: 'mojibake', on: settings.mojibake, change: repairMojibake },
    { rule: 'invisible', on: settings.invisible, change: removeInvisible },
    { rule: 'normal_form', on: settings.normal_form, change: (text) => text.normalize('NFC') },
    { rule: 'spaces', on: settings.spaces, change: (text) => text.replace(oddSpaces, ' ') },
    { rule: 'white_space', on: settings.white_space, change: tidyWhiteSpace },
  ];
  return repairs.filter((repair) => repair.on);
}

/** What repairs made of a text; `before` and `after` of each that changed something. */
export interface Repaired {
  text: string;
  changes: { rule: string; before: string; after: string }[];
}

const untouched: Repaired['changes'] = [];

/** Applies repairs until none changes anything, because one may bring to light what another repairs. */
export function repair(text: string, repairs: readonly Repair[]): Repaired {
  if (isClean(text)) return { text, changes: untouched };
  const changes: Repaired['changes'] = [];
  let repaired = text;
  for (let round = 0; round < 10; round++) {
    const start = repaired;
    for (const { rule, change } of repairs) {
      const after = change(repaired);
      if (after === repaired) continue;
      if (!changes.some((known) => known.rule === rule)) changes.push({ rule, before: repaired, after });
      repaired = after;
    }
    if (repaired === start) break;
  }
  return { text: repaired, changes };
}

/** Entities may have been escaped more than once. */
function resolveEntities(text: string): string {
  let resolved = text;
  for (let round = 0; round < 10; round++) {
    const before = resolved;
    resolved = decodeEntities(before);
    if (resolved === before) break;
  }
  return resolved;
}

const oddSpaces = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;
const windowsControls = /[\u0080-\u0084\u0086-\u009f]/g;
/** Control characters but for those that break lines or columns, and what is never seen. */
const invisible =
  /[^\P{Cc}\t\n\v\f\r\u0085]|[\u00ad\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffc]/gu;
const invisibleOrJoining = /[\u200c-\u200f\u202a-\u202e\u2066-\u2069]/;
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
/** Joiners belong to Arabic, Indic and other scripts of Asia, and to emoji. */
const joined =
  /[\u0600-\u109f\u1780-\u18af\u1b00-\u1cff\u{1f000}-\u{1faff}\u2600-\u27bf\u2190-\u21ff\u2b00-\u2bff]|\ufe0f/u;

/** Control characters between 128 and 159 are the signs of Windows-1252 that were meant. */
function removeInvisible(text: string): string {
  let visible = text
    .replace(windowsControls, (control) => {
      const meant = windowsCharacters[control.charCodeAt(0) - 128]!;
      return meant === control ? '' : meant;
    })
    .replace(invisible, '');
  if (!invisibleOrJoining.test(visible)) return visible;
  if (!rightToLeft.test(visible)) visible = visible.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
  return visible.replace(/(.?)([\u200c\u200d])/gsu, (whole, before: string, _joiner, offset: number) => {
    const after = visible.slice(offset + whole.length, offset + whole.length + 2);
    const next = String.fromCodePoint(after.codePointAt(0) ?? 0);
    return joined.test(before) || joined.test(next) ? whole : before;
  });
}

function tidyWhiteSpace(text: string): string {
  return text
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+/, '')
    .trimEnd();
}
