/**
 * A stage: jobs whose results lie in one folder, named by the hash of everything that decides them. A job that is done
 * is not done again, so a stopped stage goes on where it was.
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, removeAbandoned } from '../../files.js';
import type { OnProgress } from '../../progress.js';
import type { RemovedItem } from '../step.js';
import { type Row, readLines } from './part.js';
import type { WorkPool } from './pool.js';
import { mergeReports, type StepReport } from './report.js';
import { endings, type Job, type JobReport, type Part } from './work.js';

/** What a stage is to do. */
export interface StageOptions {
  /** First part of the folder's name. */
  name: string;
  /** Hash of everything that decides the result. */
  key: string;
  /** Folder of the stages. */
  cacheDirectory: string;
  /** Jobs without their folder. */
  jobs: readonly Omit<Job, 'directory'>[];
  /** Size of the input in bytes. */
  bytes: number;
  /** What progress is called. */
  phase: string;
  /** What is counted: one for each job. */
  unit: string;
  pool: WorkPool;
  onProgress?: OnProgress;
}

/** A finished stage. */
export interface Stage {
  key: string;
  directory: string;
  /** In the order of the jobs. */
  parts: Part[];
  reports: JobReport[];
  steps: StepReport[];
  /** Names of the jobs, in their order. */
  jobs: string[];
}

/** Runs a stage, or what is missing of it. */
export async function runStage(options: StageOptions): Promise<Stage> {
  const { name, key, cacheDirectory, jobs, bytes, phase, unit, pool, onProgress } = options;
  const directory = join(cacheDirectory, `${name}-${key.slice(0, 16)}`);
  await mkdir(directory, { recursive: true });
  await removeAbandoned(directory);
  const reportFile = (job: string): string => join(directory, `${job}${endings.report}`);
  const open = jobs.filter((job) => !existsSync(reportFile(job.name)));
  let done = jobs.length - open.length;
  const report = (): void => onProgress?.({ phase, done, total: jobs.length, unit });
  if (open.length > 0) {
    report();
    await pool.run(
      open.map((job) => ({ ...job, directory })),
      (bytes * open.length) / jobs.length,
      () => {
        done++;
        report();
      },
    );
  }
  const reports = await Promise.all(jobs.map((job) => readJson<JobReport>(reportFile(job.name))));
  return {
    key,
    directory,
    parts: reports.flatMap(({ parts }) => parts.map((part) => ({ ...part, directory }))),
    reports,
    steps: mergeReports(reports.map(({ steps }) => steps)),
    jobs: jobs.map((job) => job.name),
  };
}

/** The rows of a part. */
export async function rowsOf(part: Part): Promise<Row[]> {
  const rows = await readLines<Row>(join(part.directory, `${part.name}${endings.rows}`));
  return rows.map((row) => ({
    ...row,
    file: shared(row.file),
    task: shared(row.task),
    licence: shared(row.licence),
  }));
}

/** Texts that most rows have in common: a million rows hold them once. */
const sharedTexts = new Map<string, string>();

function shared(text: string): string {
  const known = sharedTexts.get(text);
  if (known !== undefined) return known;
  // Where every row has its own, nothing is gained.
  if (sharedTexts.size < 10_000) sharedTexts.set(text, text);
  return text;
}

/** The items that a stage's jobs removed, job by job. */
export async function* removedOf(stage: Stage): AsyncIterable<RemovedItem[]> {
  for (const job of stage.jobs) {
    const file = join(stage.directory, `${job}${endings.removed}`);
    if (existsSync(file)) yield await readLines<RemovedItem>(file);
  }
}
