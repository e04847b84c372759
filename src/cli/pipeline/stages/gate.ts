/**
 * What a gate says to a value.
 * @module
 */
import type { GateSettings } from '../../../recipe/stages/gate.js';
import type { GateDecision } from '../../../train/stage-records.js';

/** Whether a value reaches the gate. */
export function isReached({ at_least, at_most }: GateSettings, value: number): boolean {
  return at_least !== undefined ? value >= at_least : value <= at_most!;
}

/** What follows where a stage is at its end, extensions used up. */
export function decideGate(settings: GateSettings, reached: boolean): GateDecision {
  if (reached) return 'reached';
  return settings.otherwise === 'extend' ? settings.extend!.finally : settings.otherwise;
}

/** The gate in words: `eval_loss at most 1.2`. */
export function describeGate({ metric, benchmark, at_least, at_most }: GateSettings): string {
  const measured = benchmark === undefined ? metric : `${metric} on ${benchmark}`;
  return `${measured} ${at_least !== undefined ? `at least ${at_least}` : `at most ${at_most}`}`;
}
