/**
 * Finds exact and near-duplicates among the items of JSONL files.
 * @module
 */
import { closeSync, openSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { AttuneError } from '../../errors.js';
import { fileError } from '../../files.js';
import type { OnProgress } from '../../progress.js';
import type { DedupSettings } from '../../recipe/data/dedup.js';
import { chooseBands } from './bands.js';
import { Buckets, readBand } from './candidates.js';
import { chooseKept, type Removals } from './choose-kept.js';
import { type Chunk, chunksOf } from './chunks.js';
import { firstEqualLines } from './exact-groups.js';
import { type ItemTable, idBytes, joinChunks, recordIntegers } from './item-table.js';
import { readFully } from './pair-verifier.js';
import { DuplicateResult, type RemovedLines } from './result.js';
import { SimilarityGraph } from './similarity-graph.js';
import { partsPerItem } from './sketch.js';
import { recordsFile, type SketchedChunk } from './sketch-chunk.js';
import { WorkerPool } from './worker-pool.js';

/** Small enough that all threads end at about the same time, large enough that starting one costs nothing. */
const chunkBytes = 2 * 1024 * 1024;

/** How to search. */
export interface FindOptions {
  settings: DedupSettings;
  /** Folder for working files, of which none is left at the end. A search that was killed begins anew. */
  workDirectory: string;
  /** Number of threads; the number of processors without it, and at most that. */
  threads?: number;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/**
 * Finds duplicates among the items of `parts`: JSONL files with one `Item` a line, of which `text`, `blocks` or
 * `messages` is looked at. Equal input and settings give equal results, whatever the number of threads.
 *
 * Items that are equal but for case and white space are exact duplicates. Near-duplicates are found by MinHash and
 * banding and then compared exactly; docs/deduplication.md describes the rules.
 *
 * Memory: about 300 bytes for each item (measured with a million, a fifth of them duplicates); texts stay on disk.
 *
 * @throws AttuneError that names file and line of a line that is not an object; the signal's reason when it is aborted
 */
export async function findDuplicates(
  parts: readonly string[],
  { settings, workDirectory, threads = availableParallelism(), onProgress, signal }: FindOptions,
): Promise<DuplicateResult> {
  signal?.throwIfAborted();
  const chunks = await planChunks(parts);
  const directory = join(workDirectory, 'dedup');
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const stores = new Int32Array(new SharedArrayBuffer(4));
  const pool = new WorkerPool({ settings, directory, stores }, Math.min(threads, chunks.length), signal);
  try {
    const sketched = await sketchAll(pool, chunks, onProgress);
    const starts = lineStarts(parts, chunks, sketched);
    const table = joinChunks(sketched);
    const first = firstEqualLines(table);
    const near = settings.near
      ? await findNear({ pool, table, first, sketched, directory, settings, onProgress, signal })
      : { removed: [], kept: [], similarities: [] };
    const items = table.forms.reduce((sum, form) => sum + (form === 0 ? 0 : 1), 0);
    return new DuplicateResult(starts, items, readIds(collect(table, first, near), table, directory));
  } catch (error) {
    signal?.throwIfAborted();
    throw describeFailure(error, directory);
  } finally {
    await pool.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Errors of the file system lose their code on the way from a thread; it is still the beginning of the message. */
function describeFailure(error: unknown, directory: string): unknown {
  const code = /^(E[A-Z]+): /.exec((error as Error)?.message)?.[1];
  return code === undefined ? error : fileError(Object.assign(error as Error, { code }), directory);
}

async function planChunks(parts: readonly string[]): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for (const file of parts) {
    const { size } = await stat(file).catch((error) => {
      throw fileError(error, file);
    });
    chunks.push(...chunksOf(file, size, chunkBytes));
  }
  return chunks;
}

async function sketchAll(
  pool: WorkerPool,
  chunks: readonly Chunk[],
  onProgress: OnProgress | undefined,
): Promise<SketchedChunk[]> {
  const total = chunks.reduce((sum, { start, end }) => sum + end - start, 0);
  let done = 0;
  return pool.sketch(chunks, (bytes) => {
    done += bytes;
    onProgress?.({ phase: 'deduplicate', done, total, unit: 'bytes' });
  });
}

/** Number of the first line of every part, and of all lines. */
function lineStarts(
  parts: readonly string[],
  chunks: readonly Chunk[],
  sketched: readonly SketchedChunk[],
): number[] {
  const starts: number[] = [];
  let lines = 0;
  let next = 0;
  for (const file of parts) {
    const start = lines;
    starts.push(start);
    // The same file may be given twice: its chunks begin with 0 again.
    for (let isFirst = true; chunks[next]?.file === file && (isFirst || chunks[next]!.start > 0); next++) {
      isFirst = false;
      const { lines: count, problem } = sketched[next]!;
      if (problem)
        throw new AttuneError(`is not valid JSON: ${problem.message}`, {
          file,
          line: lines - start + problem.line + 1,
          fix: 'write one JSON object a line',
        });
      lines += count;
    }
  }
  return [...starts, lines];
}

interface NearSearch {
  pool: WorkerPool;
  table: ItemTable;
  first: Int32Array;
  sketched: readonly SketchedChunk[];
  directory: string;
  settings: DedupSettings;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** Near-duplicates among the lines that are not equal to an earlier one. */
async function findNear(search: NearSearch): Promise<Removals> {
  const { pool, table, first, sketched, directory, settings, onProgress, signal } = search;
  const { bands } = chooseBands(settings.num_perm, settings.threshold);
  const active = table.comparable.map((comparable, line) => (first[line] === line ? comparable : 0));
  const graph = new SimilarityGraph(table.count);
  const buckets = new Buckets(table.count);
  const keys = new Int32Array(table.count);
  for (let band = 0; band < bands; band++) {
    signal?.throwIfAborted();
    readBand(directory, sketched, band, keys);
    const pairs = buckets.pairs(keys, active, (line, other) => graph.isConnected(line, other));
    const { similarities, areDuplicates } = await pool.verify(table, pairs);
    for (const [pair, isDuplicate] of areDuplicates.entries())
      if (isDuplicate === 1) graph.add(pairs[pair * 2]!, pairs[pair * 2 + 1]!, similarities[pair]!);
    onProgress?.({ phase: 'compare', done: band + 1, total: bands, unit: 'bands' });
  }
  const words = (line: number): number => recordIntegers(table.lengths, line, partsPerItem);
  const compare =
    settings.keep === 'longest'
      ? (one: number, other: number) => words(other) - words(one) || one - other
      : (one: number, other: number) => one - other;
  return chooseKept(graph, compare, (pairs) => pool.verify(table, pairs));
}

/** Joins exact and near-duplicates: what equals a removed item is removed in favour of the same one. */
function collect(
  { count }: ItemTable,
  first: Int32Array,
  near: Removals,
): Omit<RemovedLines, 'ids' | 'keptIds'> {
  const nearIndex = new Map(near.removed.map((line, index) => [line, index]));
  const total = near.removed.length + first.reduce((sum, equal, line) => sum + (equal === line ? 0 : 1), 0);
  const lines = new Int32Array(total);
  const kept = new Int32Array(total);
  const isExact = new Uint8Array(total);
  const similarities = new Float64Array(total).fill(1);
  let next = 0;
  for (let line = 0; line < count; line++) {
    const equal = first[line]!;
    const index = nearIndex.get(equal);
    if (equal === line && index === undefined) continue;
    lines[next] = line;
    kept[next] = index === undefined ? equal : near.kept[index]!;
    isExact[next] = index === undefined ? 1 : 0;
    if (index !== undefined) similarities[next] = near.similarities[index]!;
    next++;
  }
  return { lines, kept, isExact, similarities };
}

/** Adds the ids, which stand behind the records. */
function readIds(
  removed: Omit<RemovedLines, 'ids' | 'keptIds'>,
  table: ItemTable,
  directory: string,
): RemovedLines {
  const files = new Map<number, number>();
  const read = (line: number): string => {
    const store = table.stores[line]!;
    let file = files.get(store);
    if (file === undefined) {
      file = openSync(recordsFile(directory, store), 'r');
      files.set(store, file);
    }
    const bytes = Buffer.alloc(idBytes(table.lengths, line));
    readFully(file, bytes, table.offsets[line]! + recordIntegers(table.lengths, line) * 4);
    return bytes.toString('utf8');
  };
  try {
    const keptIds = new Map<number, string>();
    for (const line of removed.kept) if (!keptIds.has(line)) keptIds.set(line, read(line));
    return {
      ...removed,
      ids: Array.from(removed.lines, read),
      keptIds: Array.from(removed.kept, (line) => keptIds.get(line)!),
    };
  } finally {
    for (const file of files.values()) closeSync(file);
  }
}
