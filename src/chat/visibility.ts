/**
 * Which token of a row sees which, and where the logits of the supervised tokens are taken
 * (DESIGN section 4): what an engine needs besides the ids and positions.
 * @module
 */
import { AttuneError } from '../errors.js';
import type { Row } from './shard.js';

/** A run of tokens of one segment. */
export interface Segment {
  /** Number in `segmentIds`, from 1. */
  id: number;
  /** Number of the segment that it continues; 0 for none. */
  parent: number;
  /** Index of the first token in the row. */
  start: number;
  /** Index after the last token. */
  end: number;
}

/**
 * The segments of a row in the order in which they lie. Rows are laid out so that a segment is one
 * run of tokens and stands after its parent; {@link openShards} refuses shards that break this.
 */
export function segmentsOf(row: Pick<Row, 'segmentIds' | 'parentIds'>): Segment[] {
  const { segmentIds, parentIds } = row;
  const segments: Segment[] = [];
  for (let i = 0; i < segmentIds.length; ) {
    const id = segmentIds[i]!;
    let end = i + 1;
    while (end < segmentIds.length && segmentIds[end] === id) end++;
    if (id !== 0) segments.push({ id, parent: parentIds[i]!, start: i, end });
    i = end;
  }
  return segments;
}

/** The segment `id` and its ancestors, from the root to the segment itself. */
export function pathOf(segments: ReadonlyMap<number, Segment>, id: number): Segment[] {
  const path: Segment[] = [];
  for (let at = segments.get(id); at; at = segments.get(at.parent)) path.push(at);
  return path.reverse();
}

/**
 * Writes the additive attention mask of the first `length` tokens of a row: 0 where token `i` may see
 * token `j`, `masked` elsewhere. Token `i` sees `j` when `j <= i` and `j`'s segment is `i`'s or one of
 * its ancestors; padding sees only itself, so that its softmax is defined.
 *
 * Costs one pass over the square with `fill` on runs: the ancestors are looked up once a segment.
 *
 * @param row the row; `length` may be shorter (padding at the end cut off) or longer (more padding)
 * @param length side of the square
 * @param out receives `[length, length]` values, row-major, from `offset` on
 * @param masked what hides a token, a large negative number
 */
export function fillAttentionMask(
  row: Pick<Row, 'segmentIds' | 'parentIds'>,
  length: number,
  out: Float32Array,
  offset: number,
  masked: number,
): void {
  out.fill(masked, offset, offset + length * length);
  const segments = new Map<number, Segment>();
  let done = 0;
  const padTo = (end: number): void => {
    for (; done < end; done++) out[offset + done * length + done] = 0;
  };
  for (const segment of segmentsOf(row)) {
    if (segment.start >= length) break;
    padTo(segment.start);
    segments.set(segment.id, segment);
    const ancestors = pathOf(segments, segment.parent);
    done = Math.min(segment.end, length);
    for (let i = segment.start; i < done; i++) {
      const line = offset + i * length;
      for (const ancestor of ancestors) out.fill(0, line + ancestor.start, line + ancestor.end);
      out.fill(0, line + segment.start, line + i + 1);
    }
  }
  padTo(length);
}

/** The supervised tokens of a row, in the row's order; all arrays have one entry a supervised token. */
export interface SupervisedTargets {
  /** Index in the row of the token whose logits predict the target: the one before it on its path. */
  predictors: Int32Array;
  /** Token id to be predicted. */
  targets: Int32Array;
  /** Index in the row of the supervised token itself. */
  positions: Int32Array;
}

/**
 * Where the loss of a row is taken. The first token of a segment is predicted from the last token of
 * its parent, every other token from the one before it.
 *
 * @throws AttuneError when a token without a predecessor is supervised
 */
export function supervisedTargets(
  row: Pick<Row, 'inputIds' | 'lossMask' | 'segmentIds' | 'parentIds'>,
): SupervisedTargets {
  const { inputIds, lossMask } = row;
  let count = 0;
  for (const flag of lossMask) count += flag;
  const predictors = new Int32Array(count);
  const targets = new Int32Array(count);
  const positions = new Int32Array(count);
  const lastToken = new Map<number, number>();
  let n = 0;
  for (const segment of segmentsOf(row)) {
    lastToken.set(segment.id, segment.end - 1);
    for (let i = segment.start; i < segment.end; i++) {
      if (!lossMask[i]) continue;
      const predictor = i > segment.start ? i - 1 : lastToken.get(segment.parent);
      if (predictor === undefined) {
        throw new AttuneError(`token ${i} is supervised but nothing stands before it to predict it from`, {
          field: 'loss_mask',
        });
      }
      predictors[n] = predictor;
      targets[n] = inputIds[i]!;
      positions[n++] = i;
    }
  }
  return { predictors, targets, positions };
}
