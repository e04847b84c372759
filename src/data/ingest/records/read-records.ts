/**
 * The user's own examples: records in files of many kinds and forms, read one by one.
 * @module
 */
import { AttuneError } from '../../../errors.js';
import type { RecordFormatName, RecordsSource } from '../../../recipe/data/records.js';
import type { Item } from '../../item.js';
import type { FoundFile } from '../find-files.js';
import { type ReadOptions, rawRecords } from './readers/readers.js';
import { beginning, type Recognised, recogniseRecords } from './recognise-records.js';
import { RecordFlaw } from './record-fields.js';
import { noRecords, recordReader } from './record-item.js';

/** A record that cannot be used. */
export interface Rejected {
  file: string;
  /** 1-based line of a text file, or row of a table. */
  line?: number;
  /** Field, with the record's place before it where the file has no lines of its own for records. */
  field?: string;
  message: string;
  fix?: string;
  /** The record as it stands in the file, at most 2,000 characters. */
  record: string;
}

/** What became of one record. */
export type RecordOutcome =
  | {
      item: Item;
      /** Form that the record has. */
      format: RecordFormatName;
      /** Answers of the record that are not learned: the worse one of a pair, further right ones. */
      unusedAnswers: number;
    }
  | { rejected: Rejected };

/** How to read a file of records. */
export interface ReadRecordsOptions extends ReadOptions {
  /** What {@link recogniseRecords} found; without it the file's beginning is looked at first. */
  recognised?: Recognised;
}

/**
 * Reads the records of a file one after the other, without holding more than a few of them. Records without a group are
 * grouped by their context, or by their prompt where they have none, so that equal prompts never stand in two splits.
 *
 * @throws {AttuneError} when the file cannot be read or holds no records; what is wrong with single records is returned
 */
export async function* readRecordFile(
  found: FoundFile,
  settings: RecordsSource,
  options: ReadRecordsOptions = {},
): AsyncGenerator<RecordOutcome> {
  const { format } = options.recognised ?? (await recogniseRecords(found, settings, options));
  const read = recordReader(found, settings, format);
  const { file } = found;
  let count = 0;
  for await (const raw of rawRecords(found, options)) {
    // Checked now and then: every record would cost more than it is worth.
    if (count++ % 1024 === 0) options.signal?.throwIfAborted();
    try {
      if ('flaw' in raw) throw new RecordFlaw(raw.flaw);
      yield read(raw);
    } catch (error) {
      if (!(error instanceof RecordFlaw)) throw error;
      const { message, field, fix } = error.flaw;
      const place = raw.place?.startsWith('[') ? raw.place : undefined;
      const named = [place, field].filter((part) => part !== undefined).join('.');
      yield {
        rejected: {
          file,
          line: raw.line,
          ...(named === '' ? {} : { field: named }),
          message,
          fix,
          record: beginning(raw.raw()),
        },
      };
    }
  }
  if (count === 0) throw new AttuneError(noRecords.message, { file, fix: noRecords.fix });
}
