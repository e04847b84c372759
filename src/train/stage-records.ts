/**
 * `stages.json` of a run: how each stage went, what it was measured at, and what its gate decided.
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AttuneError } from '../errors.js';
import { readJson, writeJson } from '../files.js';
import type { GateSettings } from '../recipe/stages/gate.js';

/** What a gate came to: `reached`, or what was done where it was not. */
export type GateDecision = 'reached' | 'go_on' | 'stop';

/** A look at the gate's metric. */
export interface GateCheck {
  /** Optimizer step of the plan after which it was measured. */
  step: number;
  value: number;
  reached: boolean;
  /** Digest of all that determines the run up to the end of the stage's part, itself or a round of extension, it was in. */
  plan: string;
}

/** How a stage went. */
export interface StageRecord {
  name: string;
  /** Digest of all that determines the run up to this stage's end; another plan makes the record void. */
  plan: string;
  /** `running` while it is not decided yet how it goes on. */
  state: 'running' | 'done' | 'stopped';
  first_step: number;
  /** Last optimizer step that was made, extensions included. */
  last_step?: number;
  /** Rounds of extension that were made. */
  extensions: number;
  /** Whether the gate was reached before the stage's planned end. */
  ended_early: boolean;
  gate?: { settings: GateSettings; checks: GateCheck[]; decision?: GateDecision };
  /** Benchmarks that were asked after the stage: metrics by benchmark and name. */
  scores: Record<string, Record<string, number>>;
  /** Folder of the stage's adapter or model, relative to the run folder. */
  result?: string;
}

const fileName = 'stages.json';

/** Where the results of stages are kept, relative to the run folder. */
export const stagesFolder = 'stages';

/** Where a stage's result is kept, relative to the run folder. */
export const stageDirectory = (name: string): string => join(stagesFolder, name);

/** Reads the records of a run; none where it has no stages or the first is not begun. */
export async function readStageRecords(runDirectory: string): Promise<StageRecord[]> {
  const file = join(runDirectory, fileName);
  if (!existsSync(file)) return [];
  const records = await readJson<StageRecord[]>(file);
  const isRecord = ({ name, plan, state }: StageRecord): boolean =>
    typeof name === 'string' && typeof plan === 'string' && ['running', 'done', 'stopped'].includes(state);
  if (!Array.isArray(records) || !records.every((record) => record && isRecord(record))) {
    throw new AttuneError('is no list of stages', {
      file,
      fix: 'delete the file; what it says is measured again',
    });
  }
  return records;
}

/** Writes the records of a run. */
export function writeStageRecords(runDirectory: string, records: readonly StageRecord[]): Promise<void> {
  return writeJson(join(runDirectory, fileName), records);
}
