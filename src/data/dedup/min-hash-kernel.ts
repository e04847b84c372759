/**
 * The inner loop of MinHash as a WebAssembly module with 128-bit vectors, assembled here: nearly half of the time of a
 * search went into this loop as plain JavaScript.
 *
 * The module exports its memory and `sign(shingleBytes, permutationBytes)`. For every permutation, sixteen at a time, it
 * lowers the value in `out` to the least of factor · shingle + offset.
 * @module
 */

/** Where the kernel's memory holds what, in bytes; it is one page of 64 KiB. */
export const layout = { shingles: 0, factors: 0x8000, offsets: 0x9000, out: 0xa000 } as const;
/** Shingles that fit into the memory. */
export const mostShingles = layout.factors / 4;
/** Permutations that fit into the memory. */
export const mostPermutations = (layout.offsets - layout.factors) / 4;
/** Permutations that are computed together. */
export const permutationsAtOnce = 16;

const type = { i32: 0x7f, v128: 0x7b };
const vectors = [0, 1, 2, 3];
// Locals: two parameters, two counters, then factors, offsets, minima and one shingle.
const shingleBytes = 0;
const permutationBytes = 1;
const permutation = 2;
const shingle = 3;
const factor = (vector: number): number => 4 + vector;
const offset = (vector: number): number => 8 + vector;
const least = (vector: number): number => 12 + vector;
const value = 16;

/** Unsigned LEB128, in which WebAssembly writes numbers. */
function number(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...number(value >>> 7)];
}
const list = (entries: number[][]): number[] => [...number(entries.length), ...entries.flat()];
const sized = (bytes: number[]): number[] => [...number(bytes.length), ...bytes];
const section = (id: number, bytes: number[]): number[] => [id, ...sized(bytes)];
const name = (text: string): number[] => sized([...Buffer.from(text)]);

const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const loadVector = (at: number): number[] => [0xfd, 0x00, 4, ...number(at)];
const storeVector = (at: number): number[] => [0xfd, 0x0b, 4, ...number(at)];
const loadSplat = (at: number): number[] => [0xfd, 0x09, 2, ...number(at)];
const add = [0xfd, ...number(0xae)];
const multiply = [0xfd, ...number(0xb5)];
const minimum = [0xfd, ...number(0xb6)];
const zero = (local: number): number[] => [0x41, 0, ...set(local)];
/** A loop over `counter`, which ends when it has reached `end`. */
const loop = (counter: number, step: number[], end: number, body: number[]): number[] => [
  ...[...zero(counter), 0x03, 0x40, ...body],
  // counter += step; if (counter < end) continue
  ...[...get(counter), 0x41, ...step, 0x6a, 0x22, counter, ...get(end), 0x49, 0x0d, 0, 0x0b],
];

const load = (local: number, at: number): number[] => [...get(permutation), ...loadVector(at), ...set(local)];
const body = loop(permutation, [0xc0, 0x00], permutationBytes, [
  ...vectors.flatMap((vector) => [
    ...load(factor(vector), layout.factors + 16 * vector),
    ...load(offset(vector), layout.offsets + 16 * vector),
    ...load(least(vector), layout.out + 16 * vector),
  ]),
  ...loop(shingle, [4], shingleBytes, [
    ...[...get(shingle), ...loadSplat(layout.shingles), ...set(value)],
    ...vectors.flatMap((vector) => [
      ...[...get(least(vector)), ...get(value), ...get(factor(vector)), ...multiply],
      ...[...get(offset(vector)), ...add, ...minimum, ...set(least(vector))],
    ]),
  ]),
  ...vectors.flatMap((vector) => [
    ...[...get(permutation), ...get(least(vector)), ...storeVector(layout.out + 16 * vector)],
  ]),
]);
const locals = list([
  [2, type.i32],
  [13, type.v128],
]);

/** The module's bytes. */
const bytes = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, list([[0x60, ...list([[type.i32], [type.i32]]), 0]])),
  ...section(3, list([[0]])),
  ...section(5, list([[0x01, 1, 1]])),
  ...section(
    7,
    list([
      [...name('memory'), 2, 0],
      [...name('sign'), 0, 0],
    ]),
  ),
  ...section(10, list([sized([...locals, ...body, 0x0b])])),
]);

/** A kernel with a memory of its own. */
export interface MinHashKernel {
  memory: ArrayBuffer;
  /** Lowers the minima by the first shingles; both lengths are in bytes, above 0, the second a multiple of 64. */
  sign(shingleBytes: number, permutationBytes: number): void;
}

/** The part of the global that is used: the types of Node do not have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (
    module: object,
  ) => { exports: { memory: { buffer: ArrayBuffer }; sign: MinHashKernel['sign'] } };
};

/** Makes a kernel. */
export function createMinHashKernel(): MinHashKernel {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return { memory: exports.memory.buffer, sign: exports.sign };
}
