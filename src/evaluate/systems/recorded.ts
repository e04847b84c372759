/**
 * Answers that were given elsewhere, read from a file: people's, or those of a system that ran somewhere else.
 * @module
 */
import { findFiles } from '../../data/ingest/find-files.js';
import { AttuneError } from '../../errors.js';
import { hashJson } from '../../files.js';
import type { Answer, Prompt, System } from '../system.js';
import { type RecordedAnswer, readRecordedAnswers } from './recorded-file.js';

/** Where recorded answers are. */
export interface RecordedSystemOptions {
  /** As it stands in files and tables. */
  name: string;
  /** JSONL, JSON (a list of records, or an object of records or answers by id), CSV, TSV, Parquet or XLSX. */
  file: string;
  /** Field with the item's id. Default: `id` or what is named alike; the key where a JSON object holds the records. */
  id?: string;
  /** Field with the answer; one file with a column for each annotator is a system for each. Default: `answer` or what is named alike. */
  answer?: string;
  /** Which records count: `column=value`; or the name of the list in a JSON file that holds several. Default: all. */
  rows?: string;
  /** Folder that `file` is relative to. */
  baseDirectory: string;
  /**
   * Items without an answer: `skip` leaves them out, so that the figures are over those that were answered; `empty` counts
   * them as answered with nothing; `error` refuses them. Default `skip`.
   */
  missing?: 'skip' | 'empty' | 'error';
}

/** A System of recorded answers. */
export interface RecordedSystem extends System {
  /** What was guessed about the file, for people. */
  readonly notes: readonly string[];
  /** Number of items that the file answers. */
  readonly size: number;
}

/**
 * Reads recorded answers. Ids and answers may be numbers; an empty answer is none.
 *
 * @throws AttuneError with file, line, field and fix: when a record has no id, two records have the same one, a field is not
 * there, or the file cannot be read
 */
export async function createRecordedSystem(options: RecordedSystemOptions): Promise<RecordedSystem> {
  const { name, missing = 'skip' } = options;
  const [found, second] = await findFiles(options.file, options.baseDirectory);
  if (!found || second) {
    throw new AttuneError('names several files, one was expected', { file: options.file, field: 'file' });
  }
  const { file } = found;
  const { answers, notes } = await readRecordedAnswers(found, options);
  return {
    name,
    notes,
    size: answers.size,
    ids: new Set(answers.keys()),
    partial: missing === 'skip',
    hash: hashJson({
      recorded: [...answers].map(([id, { text }]) => [id, text]).sort(([a], [b]) => (a! < b! ? -1 : 1)),
      missing,
    }),
    async *answer(prompts, _settings, signal) {
      if (missing === 'error') checkComplete(prompts, answers, file);
      for (const { id } of prompts) {
        signal?.throwIfAborted();
        const answer = answers.get(id);
        if (answer) yield answerOf(id, answer);
        else if (missing === 'empty') yield { id, text: '', stopped: true };
      }
    },
    close: async () => {},
  };
}

function answerOf(id: string, { text, stopped = true, seconds, cost }: RecordedAnswer): Answer {
  return {
    id,
    text,
    stopped,
    ...(seconds === undefined ? {} : { seconds }),
    ...(cost === undefined ? {} : { cost }),
  };
}

function checkComplete(
  prompts: readonly Prompt[],
  answers: ReadonlyMap<string, RecordedAnswer>,
  file: string,
): void {
  const open = prompts.filter(({ id }) => !answers.has(id));
  if (open.length === 0) return;
  throw new AttuneError(
    `has no answer to ${open.length} of ${prompts.length} items, ${JSON.stringify(open[0]!.id)} for one`,
    {
      file,
      field: 'missing',
      fix: 'add the answers, or set missing: skip to compare on the items that are answered',
    },
  );
}
