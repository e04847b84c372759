/**
 * The account that a step keeps: how often each rule changed something, and a few examples.
 * @module
 */
import type { StepOutcome } from '../step.js';

const samplesOfRule = 3;
const around = 40;

/** Counts and samples by rule, written into an outcome. */
export class Tally {
  private readonly sampled = new Map<string, number>();

  constructor(private readonly outcome: StepOutcome) {}

  /** @param rule a name of the program's own, never one from data */
  count(rule: string, times = 1): void {
    this.outcome.counts[rule] = (this.outcome.counts[rule] ?? 0) + times;
  }

  /** Keeps the first few examples of a rule. */
  sample(rule: string, id: string, before: string, after?: string): void {
    const known = this.sampled.get(rule) ?? 0;
    if (known >= samplesOfRule) return;
    this.sampled.set(rule, known + 1);
    this.outcome.samples.push({ rule, id, before, ...(after === undefined ? {} : { after }) });
  }
}

/** The surroundings of the first change, before and after it. */
export function excerptAround(before: string, after: string): [string, string] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let common = 0;
  while (
    common < before.length - start &&
    common < after.length - start &&
    before[before.length - 1 - common] === after[after.length - 1 - common]
  ) {
    common++;
  }
  const cut = (text: string): string => {
    const from = Math.max(0, start - around);
    const to = Math.min(text.length, Math.max(start, text.length - common) + around, start + 4 * around);
    return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
  };
  return [cut(before), cut(after)];
}
