/**
 * Items that are equal after normalisation, found by their 128-bit hashes.
 * @module
 */
import type { ItemTable } from './item-table.js';

/** For every line the first line that is equal to it: itself where there is none before it. */
export function firstEqualLines({ count, forms, digests }: ItemTable): Int32Array {
  const first = new Int32Array(count);
  let size = 1024;
  while (size < count * 2) size *= 2;
  // Open addressing: 0 is free, otherwise a line's number plus one.
  const slots = new Int32Array(size);
  for (let line = 0; line < count; line++) {
    first[line] = line;
    if (forms[line] === 0) continue;
    let slot = digests[line * 4]! & (size - 1);
    while (slots[slot] !== 0 && !isEqual(digests, slots[slot]! - 1, line)) slot = (slot + 1) & (size - 1);
    if (slots[slot] === 0) slots[slot] = line + 1;
    else first[line] = slots[slot]! - 1;
  }
  return first;
}

function isEqual(digests: Int32Array, one: number, other: number): boolean {
  for (let i = 0; i < 4; i++) if (digests[one * 4 + i] !== digests[other * 4 + i]) return false;
  return true;
}
