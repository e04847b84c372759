/**
 * 32-bit mixing: MurmurHash3's finaliser, public domain, by Austin Appleby.
 * @module
 */

/** A bijection of 32-bit integers whose every output bit depends on every input bit. */
export function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
