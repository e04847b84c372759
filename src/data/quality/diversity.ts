/**
 * Orders items so that the first ones are as different from each other as possible.
 * @module
 */
import { type RandomStream, randomStream } from '../../random.js';

/** Vectors of equal length, one after the other. */
export interface VectorTable {
  data: Float32Array;
  size: number;
}

/** Multiplications that the greedy order may take before clusters take its place: a few seconds on one core. */
export const affordable = 2e9;

/** Puts vectors of items into one table. */
export function vectorTable(vectors: readonly Float32Array[]): VectorTable {
  const size = vectors[0]?.length ?? 0;
  const data = new Float32Array(vectors.length * size);
  vectors.forEach((vector, at) => {
    data.set(vector, at * size);
  });
  return { data, size };
}

/** Numbers between two looks at whether a distance is too large already. */
const block = 32;

/**
 * Squared Euclidean distance of two rows of the same length; once it is `atMost` or more, any number that is at least
 * `atMost` may be given, for whoever looks for the least distance has lost interest then.
 */
export function distance(a: VectorTable, i: number, b: VectorTable, j: number, atMost = Infinity): number {
  const { data: from, size } = a;
  const to = b.data;
  const end = (i + 1) * size;
  let x = i * size;
  let y = j * size;
  let [p, q, r, s] = [0, 0, 0, 0];
  while (x + 4 <= end) {
    const stop = Math.min(x + block, end - 3);
    // Four sums at once: one alone would wait for itself. This loop is most of the time that a selection takes.
    for (; x < stop; x += 4, y += 4) {
      const d0 = from[x]! - to[y]!;
      const d1 = from[x + 1]! - to[y + 1]!;
      const d2 = from[x + 2]! - to[y + 2]!;
      const d3 = from[x + 3]! - to[y + 3]!;
      p += d0 * d0;
      q += d1 * d1;
      r += d2 * d2;
      s += d3 * d3;
    }
    if (p + q + (r + s) >= atMost) return p + q + (r + s);
  }
  for (; x < end; x++, y++) {
    const difference = from[x]! - to[y]!;
    p += difference * difference;
  }
  return p + q + (r + s);
}

/**
 * The first `count` of `candidates` by k-center greedy (Sener and Savarese 2018, algorithm 1): each time the one that is
 * farthest from all that were taken; the first candidate begins. Takes `count` times the candidates times the length of a
 * vector multiplications.
 */
export function farthestFirst(table: VectorTable, candidates: readonly number[], count: number): number[] {
  const nearest = new Float64Array(candidates.length).fill(Infinity);
  const taken: number[] = [];
  let next = 0;
  while (taken.length < Math.min(count, candidates.length)) {
    taken.push(candidates[next]!);
    nearest[next] = -1;
    const last = candidates[next]!;
    let farthest = -1;
    for (let at = 0; at < candidates.length; at++) {
      if (nearest[at]! < 0) continue;
      const away = distance(table, candidates[at]!, table, last, nearest[at]);
      if (away < nearest[at]!) nearest[at] = away;
      if (farthest < 0 || nearest[at]! > nearest[farthest]!) farthest = at;
    }
    next = farthest;
  }
  return taken;
}

/** Most rows that the centres are learnt from, and rounds of learning. */
const learning = { rows: 4000, rounds: 5 };

/**
 * The cluster of each row: k-means over at most 4,000 drawn rows, five rounds, then every row goes to its nearest centre.
 * Takes rows times clusters times the length of a vector multiplications.
 */
export function clusterRows(table: VectorTable, rows: number, clusters: number, seed: number): Int32Array {
  const random = randomStream(seed, 'quality', 'clusters');
  const drawn = drawRows(rows, learning.rows, random);
  const centres: VectorTable = { data: new Float32Array(clusters * table.size), size: table.size };
  for (let cluster = 0; cluster < clusters; cluster++) {
    copyRow(table, drawn[cluster % drawn.length]!, centres, cluster);
  }
  for (let round = 0; round < learning.rounds; round++) {
    const sums = new Float64Array(clusters * table.size);
    const members = new Uint32Array(clusters);
    for (const row of drawn) {
      const cluster = nearestCentre(table, row, centres, clusters);
      members[cluster]!++;
      for (let at = 0; at < table.size; at++) {
        sums[cluster * table.size + at]! += table.data[row * table.size + at]!;
      }
    }
    for (let cluster = 0; cluster < clusters; cluster++) {
      // A centre without rows stays where it is.
      for (let at = cluster * table.size; members[cluster]! > 0 && at < (cluster + 1) * table.size; at++) {
        centres.data[at] = sums[at]! / members[cluster]!;
      }
    }
  }
  return Int32Array.from({ length: rows }, (_row, row) => nearestCentre(table, row, centres, clusters));
}

/** Up to `most` different rows, drawn without order. */
export function drawRows(rows: number, most: number, random: RandomStream): number[] {
  const all = Array.from({ length: rows }, (_row, row) => row);
  const count = Math.min(rows, most);
  for (let at = 0; at < count; at++) {
    const other = at + random.integer(rows - at);
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all.slice(0, count);
}

function copyRow(from: VectorTable, row: number, to: VectorTable, at: number): void {
  to.data.set(from.data.subarray(row * from.size, (row + 1) * from.size), at * to.size);
}

function nearestCentre(table: VectorTable, row: number, centres: VectorTable, clusters: number): number {
  let best = 0;
  let least = Infinity;
  for (let cluster = 0; cluster < clusters; cluster++) {
    const away = distance(table, row, centres, cluster, least);
    if (away < least) {
      least = away;
      best = cluster;
    }
  }
  return best;
}

/** Members of groups in turns: the first of each, then the second of each, and so on. */
export function inTurns<T>(groups: readonly (readonly T[])[]): T[] {
  const longest = groups.reduce((most, { length }) => Math.max(most, length), 0);
  const order: T[] = [];
  for (let turn = 0; turn < longest; turn++) {
    for (const group of groups) if (turn < group.length) order.push(group[turn]!);
  }
  return order;
}

/** Rows that are asked for their neighbour, and rows among which it is looked for. */
const measured = { asked: 250, among: 4000 };

/**
 * Mean Euclidean distance of a row to its nearest neighbour, over at most 250 drawn rows and 4,000 drawn neighbours; 0
 * for fewer than two rows. Sets of different sizes only compare where both are above 4,000 or drawn to the same size.
 */
export function nearestDistance(table: VectorTable, rows: readonly number[], seed: number): number {
  if (rows.length < 2) return 0;
  const random = randomStream(seed, 'quality', 'neighbours');
  const among = drawRows(rows.length, measured.among, random).map((at) => rows[at]!);
  const asked = among.slice(0, measured.asked);
  let sum = 0;
  for (const row of asked) {
    let least = Infinity;
    for (const other of among)
      if (other !== row) least = Math.min(least, distance(table, row, table, other, least));
    sum += Math.sqrt(least);
  }
  return sum / asked.length;
}
