/**
 * What a thread of the search for duplicates does: sketch chunks of files, compare pairs of items.
 * @module
 */
import type { DedupSettings } from '../../recipe/data/dedup.js';
import type { Chunk } from './chunks.js';
import { PairVerifier, type RecordTable, type Verdicts } from './pair-verifier.js';
import { ChunkSketcher, type SketchedChunk } from './sketch-chunk.js';

/** What all tasks of a search have in common. */
export interface Search {
  settings: DedupSettings;
  /** Folder of the working files. */
  directory: string;
  /** One shared integer: how many threads have working files of their own. */
  stores: Int32Array;
}

/** A chunk to sketch. */
export interface SketchTask extends Search {
  chunk: Chunk;
}

/** Pairs of lines to compare, one after the other. */
export interface VerifyTask extends Search {
  table: RecordTable;
  pairs: Int32Array;
}

// A thread serves one search only.
let sketcher: ChunkSketcher | undefined;
let verifier: PairVerifier | undefined;

/** Sketches a chunk into this thread's own files. */
export function sketch({ chunk, settings, directory, stores }: SketchTask): SketchedChunk {
  sketcher ??= new ChunkSketcher(settings, directory, Atomics.add(stores, 0, 1));
  return sketcher.sketch(chunk);
}

/** Compares pairs. */
export function verify({ pairs, table, settings, directory }: VerifyTask): Verdicts {
  verifier ??= new PairVerifier(settings, directory, table);
  return verifier.verifyAll(pairs);
}
