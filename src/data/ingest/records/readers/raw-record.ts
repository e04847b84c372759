/**
 * Records as files hold them, before their form is known.
 * @module
 */
import type { FoundFile } from '../../find-files.js';
import type { Flaw } from '../record-fields.js';

/** A record that could be taken from its file. */
export interface RawRecord {
  value: unknown;
  /** Number of the line, row or item, as ids and messages name it: `12`, `[3]`, `Sheet1!4`. */
  place: string;
  /** 1-based line of a text file, or row of a table. */
  line: number;
  /** The key under which an object of records holds it. */
  key?: string;
  /** The record as it stands in the file, for messages. */
  raw: () => string;
}

/** A record that could not be taken from its file. */
export interface BrokenRecord {
  flaw: Flaw;
  /** Where a line does not name the record. */
  place?: string;
  line: number;
  raw: () => string;
}

/** Reads the records of a file of one format, one after the other. */
export type RecordReader = (
  found: FoundFile,
  signal?: AbortSignal,
) => AsyncGenerator<RawRecord | BrokenRecord>;

/** A longer record is a sign of a missing quote or bracket, and would fill the memory. In bytes. */
export const maximumRecordBytes = 1 << 26;

/** That a record is longer than {@link maximumRecordBytes}. */
export const tooLong: Flaw = {
  message: `the record is longer than ${maximumRecordBytes >> 20} MiB`,
  fix: 'look for a missing quote, bracket or line break, or divide the record',
};

/** That a text is not UTF-8. */
export const notUtf8: Flaw = { message: 'is not UTF-8', fix: 'save the file as UTF-8' };

/** A table's cells as a record. */
export function rowRecord(header: readonly string[], cells: readonly unknown[]): object {
  return Object.fromEntries(header.map((name, index) => [name, cells[index]]));
}
