import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FoundFile } from '../find-files.js';
import { readRecordFile } from './read-records.js';
import { readAll, recordsSettings } from './records.fixture.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-round-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Pair {
  id: string;
  prompt: string;
  completion: string;
}

/** Texts with everything that the formats give a meaning to. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '"',
        '""',
        ',',
        ';',
        '\t',
        '|',
        '\n',
        '\r\n',
        '\\',
        '\\n',
        '[',
        ']',
        '{',
        '}',
        ':',
        "'",
        ' ',
        '😀',
        'é',
        'e\u0301',
        '\u2028',
        '\u00a0',
        '\uFEFF',
        '漢',
      ),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))
  .filter((value) => value.trim() !== '' && !value.includes('\0') && !/\p{Surrogate}/u.test(value));
const pairs = fc
  .array(fc.record({ prompt: text, completion: text }), { minLength: 1, maxLength: 12 })
  .map((records) => records.map((record, index): Pair => ({ id: `r${index}`, ...record })));

async function expectBack(name: string, content: string | Uint8Array, records: Pair[]): Promise<void> {
  const file = join(directory, name);
  await writeFile(file, content);
  expectEqual(await readAll(file), records);
}

function expectEqual({ items, rejected }: Awaited<ReturnType<typeof readAll>>, records: Pair[]): void {
  expect(rejected).toEqual([]);
  expect(
    items.map(({ id, messages }) => ({
      id,
      prompt: messages![0]!.content,
      completion: messages![1]!.content,
    })),
  ).toEqual(records);
}

const quote = (value: string): string => `"${value.replaceAll('"', '""')}"`;
const fields = ['id', 'prompt', 'completion'] as const;
const table = (records: Pair[], delimiter: string, end: string): string =>
  [
    fields.join(delimiter),
    ...records.map((record) => fields.map((field) => quote(record[field])).join(delimiter)),
  ]
    .map((line) => line + end)
    .join('');

describe('records that are written and read back', () => {
  it('are the same in JSONL', () =>
    fc.assert(
      fc.asyncProperty(
        pairs,
        fc.constantFrom('\n', '\r\n', '\n\n'),
        fc.boolean(),
        async (records, end, packed) => {
          const content = records.map((record) => JSON.stringify(record)).join(end);
          await expectBack(packed ? 'a.jsonl.gz' : 'a.jsonl', packed ? gzipSync(content) : content, records);
        },
      ),
      { numRuns: 60, seed: 1 },
    ));

  it('are the same in a JSON list, an object around it and an object by ids', () =>
    fc.assert(
      fc.asyncProperty(pairs, fc.constantFrom(0, 2), fc.nat(2), async (records, indent, form) => {
        const byId = Object.fromEntries(records.map(({ id, ...record }) => [id, record]));
        const value = [records, { about: { x: 1 }, records }, byId][form];
        await expectBack('a.json', JSON.stringify(value, null, indent), records);
      }),
      { numRuns: 60, seed: 2 },
    ));

  it('are the same in CSV with every delimiter and end of line', () =>
    fc.assert(
      fc.asyncProperty(
        pairs,
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom('', '\uFEFF'),
        async (records, delimiter, end, mark) => {
          await expectBack('a.csv', mark + table(records, delimiter, end), records);
        },
      ),
      { numRuns: 120, seed: 3 },
    ));

  it('are the same in UTF-16', () =>
    fc.assert(
      fc.asyncProperty(pairs, async (records) => {
        await expectBack('a.tsv', Buffer.from(`\uFEFF${table(records, '\t', '\r\n')}`, 'utf16le'), records);
      }),
      { numRuns: 30, seed: 4 },
    ));

  it('are the same in Parquet', async () => {
    // DuckDB's package drops a byte order mark at the beginning of a text.
    const unmarked = pairs.filter(
      (records) =>
        !records.some((record) =>
          [record.prompt, record.completion].some((value) => value.startsWith('\uFEFF')),
        ),
    );
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const database = await instance.connect();
    await fc.assert(
      fc.asyncProperty(unmarked, async (records) => {
        await database.run(
          'CREATE OR REPLACE TABLE records (id VARCHAR, prompt VARCHAR, completion VARCHAR)',
        );
        for (const record of records) {
          await database.run(
            'INSERT INTO records VALUES ($1, $2, $3)',
            fields.map((field) => record[field]),
          );
        }
        const file = join(directory, 'a.parquet');
        await database.run(`COPY records TO '${file}' (FORMAT parquet)`);
        expectEqual(await readAll(file), records);
      }),
      { numRuns: 20, seed: 5 },
    );
    database.closeSync();
    instance.closeSync();
  });

  it('are the same in the rows of a workbook', () =>
    fc.assert(
      fc.asyncProperty(pairs, async (records) => {
        const found: FoundFile = { file: 'a.xlsx', name: 'a.xlsx', format: 'xlsx', bytes: 1 };
        const rows = [[...fields], ...records.map((record) => fields.map((field) => record[field]))];
        const sheets = [{ sheet: 'S', rows: rows.map((cells, index) => ({ row: index + 1, cells })) }];
        const items = [];
        for await (const outcome of readRecordFile(found, recordsSettings(), {
          readXlsxRows: async () => sheets,
        })) {
          if ('item' in outcome) items.push(outcome.item);
        }
        expectEqual({ items, rejected: [], formats: [], unusedAnswers: 0 }, records);
      }),
      { numRuns: 30, seed: 6 },
    ));
});
