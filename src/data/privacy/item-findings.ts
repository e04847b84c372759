/**
 * Personal data in the texts of an item, which are looked at where they stand: a cell below its heading, a context as
 * the beginning of its turn.
 * @module
 */
import type { PersonalDataKind } from '../../recipe/data/privacy.js';
import type { Block } from '../document.js';
import { type Item, itemTexts } from '../item.js';
import { type Finding, resolveOverlaps } from './finding.js';

/** What was found in an item. */
export interface ItemFindings {
  /** By text; equal texts are treated alike wherever they stand. */
  byText: Map<string, Finding[]>;
  /** How many values stand in the item; context, answer and derivation repeat what its turns hold. */
  counts: Map<PersonalDataKind, number>;
  /** The values, with their kind. */
  values: Map<string, PersonalDataKind>;
}

/** Looks for personal data in every text of the item. */
export function itemFindings(item: Item, find: (text: string) => Finding[]): ItemFindings {
  const byText = new Map<string, Finding[]>();
  const add = (text: string, findings: Finding[]): void => {
    const known = byText.get(text);
    byText.set(text, known ? resolveOverlaps([...known, ...findings]) : findings);
  };
  const look = (text: string | undefined): void => {
    if (text !== undefined && !byText.has(text)) byText.set(text, find(text));
  };
  look(item.title);
  itemTexts(item).forEach(look);
  for (const block of item.blocks ?? []) {
    if (block.type === 'table') for (const [text, findings] of cellFindings(block, find)) add(text, findings);
  }
  beginTurn(item, byText, look);
  look(item.answer);
  look(item.derivation);

  const counts = new Map<PersonalDataKind, number>();
  const values = new Map<string, PersonalDataKind>();
  for (const text of [...(item.title === undefined ? [] : [item.title]), ...itemTexts(item)]) {
    for (const { kind } of byText.get(text)!) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  for (const [text, findings] of byText) {
    for (const { kind, start, end } of findings) values.set(text.slice(start, end), kind);
  }
  return { byText, counts, values };
}

/**
 * A context's findings are those of the beginning of its turn, so that it is still the turn's beginning afterwards.
 * One that reaches over the context's end is cut there in both.
 */
function beginTurn(item: Item, byText: Map<string, Finding[]>, look: (text: string) => void): void {
  const { context } = item;
  if (context === undefined) return;
  const turn = item.messages?.findLast(({ role }) => role === 'user')?.content;
  if (turn === undefined || turn === context || !turn.startsWith(context)) {
    look(context);
    return;
  }
  const cut = byText.get(turn)!.flatMap(({ kind, start, end }) =>
    start < context.length && end > context.length
      ? [
          { kind, start, end: context.length },
          { kind, start: context.length, end },
        ]
      : [{ kind, start, end }],
  );
  byText.set(turn, cut);
  byText.set(
    context,
    cut.filter(({ end }) => end <= context.length),
  );
}

/** What cells are, seen with the head of their column and the label of their row before them. */
function cellFindings(
  { rows }: Block & { type: 'table' },
  find: (text: string) => Finding[],
): [string, Finding[]][] {
  const head = rows[0] ?? [];
  return rows.flatMap((row) =>
    row.flatMap((cell, column): [string, Finding[]][] => {
      if (!/\d/.test(cell)) return [];
      return [column > 0 ? row[0] : undefined, row === head ? undefined : head[column]].flatMap((label) => {
        if (!label || label === cell || label.length > 60 || !/\p{L}/u.test(label)) return [];
        const prefix = `${label}: `;
        const findings = find(prefix + cell)
          .filter(({ start }) => start >= prefix.length)
          .map(({ kind, start, end }) => ({ kind, start: start - prefix.length, end: end - prefix.length }));
        return findings.length > 0 ? [[cell, findings] as [string, Finding[]]] : [];
      });
    }),
  );
}
