/**
 * The order of the rows of query and key weights. llama.cpp rotates neighbouring rows of a head together, Transformers row i
 * with row i + half; so llama.cpp's converter stores the rows of every head as 0, half, 1, half + 1, …
 * @module
 */

/** Puts the rows of query or key weights of a llama.cpp file into Transformers' order. */
export function uninterleaveHeads(values: Float32Array, rows: number, heads: number): Float32Array {
  return reordered(values, rows, heads, true);
}

/** Puts the rows of query or key weights of Transformers into llama.cpp's order. */
export function interleaveHeads(values: Float32Array, rows: number, heads: number): Float32Array {
  return reordered(values, rows, heads, false);
}

function reordered(
  values: Float32Array,
  rows: number,
  heads: number,
  fromInterleaved: boolean,
): Float32Array {
  const columns = values.length / rows;
  const headRows = rows / heads;
  const half = headRows / 2;
  const ordered = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    // `row` counts in llama.cpp's order, `plain` is the same row in Transformers'.
    const inHead = row % headRows;
    const plain = row - inHead + (inHead & 1) * half + (inHead >> 1);
    const [from, to] = fromInterleaved ? [row, plain] : [plain, row];
    ordered.set(values.subarray(from * columns, (from + 1) * columns), to * columns);
  }
  return ordered;
}
