/**
 * What the memory of a phase is made of.
 * @module
 */

/** One part of a phase's memory. */
export interface MemoryTerm {
  /** In words, for example `weights, mapped`. */
  name: string;
  bytes: number;
  /** Pages of files: shared between processes, and dropped by the system where memory is short. */
  mapped?: true;
}

/** The parts of the work whose memory is predicted. */
export type PhaseName = 'load' | 'train' | 'evaluate' | 'save' | 'generate';

/** Predicted highest resident memory of the process in one phase. */
export interface PhaseMemory {
  phase: PhaseName;
  bytes: number;
  terms: MemoryTerm[];
}

/** A phase from its terms; empty ones are left out. */
export function phaseOf(phase: PhaseName, terms: readonly MemoryTerm[]): PhaseMemory {
  const shown = terms.filter(({ bytes }) => bytes > 0);
  return { phase, bytes: shown.reduce((sum, { bytes }) => sum + bytes, 0), terms: shown };
}

/** The phase with the highest peak. */
export function highestPhase(phases: readonly PhaseMemory[]): PhaseMemory {
  return phases.reduce((highest, phase) => (phase.bytes > highest.bytes ? phase : highest));
}
