/**
 * Plain text files: paragraphs, headings and lists as their layout shows them.
 * @module
 */
import { AttuneError } from '../../../errors.js';
import type { Block, ParsedDocument } from '../../document.js';
import { fileKind, readSource, wrongKind } from './source-bytes.js';
import { alignedTable, columnRuns, linesAboveColumns } from './text-columns.js';
import { decodeText } from './text-encoding.js';
import { headingOf, isMostlyCapitals, underlinedHeading } from './text-headings.js';
import { isListItem, joinWrapped, type LineLayout, listItems, wordsOf, wrapWidth } from './text-lines.js';

/**
 * Reads a plain text file. Form feeds part pages, blank lines part paragraphs, lines that were wrapped at a width are
 * joined; lines that end where their author wanted stay lines.
 *
 * @throws AttuneError when the file is empty, holds no text, or is of another kind
 */
export async function readText(file: string): Promise<ParsedDocument> {
  const bytes = await readSource(file);
  const kind = fileKind(bytes);
  if (kind !== 'text') throw wrongKind(file, kind, '.txt');
  const { text, warning } = decodeText(bytes);
  const pages = text
    .replace(/\r\n?/g, '\n')
    .replace(/\f\s*$/, '')
    .split('\f');
  const layout = { width: wrapWidth(text), capitals: isMostlyCapitals(text), words: wordsOf(text) };
  const blocks = pages.flatMap((page, index) =>
    pageBlocks(page, layout).map((block) => (pages.length > 1 ? { ...block, page: index + 1 } : block)),
  );
  if (blocks.length === 0) {
    throw new AttuneError('holds no text', { file, fix: 'remove the file, or look at how it was exported' });
  }
  return { blocks, warnings: warning ? [warning] : [], ...(pages.length > 1 ? { pages: pages.length } : {}) };
}

interface Layout extends LineLayout {
  /** Whether the whole file is in capitals, which then mark no headings. */
  capitals: boolean;
}

function pageBlocks(page: string, layout: Layout): Block[] {
  const groups = lineGroups(page);
  const blocks: Block[] = [];
  groups.forEach((lines, index) => {
    for (const block of groupBlocks(lines, groups[index + 1], layout)) {
      const last = blocks.at(-1);
      // Items that are parted by blank lines are still one list.
      if (block.type === 'list' && last?.type === 'list') last.items.push(...block.items);
      else blocks.push(block);
    }
  });
  return blocks;
}

/** Lines between blank lines, their ends trimmed. */
function lineGroups(page: string): string[][] {
  const groups: string[][] = [];
  let open = false;
  for (const raw of page.split('\n')) {
    const line = raw.trimEnd();
    if (line === '') open = false;
    else if (open) groups.at(-1)!.push(line);
    else {
      groups.push([line]);
      open = true;
    }
  }
  return groups;
}

function groupBlocks(lines: string[], next: string[] | undefined, layout: Layout): Block[] {
  const underlined = underlinedHeading(lines);
  if (underlined) {
    const rest = lines.slice(2);
    return [underlined, ...(rest.length > 0 ? groupBlocks(rest, next, layout) : [])];
  }
  const above = linesAboveColumns(lines);
  if (above > 0 && lines.length - above >= 3) {
    const rest = lines.slice(above);
    return [lines.slice(0, above), rest].flatMap((part) =>
      groupBlocks(part, part === rest ? next : rest, layout),
    );
  }
  const rows = alignedTable(lines);
  if (rows) return [{ type: 'table', rows }];
  const runs = columnRuns(lines);
  if (runs.length > 1) return runs.flatMap((run, i) => groupBlocks(run, runs[i + 1] ?? next, layout));
  const first = lines[0]!;
  if (lines.length === 1) {
    const heading = headingOf(first, next?.[0], layout.capitals);
    if (heading) return [heading];
  }
  if (isListItem(first)) {
    const items = listItems(lines, layout);
    if (items) return [{ type: 'list', items }];
  } else {
    // A sentence that introduces a list stands right above it.
    const start = lines.findIndex(isListItem);
    const items = start > 0 && lines.length - start > 1 ? listItems(lines.slice(start), layout) : undefined;
    if (items && items.length > 1) {
      const text = joinWrapped(lines.slice(0, start), layout);
      return [
        { type: 'paragraph', text },
        { type: 'list', items },
      ];
    }
  }
  if (lines.every((line) => /^[\s\p{P}\p{S}]+$/u.test(line))) return [];
  return [{ type: 'paragraph', text: joinWrapped(lines, layout) }];
}
