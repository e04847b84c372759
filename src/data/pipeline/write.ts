/**
 * Last stage: the files of the data set.
 * @module
 */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Split, splits } from '../example.js';
import type { Rejected } from '../ingest/records/read-records.js';
import { type Columns, exampleColumns, linesToParquet } from '../parquet.js';
import { createMask } from '../privacy/mask.js';
import { jsonLines } from '../stages/part.js';
import type { Stage } from '../stages/stage.js';
import { duplicateFiles } from './duplicates.js';
import type { Pipeline } from './pipeline.js';
import type { Prepared } from './prepare-items.js';
import { rejectedOf } from './read.js';
import { partLines } from './view.js';

/** The columns of `removed.parquet`. */
const removedColumns = {
  id: 'VARCHAR',
  source: 'VARCHAR',
  step: 'VARCHAR',
  reason: 'VARCHAR',
  detail: 'VARCHAR',
  kept: 'VARCHAR',
  excerpt: 'VARCHAR',
} satisfies Columns;

/** The columns of `duplicates.parquet`. */
const duplicateColumns = {
  removed: 'VARCHAR',
  kept: 'VARCHAR',
  kind: 'VARCHAR',
  similarity: 'DOUBLE',
} satisfies Columns;

/** Most bytes of UTF-8 that a character of a string becomes. */
const bytesPerCharacter = 3;

/** Writes `train.parquet`, `validation.parquet` and `test.parquet`. */
export async function writeSplits(
  { onProgress, signal }: Pipeline,
  { view, rows }: Prepared,
  directory: string,
): Promise<void> {
  const lines = (split: Split): string => join(directory, `${split}.jsonl`);
  const files = await openAll(lines);
  let longest = 0;
  try {
    let next = 0;
    for (const part of view.parts) {
      signal?.throwIfAborted();
      const chunks: Record<Split, string[]> = { train: [], validation: [], test: [] };
      for (const line of await partLines(part)) {
        chunks[rows[next++]!.split!].push(line);
        longest = Math.max(longest, line.length);
      }
      for (const split of splits) {
        if (chunks[split].length > 0) await files[split].appendFile(`${chunks[split].join('\n')}\n`);
      }
    }
  } finally {
    for (const split of splits) await files[split].close();
  }
  for (const [done, split] of splits.entries()) {
    signal?.throwIfAborted();
    onProgress?.({ phase: 'write data', done, total: splits.length, unit: 'splits', note: split });
    await linesToParquet(
      lines(split),
      join(directory, `${split}.parquet`),
      exampleColumns,
      longest * bytesPerCharacter,
    );
    await rm(lines(split));
  }
  onProgress?.({ phase: 'write data', done: splits.length, total: splits.length, unit: 'splits' });
}

async function openAll(path: (split: Split) => string): Promise<Record<Split, FileHandle>> {
  const [train, validation, test] = await Promise.all(splits.map((split) => open(path(split), 'w')));
  return { train: train!, validation: validation!, test: test! };
}

/**
 * Writes `removed.parquet` (every item that a step took out), `duplicates.parquet` (the copies beside what is kept) and
 * `rejected.jsonl` (every record that could not be used, personal data masked).
 */
export async function writeRemoved(
  { settings }: Pipeline,
  { read, removed, duplicatesDirectory }: Prepared,
  directory: string,
): Promise<void> {
  const lines = join(directory, 'removed.jsonl');
  await appendAll(lines, removed());
  await linesToParquet(lines, join(directory, 'removed.parquet'), removedColumns);
  await rm(lines);
  await linesToParquet(
    join(duplicatesDirectory, duplicateFiles.pairs),
    join(directory, 'duplicates.parquet'),
    duplicateColumns,
  );
  await appendAll(join(directory, 'rejected.jsonl'), rejectedBatches(read, createMask(settings.privacy)));
}

async function* rejectedBatches(
  read: Stage,
  mask: (text: string) => string,
): AsyncGenerator<readonly Rejected[]> {
  for (const [job, report] of read.reports.entries()) {
    if (report.rejected === 0) continue;
    yield (await rejectedOf(read, job)).map((rejected) => ({ ...rejected, record: mask(rejected.record) }));
  }
}

async function appendAll(file: string, batches: AsyncIterable<readonly unknown[]>): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for await (const batch of batches) await handle.appendFile(jsonLines(batch));
  } finally {
    await handle.close();
  }
}
