/**
 * The account of what steps did, merged from part to part.
 * @module
 */
import type { StepOutcome, StepSample } from '../step.js';

/** What a step did to all the items that it saw. */
export interface StepReport {
  step: string;
  items_in: number;
  items_out: number;
  /** How often each rule changed something. */
  changed: Record<string, number>;
  /** Items that each rule removed. */
  removed: Record<string, number>;
  /** The first few of each rule. */
  samples: StepSample[];
}

const samplesPerRule = 3;

/** The report of one batch. */
export function reportOf(step: string, itemsIn: number, outcome: StepOutcome): StepReport {
  const { items, removed, counts, samples } = outcome;
  const reasons = new Map<string, number>();
  for (const { reason } of removed) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return {
    step,
    items_in: itemsIn,
    items_out: items.length,
    changed: counts,
    removed: Object.fromEntries(reasons),
    samples: firstOfEachRule(samples),
  };
}

/** Joins reports of the same steps, in the order of their parts. */
export function mergeReports(reports: readonly (readonly StepReport[])[]): StepReport[] {
  const merged = new Map<string, StepReport>();
  for (const report of reports.flat()) {
    const sum = merged.get(report.step);
    if (!sum) {
      merged.set(report.step, {
        ...report,
        changed: sorted(report.changed),
        removed: sorted(report.removed),
      });
      continue;
    }
    merged.set(report.step, {
      step: report.step,
      items_in: sum.items_in + report.items_in,
      items_out: sum.items_out + report.items_out,
      changed: sorted(sum.changed, report.changed),
      removed: sorted(sum.removed, report.removed),
      samples: firstOfEachRule([...sum.samples, ...report.samples]),
    });
  }
  return [...merged.values()];
}

function firstOfEachRule(samples: readonly StepSample[]): StepSample[] {
  const taken = new Map<string, number>();
  return samples.filter(({ rule }) => {
    taken.set(rule, (taken.get(rule) ?? 0) + 1);
    return taken.get(rule)! <= samplesPerRule;
  });
}

/** Sums of counts by name, names in order, so that reports do not depend on what was seen first. */
function sorted(...all: readonly Record<string, number>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
