/**
 * Two 32-bit hashes of everything that is looked up: the first chooses the bucket, the second tells apart what is in it.
 * @module
 */
import { hashString, mixBits } from './words.js';

/** First hash of `length` words from `start`. */
export function firstHash(words: Uint32Array, start: number, length: number): number {
  let hash = length;
  for (let i = start; i < start + length; i++) {
    hash = Math.imul(hash ^ words[i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return mixBits(hash);
}

/** Second hash of `length` words from `start`. */
export function secondHash(words: Uint32Array, start: number, length: number): number {
  let hash = ~length;
  for (let i = start; i < start + length; i++) {
    hash = Math.imul(hash + words[i]!, 0x85ebca77);
    hash ^= hash >>> 13;
  }
  return mixBits(hash);
}

/** First hash of two neighbouring words. */
export function firstOfPair(left: number, right: number): number {
  return mixBits(Math.imul(left, 0x27d4eb2f) ^ right);
}

/** Second hash of two neighbouring words. */
export function secondOfPair(left: number, right: number): number {
  return mixBits(Math.imul(right, 0x165667b1) ^ left);
}

/** Second hash of a figure; its word's hash is the first. */
export function figurePrint(word: number): number {
  return mixBits(word ^ 0x3c6ef372);
}

/** Both hashes of the name of a group or document. */
export function nameHashes(name: string): [first: number, second: number] {
  return [hashString(name, 0x2545f491), hashString(name, 0x1f123bb5)];
}
