/**
 * How the next token is chosen.
 * @module
 */
import type { Tensor } from 'onnxruntime-node';
import type { RandomStream } from '../../random.js';

/** Names and meaning as in Transformers' generation settings. */
export interface Sampling {
  /** 0 is greedy. */
  temperature: number;
  /** Only the most likely tokens that together reach this probability; 1 is all. */
  topP: number;
  /** Only this many of the most likely tokens; 0 is all. */
  topK: number;
  seed: number;
}

/** The token of row `row`: `next` holds either the most likely tokens [batch] or logits [batch, vocabulary]. */
export function chooseToken(next: Tensor, row: number, sampling: Sampling, random: RandomStream): number {
  if (next.type === 'int64') return Number((next.data as BigInt64Array)[row]);
  const width = next.dims[1]!;
  return sample((next.data as Float32Array).subarray(row * width, (row + 1) * width), sampling, random);
}

/**
 * Draws from softmax(logits / temperature), cut by top-k, then by top-p (nucleus sampling, arXiv 1904.09751).
 *
 * @returns the index of the drawn token in `logits`
 */
export function sample(
  logits: Float32Array,
  { temperature, topP, topK }: Sampling,
  random: RandomStream,
): number {
  const order = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]!);
  const candidates = topK > 0 ? order.slice(0, topK) : order;
  const highest = logits[order[0]!]!;
  const weights = candidates.map((token) => Math.exp((logits[token]! - highest) / temperature));
  const total = weights.reduce((a, b) => a + b, 0);
  let kept = 0;
  let mass = 0;
  while (kept < weights.length && (kept === 0 || mass < topP * total)) mass += weights[kept++]!;
  let left = random.next() * mass;
  for (let i = 0; i < kept; i++) {
    left -= weights[i]!;
    if (left < 0) return candidates[i]!;
  }
  return candidates[kept - 1]!;
}
