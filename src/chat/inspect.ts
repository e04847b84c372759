/**
 * Token rows as text for `attune data inspect`: what the model sees and what it is trained on.
 * @module
 */
import type { Tokenizer } from '../model/tokenizer.js';
import type { Row } from './shard.js';
import { segmentsOf } from './visibility.js';

/** What a token is for. */
type Kind = 'shared' | 'prompt' | 'supervised' | 'padding';

/** Colours of a terminal (SGR codes), and marks that say the same without them. */
const styles: Record<Kind, { sgr: string; open: string; close: string; meaning: string }> = {
  shared: {
    sgr: '36',
    open: '{',
    close: '}',
    meaning: 'beginning that several examples share, computed once',
  },
  prompt: { sgr: '2', open: '', close: '', meaning: 'prompt of one example' },
  supervised: {
    sgr: '1;32',
    open: '[[',
    close: ']]',
    meaning: 'supervised: the model is trained to write it',
  },
  padding: { sgr: '90', open: '(', close: ')', meaning: 'padding' },
};

const paint = (kind: Kind, text: string, color: boolean): string => {
  const { sgr, open, close } = styles[kind];
  return color ? `\u001b[${sgr}m${text}\u001b[0m` : `${open}${text}${close}`;
};

/** One line a kind of token, drawn as {@link inspectRow} draws it, and the marks of white space. */
export function inspectLegend({ color }: { color: boolean }): string {
  const kinds = Object.entries(styles).map(
    ([kind, { meaning }]) => `${paint(kind as Kind, kind, color)}  ${meaning}`,
  );
  return [...kinds, '· space   → tab   ⏎ line break'].join('\n');
}

/** How {@link inspectRow} draws a row. */
export interface InspectOptions {
  /** Colours for a terminal; otherwise brackets. */
  color: boolean;
  /** Ids of the row's examples by the number of their leaf segment, named where they are known. */
  examples?: ReadonlyMap<number, string>;
}

/**
 * A row as text: a heading for each segment (what it continues, its tokens and positions, the example that it
 * ends) and the segment's text with visible white space. Tokens of one kind are decoded together, so that
 * characters of several tokens come out whole.
 */
export function inspectRow(row: Row, tokenizer: Tokenizer, { color, examples }: InspectOptions): string {
  const segments = segmentsOf(row);
  const parents = new Set(segments.map(({ parent }) => parent));
  const blocks = segments.map(({ id, parent, start, end }) => {
    const shared = parents.has(id);
    const supervised = row.lossMask.subarray(start, end).reduce((sum, flag) => sum + flag, 0);
    const heading = [
      `segment ${id}`,
      ...(parent === 0 ? [] : [`continues ${parent}`]),
      ...(examples?.has(id) ? [`example ${examples.get(id)}`] : []),
      `${end - start} tokens at positions ${row.positionIds[start]}-${row.positionIds[end - 1]}`,
      shared ? 'shared' : `${supervised} supervised`,
    ].join(', ');
    const kindAt = (i: number): Kind => (shared ? 'shared' : row.lossMask[i] ? 'supervised' : 'prompt');
    const pieces: string[] = [];
    for (let i = start; i < end; ) {
      const kind = kindAt(i);
      let next = i + 1;
      while (next < end && kindAt(next) === kind) next++;
      pieces.push(paintLines(kind, showSpace(tokenizer.decode([...row.inputIds.subarray(i, next)])), color));
      i = next;
    }
    return `── ${heading}\n${pieces.join('')}`;
  });
  const used = segments.reduce((sum, { start, end }) => sum + end - start, 0);
  const padding = row.segmentIds.length - used;
  if (padding > 0) blocks.push(paint('padding', `${padding} tokens of padding`, color));
  return blocks.join('\n');
}

/** A mark for every character that cannot be seen; line breaks also break the line. */
const showSpace = (text: string): string =>
  text.replaceAll(' ', '·').replaceAll('\t', '→').replaceAll('\r', '␍').replaceAll('\n', '⏎\n');

/** Each line is painted for itself, so that a pager or a cut line never leaves the colour on. */
const paintLines = (kind: Kind, text: string, color: boolean): string =>
  color
    ? text
        .split('\n')
        .map((line) => (line === '' ? '' : paint(kind, line, true)))
        .join('\n')
    : paint(kind, text, false);
