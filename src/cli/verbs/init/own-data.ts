/**
 * The user's own data in the place of a domain's starter data: which source of a recipe they are.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type FoundFile, findFiles } from '../../../data/ingest/find-files.js';
import { UsageError } from '../../../errors.js';
import { readJson } from '../../../files.js';
import { isHubPath } from '../../../recipe/paths.js';
import type { DataKind } from './domains.js';

/** What `--data` becomes in a project. */
export interface OwnData {
  kind: DataKind;
  /** Sources for the recipe; paths are those of `--data`, or of {@link OwnData.files}. */
  sources: Record<string, unknown>[];
  /** Files that are written into the project. */
  files: { name: string; content: unknown }[];
  /** Fields of the recipe that the data ask for, by path. */
  fields: { path: (string | number)[]; value: unknown }[];
  /** Benchmarks that are measured besides. */
  benchmarks: Record<string, unknown>[];
  /** Files of records that must not be trained on. */
  heldOut: Record<string, unknown>[];
  /** What was done, for people. */
  note: string;
}

const recordFormats: readonly string[] = ['json', 'jsonl', 'csv', 'parquet', 'xlsx'];

/**
 * Looks at the data and says how a recipe reads them.
 *
 * PubMedQA's own file is divided as its authors did: the 500 questions of the official test split become a benchmark and are kept out of
 * training, the others become the source. Statement tables are tables; files that hold records are records; anything else
 * is documents.
 *
 * @param path as the user wrote it, from the working directory
 * @param testIds file with the ids of PubMedQA's test split
 * @throws AttuneError when there is no such file
 */
export async function ownData(path: string, testIds: string): Promise<OwnData> {
  if (path.trim() === '')
    throw new UsageError('names no file', { field: '--data', fix: 'leave it out for the starter data' });
  if (isHubPath(path)) return plain('records', path, 'the data set of the hub');
  const files = await findFiles(path, '.');
  const [first] = files;
  const json = files.length === 1 && first?.format === 'json' ? await objectIn(first) : undefined;
  if (json && isPubMedQa(json)) return pubMedQa(json, await readJson<{ ids: string[] }>(testIds));
  if (json && Array.isArray(json.tables)) return plain('tables', path, 'statement tables');
  const records = files.every(({ format }) => recordFormats.includes(format));
  const kind = records ? 'records' : 'documents';
  return plain(kind, path, kind);
}

/** So that a pair of a document fits into `max_length` in most cases. */
const passageLimits = { max_passage_characters: 800, max_table_characters: 700 };

function plain(kind: DataKind, path: string, what: string): OwnData {
  return {
    kind,
    sources: [{ type: kind, path, ...(kind === 'documents' ? { pairs: passageLimits } : {}) }],
    files: [],
    // Nobody has seen yet how long the user's texts are; what is left out is counted.
    fields: [{ path: ['data', 'overlong'], value: 'drop' }],
    benchmarks: [],
    heldOut: [],
    note: `Your data are read as ${what}.`,
  };
}

/** The object that a JSON file holds; undefined for a list, for lines, and for what is too large to be looked at. */
async function objectIn({ file, bytes }: FoundFile): Promise<Record<string, unknown> | undefined> {
  if (bytes > 200e6) return undefined;
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // Lines of JSON, or broken: whatever reads the source says so with its line.
    return undefined;
  }
}

const pubMedQaFields = ['QUESTION', 'CONTEXTS', 'LONG_ANSWER', 'final_decision'];

function isPubMedQa(json: Record<string, unknown>): boolean {
  const [first] = Object.values(json);
  return (
    first !== null &&
    typeof first === 'object' &&
    pubMedQaFields.every((field) => Object.hasOwn(first as object, field))
  );
}

function pubMedQa(json: Record<string, unknown>, { ids }: { ids: string[] }): OwnData {
  const official = new Set(ids);
  const part = (test: boolean): Record<string, unknown> =>
    Object.fromEntries(Object.entries(json).filter(([id]) => official.has(id) === test));
  const test = part(true);
  // Two sources read the same records, so each needs ids of its own; a mapping knows fields, not keys.
  const train: Record<string, unknown> = Object.fromEntries(
    Object.entries(part(false)).map(([id, record]) => [id, { PMID: id, ...(record as object) }]),
  );
  const counts = { train: Object.keys(train).length, test: Object.keys(test).length };
  const path = 'data/pubmedqa-train.json';
  const common = { type: 'records', path, licence: 'MIT' };
  const files = [{ name: path, content: train }];
  const hasTest = counts.test > 0;
  if (hasTest) files.push({ name: 'data/pubmedqa-test.json', content: test });
  return {
    kind: 'records',
    sources: [
      {
        ...common,
        mapping: {
          context: 'CONTEXTS',
          prompt: '{QUESTION} Answer with one word: yes, no or maybe.',
          completion: 'final_decision',
          id: 'decision-{PMID}',
        },
        task: 'decision',
      },
      {
        ...common,
        mapping: {
          context: 'CONTEXTS',
          prompt: '{QUESTION} Answer yes, no or maybe, and give the conclusion in one sentence.',
          completion: '{final_decision}. {LONG_ANSWER}',
          id: 'conclusion-{PMID}',
        },
        task: 'conclusion',
      },
    ],
    files,
    fields: [
      { path: ['data', 'max_length'], value: 1280 },
      { path: ['data', 'overlong'], value: 'drop' },
      { path: ['data', 'limits', 'train'], value: { examples: 400 } },
    ],
    benchmarks: hasTest
      ? [
          {
            name: 'pubmedqa',
            benchmark: 'pubmedqa-labelled',
            items: 'data/pubmedqa-test.json',
            max_items: 60,
          },
        ]
      : [],
    heldOut: hasTest ? [{ path: 'data/pubmedqa-test.json', name: 'pubmedqa' }] : [],
    note: hasTest
      ? `PubMedQA: ${counts.train} records to learn from; the ${counts.test} of the official test split are held out as the benchmark pubmedqa.`
      : `PubMedQA: ${counts.train} records to learn from; none of them is of the official test split.`,
  };
}

/** How a path is called in a sentence. */
export const shortName = (path: string): string => (isHubPath(path) ? path : basename(path));
