/**
 * Finds what is wrong with a recipe's data in seconds, before any model is loaded.
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OnProgress } from '../progress.js';
import type { DataSettings } from '../recipe/data.js';
import { type Split, splits } from './example.js';
import { readXlsxRows } from './ingest/documents/xlsx.js';
import { type Recognised, recogniseRecords } from './ingest/records/recognise-records.js';
import { countLengths } from './lengths.js';
import { prepareItems } from './pipeline/prepare-items.js';
import type { SourceReport } from './pipeline/read.js';
import { findSources, type SourceFiles } from './pipeline/sources.js';
import { type DataProblem, problemOf } from './problems.js';
import { createWorkPool } from './stages/pool.js';
import type { StepReport } from './stages/report.js';

/** Bytes of a source's files that are looked at, so that a check takes seconds whatever there is. */
const sampleBytes = 32 * 2 ** 20;
/** Records of a file that are looked at. */
const sampleRecords = 20_000;

/** What a check found. */
export interface DataCheck {
  /** Errors first. */
  problems: DataProblem[];
  sources: SourceReport[];
  /** How the records of a file are understood. */
  recognised: { file: string; records: Recognised }[];
  /** Examples that the splits would hold. */
  counts: Record<Split, number>;
  /** What each step would remove and change. */
  steps: StepReport[];
  /** Lengths in characters of the shortest, the middle and the longest example. */
  characters: { shortest: number; median: number; longest: number };
  /** Sources of which only the beginning was looked at: then counts and problems are those of the beginning. */
  sampled: { path: string; files: number; of: number }[];
}

/** Where a recipe's files are, and the rest that decides what comes out. */
export interface CheckOptions {
  /** Folder that paths in the settings are relative to: the recipe's. */
  baseDirectory: string;
  seed: number;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/**
 * Does what `prepareDataset` does, on the beginning of large sources and without a teacher or a model, keeps nothing
 * and goes on after problems, so that a user sees all of them at once. Lengths in tokens are the tokenizer's business
 * and are checked when token rows are built.
 */
export async function checkData(settings: DataSettings, options: CheckOptions): Promise<DataCheck> {
  const { baseDirectory, seed, onProgress, signal } = options;
  const found = await findSources(settings, { baseDirectory, hash: false, onProgress, signal });
  const { sources, sampled } = beginnings(found.sources);
  const problems = [...found.problems];
  const directory = await mkdtemp(join(tmpdir(), 'attune-check-'));
  const pool = createWorkPool(signal);
  try {
    const prepared = await prepareItems(
      {
        // What costs money or a model's time is left to `data prepare`.
        settings: {
          ...settings,
          teacher: undefined,
          quality: { ...settings.quality, difficulty: false, judge: false },
        },
        baseDirectory,
        stageDirectory: directory,
        answerDirectory: directory,
        seed,
        pool,
        check: { records: sampleRecords },
        onProgress,
        signal,
      },
      { sources, benchmarkHashes: [] },
      (some) => void problems.push(...some),
    );
    const { shortest, median, longest } = countLengths(prepared.rows);
    return {
      problems: problems.toSorted(
        (a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'),
      ),
      sources: prepared.sources,
      recognised: await recognise(sources),
      counts: Object.fromEntries(
        splits.map((split) => [split, prepared.rows.filter((row) => row.split === split).length]),
      ) as Record<Split, number>,
      steps: prepared.steps,
      characters: { shortest, median, longest },
      sampled,
    };
  } finally {
    await pool.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function beginnings(sources: readonly SourceFiles[]): {
  sources: SourceFiles[];
  sampled: DataCheck['sampled'];
} {
  const sampled: DataCheck['sampled'] = [];
  const cut = sources.map((source) => {
    let bytes = 0;
    const files = source.files.filter((file, index) => {
      bytes += file.bytes;
      return index === 0 || bytes <= sampleBytes;
    });
    if (files.length < source.files.length || files[0]!.bytes > sampleBytes) {
      sampled.push({ path: source.source.path, files: files.length, of: source.files.length });
    }
    return { ...source, files };
  });
  return { sources: cut, sampled };
}

/** How the first record file of each source is understood. */
async function recognise(sources: readonly SourceFiles[]): Promise<DataCheck['recognised']> {
  const all: DataCheck['recognised'] = [];
  for (const { source, files } of sources) {
    const [file] = files;
    if (source.type !== 'records' || !file) continue;
    try {
      all.push({ file: file.file, records: await recogniseRecords(file, source, { readXlsxRows }) });
    } catch (error) {
      // Reading the file said so already.
      problemOf(error);
    }
  }
  return all;
}
