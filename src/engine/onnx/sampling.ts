/**
 * How the next token is chosen.
 * @module
 */
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

/** Tokens that are sorted at first; a draw rarely needs more. */
const fewest = 64;

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
  const most = topK > 0 ? Math.min(topK, logits.length) : logits.length;
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > highest) highest = logit;
  const weight = (token: number): number => Math.exp((logits[token]! - highest) / temperature);
  let candidates = likeliest(logits, Math.min(fewest, most));
  const more = (count: number): void => {
    while (candidates.length < Math.min(count, most))
      candidates = likeliest(logits, Math.min(most, candidates.length * 16));
  };
  let total = 0;
  if (topK > 0) {
    more(most);
    for (let i = 0; i < most; i++) total += weight(candidates[i]!);
  } else {
    for (let token = 0; token < logits.length; token++) total += weight(token);
  }
  let mass = total;
  let kept = most;
  if (topP < 1) {
    mass = 0;
    for (kept = 0; kept < most && (kept === 0 || mass < topP * total); kept++) {
      more(kept + 1);
      mass += weight(candidates[kept]!);
    }
  }
  let left = random.next() * mass;
  let last = 0;
  for (let i = 0; i < kept; i++) {
    more(i + 1);
    last = candidates[i]!;
    left -= weight(last);
    if (left < 0) break;
  }
  return last;
}

/** The `count` tokens of the highest logits, the highest first, of equal ones the first first. */
function likeliest(logits: Float32Array, count: number): number[] {
  const order = (a: number, b: number): number => logits[b]! - logits[a]! || a - b;
  if (4 * count >= logits.length) return Array.from(logits.keys()).sort(order).slice(0, count);
  // Whatever falls behind the worst of the first candidates is never looked at again.
  let kept: number[] = [];
  let bound = Number.NEGATIVE_INFINITY;
  for (let token = 0; token < logits.length; token++) {
    if (logits[token]! <= bound) continue;
    kept.push(token);
    if (kept.length < 2 * count) continue;
    kept = kept.sort(order).slice(0, count);
    bound = logits[kept.at(-1)!]!;
  }
  return kept.sort(order).slice(0, count);
}
