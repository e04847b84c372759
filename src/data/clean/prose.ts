/**
 * The lines of documents and texts: taken apart for the rules, and put together again without boilerplate.
 * @module
 */
import type { BoilerplateSettings } from '../../recipe/data/clean.js';
import { type Block, blockText } from '../document.js';
import type { Item } from '../item.js';
import { type BoilerplateRule, boilerplateOf, type Line } from './boilerplate.js';

/** Running text of an item, on which rules for text may judge; tables are left out. */
export function proseOf({ text, blocks }: Item): string {
  if (!blocks) return text ?? '';
  return blocks
    .filter(({ type }) => type !== 'table')
    .map(blockText)
    .join('\n\n');
}

/** Lines that a rule removed. */
export interface RemovedLines {
  rule: BoilerplateRule;
  lines: string[];
}

/** An item without its boilerplate, and what was removed. Tables stay as they are. */
export function withoutBoilerplate(
  item: Item,
  settings: BoilerplateSettings,
): { kept: Item; removed: RemovedLines[] } {
  const removed = new Map<BoilerplateRule, string[]>();
  let kept = item;
  // What is left may have become a run of page numbers; a second look finds the same as a second cleaning would.
  for (let round = 0; round < 5; round++) {
    const next = kept.blocks
      ? cleanBlocks(kept, kept.blocks, settings, removed)
      : cleanText(kept, settings, removed);
    if (next === kept) break;
    kept = next;
  }
  return { kept, removed: [...removed].map(([rule, lines]) => ({ rule, lines })) };
}

function note(removed: Map<BoilerplateRule, string[]>, rule: BoilerplateRule, line: string): void {
  const known = removed.get(rule);
  if (known) known.push(line.trim());
  else removed.set(rule, [line.trim()]);
}

function cleanText(item: Item, settings: BoilerplateSettings, removed: Map<BoilerplateRule, string[]>): Item {
  const texts = (item.text ?? '').split('\n');
  const found = boilerplateOf(
    texts.map((text) => ({ text, alone: true })),
    settings,
  );
  if (found.every((rule) => rule === undefined)) return item;
  const lines = texts.filter((line, i) => {
    const rule = found[i];
    if (rule) note(removed, rule, line);
    return rule === undefined;
  });
  return {
    ...item,
    text: lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .replace(/^\n+|\s+$/g, ''),
  };
}

function cleanBlocks(
  item: Item,
  blocks: readonly Block[],
  settings: BoilerplateSettings,
  removed: Map<BoilerplateRule, string[]>,
): Item {
  const lines: Line[] = blocks.flatMap((block) => blockLines(block));
  const found = boilerplateOf(lines, settings);
  if (found.every((rule) => rule === undefined)) return item;
  let position = 0;
  const kept = blocks.flatMap((block): Block[] => {
    const own = blockLines(block);
    const start = position;
    position += own.length;
    const rest = own.filter((line, i) => {
      const rule = found[start + i];
      if (rule) note(removed, rule, line.text);
      return rule === undefined;
    });
    if (rest.length === own.length) return [block];
    if (rest.length === 0) return [];
    if (block.type === 'list') return [{ ...block, items: rest.map(({ text }) => text) }];
    if (block.type === 'table') return [block];
    return [{ ...block, text: rest.map(({ text }) => text).join('\n') }];
  });
  return { ...item, blocks: kept };
}

/** Headings and tables have no boilerplate in them; an item of a list counts as one line. */
function blockLines(block: Block): Line[] {
  const { page } = block;
  if (block.type === 'list') return block.items.map((text) => ({ text, page, alone: true }));
  if (block.type !== 'paragraph') return [];
  const texts = block.text.split('\n');
  return texts.map((text) => ({ text, page, alone: texts.length === 1 }));
}
