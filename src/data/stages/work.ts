/**
 * What is done with one part, in a worker thread or in the main one: read it, take it through its steps, write it.
 * @module
 */
import { join } from 'node:path';
import { writeJson } from '../../files.js';
import { type Split, splits } from '../example.js';
import { type FactCounts, type ReadRequest, readSourceFile } from '../ingest/read-source-file.js';
import type { Item } from '../item.js';
import { createMask } from '../privacy/mask.js';
import type { DataProblem } from '../problems.js';
import type { RemovedItem, StepOutcome } from '../step.js';
import { charactersOf, partLimits, readLines, rowOf, writeLines } from './part.js';
import { reportOf, type StepReport } from './report.js';
import { createStep, type StepSpec } from './steps.js';
import { type TableRequest, tableItems } from './table-items.js';

/** A part of a stage. */
export interface Part {
  /** Folder of the stage. */
  directory: string;
  /** Name of the part's files without their endings. */
  name: string;
  items: number;
}

/** What becomes of each item of a part: 0 is dropped, 1 to 3 belong to a split, {@link undecided} goes on as it is. */
export type Codes = Uint8Array;

/** The code of an item that goes on without a split. */
export const undecided = 255;

/** The code of a split. */
export const codeOf = (split: Split): number => splits.indexOf(split) + 1;

/** One piece of work of a stage. */
export interface Job {
  /** Folder of the stage. */
  directory: string;
  /** Name of what it makes: parts are called so, or begin so where there are several. */
  name: string;
  /** Files to read, a file of statement tables, or a part of an earlier stage. */
  input: { files: readonly ReadRequest[] } | { tables: TableRequest } | { part: Part; codes?: Codes };
  steps: readonly StepSpec[];
}

/** What a job made; written last, so its file says that the job is done. */
export interface JobReport {
  parts: { name: string; items: number }[];
  steps: StepReport[];
  /** Records that could not be used. */
  rejected: number;
  /** What the reader has to say about the file. */
  warnings: string[];
  /** Files that could not be read at all, and mistakes in files of facts; only a check goes on then. */
  failures: DataProblem[];
  /** Statement tables that pairs were made from, and those that could not be read safely. */
  tables?: { used: number; refused: { id: string; reason: string }[] };
  /** Of files of facts. */
  facts?: FactCounts;
  /** Files by the form in which they were read, for example `pdf` or `jsonl: messages`. */
  forms: Record<string, number>;
}

const nothing: JobReport = { parts: [], steps: [], rejected: 0, warnings: [], failures: [], forms: {} };

/** Endings of a part's files. */
export const endings = {
  items: '.jsonl',
  rows: '.rows.jsonl',
  removed: '.removed.jsonl',
  rejected: '.rejected.jsonl',
  report: '.report.json',
};

/** Does a job. Equal jobs write equal bytes. */
export async function doJob(job: Job, signal?: AbortSignal): Promise<JobReport> {
  return keepReport(job, await made(job, signal));
}

/** Writes what a job made; then the job is done. Fields that are not given are empty. */
export async function keepReport(job: Job, made: Partial<JobReport>): Promise<JobReport> {
  const report = { ...nothing, ...made };
  await writeJson(join(job.directory, `${job.name}${endings.report}`), report);
  return report;
}

function made(job: Job, signal?: AbortSignal): Promise<Partial<JobReport>> {
  if ('files' in job.input) return readFiles(job, job.input.files, signal);
  if ('tables' in job.input) return makeTablePairs(job, job.input.tables);
  return takePart(job, job.input.part, job.input.codes);
}

async function takePart(
  { directory, name, steps }: Job,
  part: Part,
  codes?: Codes,
): Promise<Partial<JobReport>> {
  const removed: RemovedItem[] = [];
  const { items, reports } = await take(await itemsOf(part, codes), steps, removed);
  await writePart(directory, name, items);
  if (removed.length > 0) await writeLines(join(directory, `${name}${endings.removed}`), removed);
  return { parts: [{ name, items: items.length }], steps: reports };
}

async function makeTablePairs({ directory, name }: Job, request: TableRequest): Promise<Partial<JobReport>> {
  const { items, tables } = await tableItems(request);
  await writePart(directory, name, items);
  return { parts: [{ name, items: items.length }], tables };
}

async function readFiles(
  { directory, name }: Job,
  files: readonly ReadRequest[],
  signal?: AbortSignal,
): Promise<Partial<JobReport>> {
  const parts: JobReport['parts'] = [];
  const rejected: unknown[] = [];
  const warnings: string[] = [];
  const failures: DataProblem[] = [];
  const forms = new Map<string, number>();
  let facts: FactCounts | undefined;
  let batch: Item[] = [];
  let characters = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const part = `${name}-${String(parts.length).padStart(5, '0')}`;
    await writePart(directory, part, batch);
    parts.push({ name: part, items: batch.length });
    batch = [];
    characters = 0;
  };
  for (const file of files) {
    for await (const outcome of readSourceFile(file, signal)) {
      if ('item' in outcome) {
        batch.push(outcome.item);
        characters += charactersOf(outcome.item);
        if (batch.length >= partLimits.items || characters >= partLimits.characters) await flush();
      } else if ('rejected' in outcome) {
        rejected.push(outcome.rejected);
      } else if ('warning' in outcome) {
        warnings.push(outcome.warning);
      } else if ('failure' in outcome) {
        failures.push(outcome.failure);
      } else if ('facts' in outcome) {
        facts = addFacts(facts, outcome.facts);
      } else {
        forms.set(outcome.form, (forms.get(outcome.form) ?? 0) + 1);
      }
    }
  }
  await flush();
  await writeLines(join(directory, `${name}${endings.rejected}`), rejected);
  return {
    parts,
    rejected: rejected.length,
    warnings,
    failures,
    ...(facts ? { facts } : {}),
    forms: Object.fromEntries(forms),
  };
}

/** Counts of facts together. */
export function addFacts(a: FactCounts | undefined, b: FactCounts): FactCounts {
  return { facts: (a?.facts ?? 0) + b.facts, held_out: (a?.held_out ?? 0) + b.held_out };
}

/** Writes the items of a part and their rows. */
export async function writePart(directory: string, name: string, items: readonly Item[]): Promise<void> {
  await writeLines(join(directory, `${name}${endings.items}`), items);
  await writeLines(join(directory, `${name}${endings.rows}`), items.map(rowOf));
}

/** The items of a part that go on, with their splits. */
export async function itemsOf(part: Part, codes?: Codes): Promise<Item[]> {
  const items = await readLines<Item>(join(part.directory, `${part.name}${endings.items}`));
  if (!codes) return items;
  return items.flatMap((item, index) => {
    const code = codes[index]!;
    if (code === 0) return [];
    return [code === undecided ? item : { ...item, split: splits[code - 1]! }];
  });
}

async function take(
  items: Item[],
  steps: readonly StepSpec[],
  removed: RemovedItem[],
): Promise<{ items: Item[]; reports: StepReport[] }> {
  const reports: StepReport[] = [];
  const privacyAt = steps.findIndex(({ name }) => name === 'privacy');
  const privacy = steps[privacyAt];
  let current = items;
  for (const [index, spec] of steps.entries()) {
    const step = await createStep(spec);
    let outcome = await step(current);
    // What is shown of items that privacy has not seen yet must not hold what it would take out.
    if (privacy?.name === 'privacy' && index < privacyAt) {
      outcome = masked(outcome, createMask(privacy.settings));
    }
    reports.push(reportOf(spec.name, current.length, outcome));
    for (const item of outcome.removed) removed.push(item);
    current = outcome.items;
  }
  return { items: current, reports };
}

function masked(outcome: StepOutcome, mask: (text: string) => string): StepOutcome {
  return {
    ...outcome,
    removed: outcome.removed.map((item) => ({
      ...item,
      id: mask(item.id),
      source: mask(item.source),
      ...(item.excerpt === undefined ? {} : { excerpt: mask(item.excerpt) }),
    })),
    samples: outcome.samples.map((sample) => ({
      ...sample,
      id: mask(sample.id),
      before: mask(sample.before),
      ...(sample.after === undefined ? {} : { after: mask(sample.after) }),
    })),
  };
}
