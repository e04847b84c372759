/**
 * First stage: the files of the sources become items.
 * @module
 */
import { basename, join } from 'node:path';
import { AttuneError } from '../../errors.js';
import type { FactCounts } from '../ingest/read-source-file.js';
import type { Rejected } from '../ingest/records/read-records.js';
import type { DataProblem } from '../problems.js';
import type { ReplayFigures } from '../replay/rehearse.js';
import { readLines } from '../stages/part.js';
import { runStage, type Stage } from '../stages/stage.js';
import { addFacts, endings, type Job } from '../stages/work.js';
import { type Pipeline, stageKey, type View } from './pipeline.js';
import type { SourceFiles } from './sources.js';

/** Raise it with every change that reads other items from the same files. */
const version = 1;

/** Small files are read together, up to so many bytes, so that a folder of notes does not become a job a note. */
const bytesPerJob = 2 ** 18;

/** Records set aside that are named in warnings; all of them stand in `rejected.jsonl`. */
const shownRejected = 5;

const noFacts: FactCounts = { facts: 0, held_out: 0 };

/** What one source gave. */
export interface SourceReport {
  type: SourceFiles['source']['type'];
  /** File or folder, as the recipe names it, without the way to it. */
  path: string;
  /** Items that were read, or made from its tables. */
  examples: number;
  /** Files by the form in which they were read. */
  forms?: Record<string, number>;
  rejected?: number;
  /** Statement tables that were used, and those that could not be read safely. */
  tables?: { used: number; refused: { id: string; reason: string }[] };
  /** Of a source of facts. */
  facts?: FactCounts;
  /** Of a source of replay. */
  replay?: ReplayFigures;
}

/** What reading gave. */
export interface ReadResult {
  view: View;
  stage: Stage;
  sources: SourceReport[];
  problems: DataProblem[];
}

/** Reads every source but statement tables and prompts of replay, from which items are made. */
export async function readSources(pipeline: Pipeline, sources: readonly SourceFiles[]): Promise<ReadResult> {
  const { pool, stageDirectory, onProgress } = pipeline;
  const jobs: (Omit<Job, 'directory'> & { source: number })[] = [];
  let bytes = 0;
  for (const [index, { source, files }] of sources.entries()) {
    if (!isRead(source)) continue;
    for (const [group, batch] of batches(files).entries()) {
      jobs.push({
        name: `${index}-${String(group).padStart(5, '0')}`,
        input: { files: batch.map((found) => ({ found, source, check: pipeline.check })) },
        steps: [],
        source: index,
      });
    }
    bytes += files.reduce((sum, file) => sum + file.bytes, 0);
  }
  const key = stageKey('read', version, '', {
    sources: sources.map(({ source, files, hashes }) => [
      readingSettings(source),
      files.map(({ name, format }, index) => [name, format, hashes[index]]),
    ]),
  });
  const stage = await runStage({
    name: 'read',
    key,
    cacheDirectory: stageDirectory,
    jobs: jobs.map(({ source: _source, ...job }) => job),
    bytes,
    phase: 'read',
    unit: 'files',
    pool,
    onProgress,
  });
  const reports = sources.flatMap(({ source }, index): SourceReport[] => {
    if (!isRead(source)) return [];
    const own = stage.reports.filter((_report, job) => jobs[job]!.source === index);
    const forms = new Map<string, number>();
    for (const report of own) {
      for (const [form, count] of Object.entries(report.forms))
        forms.set(form, (forms.get(form) ?? 0) + count);
    }
    return [
      {
        type: source.type,
        path: source.path,
        examples: own.flatMap(({ parts }) => parts).reduce((sum, { items }) => sum + items, 0),
        forms: Object.fromEntries(forms),
        rejected: own.reduce((sum, { rejected }) => sum + rejected, 0),
        ...(source.type === 'facts'
          ? {
              facts: own
                .map(({ facts }) => facts)
                .reduce((sum, facts) => addFacts(sum, facts ?? noFacts), noFacts),
            }
          : {}),
      },
    ];
  });
  const problems = [
    ...stage.reports.flatMap(({ failures }) => failures),
    ...(await rejectedProblems(pipeline, stage, jobs, sources)),
    ...stage.reports.flatMap(({ warnings }) =>
      warnings.map((message): DataProblem => ({ severity: 'warning', message })),
    ),
  ];
  const parts = stage.reports.flatMap((report, job) =>
    report.parts.map((part) => ({
      part: { ...part, directory: stage.directory },
      source: jobs[job]!.source,
    })),
  );
  return { view: { parts, key, bytes }, stage, sources: reports, problems };
}

type ReadSource = Exclude<SourceFiles['source'], { type: 'tables' | 'replay' }>;

const isRead = (source: SourceFiles['source']): source is ReadSource =>
  source.type !== 'tables' && source.type !== 'replay';

/** The settings of a source that decide what is read; what is made of it later does not count. */
function readingSettings(source: SourceFiles['source']): unknown {
  if (source.type !== 'documents') return source;
  const { make: _make, pairs: _pairs, ...rest } = source;
  return rest;
}

function batches<T extends { bytes: number }>(files: readonly T[]): T[][] {
  const all: T[][] = [];
  let size = Infinity;
  for (const file of files) {
    if (size + file.bytes > bytesPerJob) {
      all.push([]);
      size = 0;
    }
    all.at(-1)!.push(file);
    size += file.bytes;
  }
  return all;
}

/** Rejected records are set aside, and are errors where a source has too many of them. */
async function rejectedProblems(
  { settings }: Pipeline,
  stage: Stage,
  jobs: readonly { source: number }[],
  sources: readonly SourceFiles[],
): Promise<DataProblem[]> {
  const problems: DataProblem[] = [];
  for (const [index, { source, files }] of sources.entries()) {
    if (!isRead(source)) continue;
    let read = 0;
    let failed = false;
    const rejected: Rejected[] = [];
    for (const [job, report] of stage.reports.entries()) {
      if (jobs[job]!.source !== index) continue;
      failed ||= report.failures.length > 0;
      read += report.parts.reduce((sum, { items }) => sum + items, 0);
      if (report.rejected > 0) rejected.push(...(await rejectedOf(stage, job)));
    }
    if (rejected.length === 0) {
      if (read === 0 && !failed) problems.push(nothingRead(source));
      continue;
    }
    // A document that cannot be read has no record.
    const records = rejected.filter(({ record }) => record !== '');
    const unreadable = rejected.length - records.length;
    const tooMany =
      read === 0 ||
      records.length > settings.max_rejected_share * (records.length + read) ||
      unreadable > Math.max(1, settings.max_unreadable_share * files.length);
    problems.push(...(tooMany ? rejected.map(asError) : rejected.slice(0, shownRejected).map(asWarning)));
  }
  return problems;
}

const asError = ({ file, line, field, message, fix }: Rejected): DataProblem => ({
  severity: 'error',
  file,
  line,
  field,
  message,
  fix,
});

/** Stands on the card, which is the same wherever the files lie: so without the way to them. */
const asWarning = ({ file, line, message, fix }: Rejected): DataProblem => ({
  severity: 'warning',
  message: `${basename(file)}${line === undefined ? '' : `:${line}`} was set aside: ${message}`,
  fix,
});

/** The records that a job set aside. */
export function rejectedOf(stage: Stage, job: number): Promise<Rejected[]> {
  return readLines<Rejected>(join(stage.directory, `${stage.jobs[job]}${endings.rejected}`));
}

function nothingRead(source: ReadSource): DataProblem {
  const { message, fix } = new AttuneError(`nothing could be read from ${source.path}`, {
    fix:
      source.type === 'records'
        ? 'write one record a line; docs/records.md shows the forms'
        : 'put documents or records into the folder',
  });
  return { severity: 'error', message, fix, field: 'data.sources' };
}
