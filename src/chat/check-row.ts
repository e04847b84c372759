/**
 * The contract of a row (DESIGN section 4), checked.
 * @module
 */
import type { Row } from './shard.js';
import { type Segment, segmentsOf } from './visibility.js';

/** How a row breaks the contract. */
export interface RowProblem {
  /** Name of the array, as in the file. */
  array: string;
  message: string;
}

/**
 * The first way in which a row breaks the contract; undefined for a sound row.
 *
 * @param vocabSize ids from this on are refused, when given
 */
export function checkRow(row: Row, vocabSize = Number.POSITIVE_INFINITY): RowProblem | undefined {
  const { inputIds, lossMask, segmentIds, parentIds } = row;
  for (let i = 0; i < inputIds.length; i++) {
    if (inputIds[i]! < 0 || inputIds[i]! >= vocabSize) {
      const message = `token ${i} has the id ${inputIds[i]}, outside of the vocabulary of ${vocabSize}`;
      return { array: 'input_ids', message };
    }
    if (lossMask[i]! > 1) return { array: 'loss_mask', message: `token ${i} has the value ${lossMask[i]}` };
    if (segmentIds[i] === 0 && (lossMask[i] !== 0 || parentIds[i] !== 0)) {
      return { array: 'loss_mask', message: `token ${i} is padding but supervised or part of a tree` };
    }
  }
  if (!lossMask.includes(1)) return { array: 'loss_mask', message: 'no token is supervised' };
  return checkTree(row, segmentsOf(row));
}

function checkTree(row: Row, segments: readonly Segment[]): RowProblem | undefined {
  const { lossMask, positionIds, parentIds } = row;
  const known = new Map<number, Segment>();
  for (const segment of segments) {
    const { id, parent, start, end } = segment;
    if (id < 0 || known.has(id)) {
      return { array: 'segment_ids', message: `segment ${id} is not one run of tokens` };
    }
    for (let i = start; i < end; i++) {
      if (parentIds[i] !== parent) {
        return {
          array: 'parent_ids',
          message: `segment ${id} has two parents, ${parent} and ${parentIds[i]}`,
        };
      }
    }
    const above = known.get(parent);
    if (parent !== 0 && !above) {
      return {
        array: 'parent_ids',
        message: `segment ${id} continues segment ${parent}, which does not stand before it`,
      };
    }
    if (above && lossMask.subarray(above.start, above.end).includes(1)) {
      return { array: 'loss_mask', message: `segment ${parent} is shared but holds a supervised token` };
    }
    if (!above && lossMask[start] === 1) {
      return { array: 'loss_mask', message: `token ${start} is supervised but nothing stands before it` };
    }
    const first = above ? positionIds[above.end - 1]! + 1 : 0;
    for (let i = start; i < end; i++) {
      if (positionIds[i] !== first + i - start) {
        return {
          array: 'position_ids',
          message: `token ${i} has the position ${positionIds[i]}, its path gives ${first + i - start}`,
        };
      }
    }
    known.set(id, segment);
  }
  return undefined;
}
