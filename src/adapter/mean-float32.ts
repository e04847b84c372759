/**
 * The mean of float32 values with PyTorch's order of additions, which decides the last bit.
 * @module
 */

/** PyTorch's vectors of float32 have 8 lanes in its sums, and four vectors are summed side by side. */
const lanes = 8;
const columns = 4;
const width = lanes * columns;
const levels = 4;

/**
 * What `torch.mean` gives for a contiguous float32 tensor on a CPU with one thread. (Above 32,768 values
 * PyTorch cuts the sum by its number of threads, and the last bit may differ with it.)
 *
 * The sum is a cascade: runs of 2^p vectors are added up, runs of runs, and so on for four levels, so that
 * only sums of like size meet (`SumKernel.cpp`).
 *
 * @param values at least one
 */
export function meanFloat32(values: Float32Array): number {
  return Math.fround(sumFloat32(values) / Math.fround(values.length));
}

function sumFloat32(values: Float32Array): number {
  const vectors = Math.floor(values.length / lanes);
  // Fewer values than a vector are summed as four interleaved columns of single values.
  if (vectors === 0) return sumColumns(values, 1)[0]!;
  const partial = sumColumns(values.subarray(0, vectors * lanes), lanes);
  let sum = 0;
  for (let i = vectors * lanes; i < values.length; i++) sum = Math.fround(sum + values[i]!);
  for (let lane = 0; lane < lanes; lane++) sum = Math.fround(sum + partial[lane]!);
  return sum;
}

/** Sums rows of four vectors of `size` lanes by the cascade, then what is left over, then the four columns. */
function sumColumns(values: Float32Array, size: number): Float32Array {
  const row = size * columns;
  const rows = Math.floor(values.length / row);
  const power = Math.max(4, Math.floor(Math.ceil(Math.log2(Math.max(rows, 1))) / levels));
  const run = 2 ** power;
  const sums = Array.from({ length: levels }, () => new Float32Array(width));
  const add = (level: Float32Array, from: Float32Array, offset: number) => {
    for (let k = 0; k < row; k++) level[k] = level[k]! + from[offset + k]!;
  };
  let i = 0;
  while (i + run <= rows) {
    for (const end = i + run; i < end; i++) add(sums[0]!, values, i * row);
    for (let level = 1; level < levels; level++) {
      add(sums[level]!, sums[level - 1]!, 0);
      sums[level - 1]!.fill(0);
      if (i % 2 ** (power * (level + 1)) !== 0) break;
    }
  }
  for (; i < rows; i++) add(sums[0]!, values, i * row);
  for (let level = 1; level < levels; level++) add(sums[0]!, sums[level]!, 0);

  const total = sums[0]!;
  for (let k = rows * row; k < values.length; k += size) {
    for (let lane = 0; lane < size; lane++) total[lane] = total[lane]! + values[k + lane]!;
  }
  for (let column = 1; column < columns; column++) {
    for (let lane = 0; lane < size; lane++) total[lane] = total[lane]! + total[column * size + lane]!;
  }
  return total;
}
