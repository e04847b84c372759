/**
 * Adapters of earlier stages that became part of the frozen base.
 *
 * The base's weights are left as they are, also in NF4: `W x + s·B₁(A₁ x)` is exactly what `(W + s·B₁A₁) x` stands
 * for. Several merged adapters are one branch of their ranks' sum, `[B₁ B₂] ([A₁; A₂] x)`, and together with the one
 * in training they are one adapter on the base.
 * @module
 */
import { type LoraPair, loraScaling } from '../../adapter/lora.js';
import type { LoraSettings } from '../../adapter/settings.js';

/** What was merged so far. */
export interface MergedAdapters {
  /** Sum of the ranks of the merged adapters. */
  rank: number;
  /** By module path; A [rank, in], B [out, rank]. */
  tensors: ReadonlyMap<string, LoraPair>;
}

/** Two branches of one module as one, whose product B·A is the sum of theirs. */
export function stackPairs(
  first: LoraPair,
  firstRank: number,
  second: LoraPair,
  secondRank: number,
): LoraPair {
  const A = new Float32Array(first.A.length + second.A.length);
  A.set(first.A);
  A.set(second.A, first.A.length);
  const rank = firstRank + secondRank;
  const out = second.B.length / secondRank;
  const B = new Float32Array(out * rank);
  for (let row = 0; row < out; row++) {
    B.set(first.B.subarray(row * firstRank, (row + 1) * firstRank), row * rank);
    B.set(second.B.subarray(row * secondRank, (row + 1) * secondRank), row * rank + firstRank);
  }
  return { A, B };
}

/** Undoes {@link stackPairs}: the first `firstRank` of `rank`, and the rest. */
export function splitPair(pair: LoraPair, firstRank: number, rank: number): [LoraPair, LoraPair] {
  const secondRank = rank - firstRank;
  const border = (pair.A.length / rank) * firstRank;
  const out = pair.B.length / rank;
  const first = new Float32Array(out * firstRank);
  const second = new Float32Array(out * secondRank);
  for (let row = 0; row < out; row++) {
    const columns = pair.B.subarray(row * rank, (row + 1) * rank);
    first.set(columns.subarray(0, firstRank), row * firstRank);
    second.set(columns.subarray(firstRank), row * secondRank);
  }
  return [
    { A: pair.A.slice(0, border), B: first },
    { A: pair.A.slice(border), B: second },
  ];
}

/** Settings of the adapter that holds merged ones of `mergedRank` too: its scaling is that of the settings. */
export function joinedSettings(settings: LoraSettings, mergedRank: number): LoraSettings {
  if (mergedRank === 0) return settings;
  const r = settings.r + mergedRank;
  // Without √r this way is exact: both are whole multiples of what the settings say.
  const lora_alpha = settings.use_rslora ? loraScaling(settings) * r : settings.lora_alpha * (r / settings.r);
  return { ...settings, r, lora_alpha, use_rslora: false };
}
