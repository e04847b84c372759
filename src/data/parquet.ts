/**
 * Examples, and lists about them, in Parquet files, by DuckDB.
 * @module
 */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { AttuneError } from '../errors.js';
import type { Example, Split } from './example.js';

/** Columns by name, with DuckDB's names of types. */
export type Columns = Record<string, string>;

/** The columns of a split's file. */
export const exampleColumns = {
  id: 'VARCHAR',
  text: 'VARCHAR',
  messages: 'STRUCT("role" VARCHAR, "content" VARCHAR)[]',
  task: 'VARCHAR',
  group: 'VARCHAR',
  split: 'VARCHAR',
  source: 'VARCHAR',
  licence: 'VARCHAR',
  answer: 'VARCHAR',
  derivation: 'VARCHAR',
  parent: 'VARCHAR',
  aspects: 'VARCHAR[]',
  scores: 'MAP(VARCHAR, DOUBLE)',
  origin: 'STRUCT("file" VARCHAR, "page" INTEGER, "row" BIGINT)',
  steps: 'STRUCT("step" VARCHAR, "note" VARCHAR)[]',
} satisfies Columns;

/** Longest line of JSON that DuckDB reads unless told otherwise; it sets twice as much memory aside. */
const usualLineBytes = 16 * 2 ** 20;

/** Memory of DuckDB beside its buffers of lines. */
const memoryMegabytes = 500;

/**
 * Writes the objects of a file of JSON lines to a Parquet file, in their order; fields that are no column are left
 * out, absent ones are null. One thread, so that equal lines give equal bytes.
 *
 * @param longestLine bytes of the longest line, where one may be longer than 16 MiB
 */
export async function linesToParquet(
  lines: string,
  parquet: string,
  columns: Columns,
  longestLine = 0,
): Promise<void> {
  const lineBytes = Math.max(usualLineBytes, longestLine);
  const types = Object.entries(columns).map(([name, type]) => `"${name}": ${literal(type)}`);
  await withDatabase(async (database) => {
    await database.run(`SET memory_limit = '${memoryMegabytes + Math.ceil((4 * lineBytes) / 2 ** 20)}MB'`);
    await database.run(
      `COPY (SELECT * FROM read_json(${literal(lines)}, format = 'newline_delimited', maximum_object_size = ${lineBytes}, columns = {${types.join(', ')}})) TO ${literal(parquet)} (FORMAT parquet, COMPRESSION zstd)`,
    );
  });
}

/**
 * Reads the examples of a split's file, in their order.
 *
 * @throws AttuneError that names the file when it is missing, broken or holds something else
 */
export async function readExamples(file: string, split: Split): Promise<Example[]> {
  const rows = await queryParquet(file, 'SELECT * FROM data');
  return rows.map((row, index) => {
    if (!isExample(row) || row.split !== split) {
      throw new AttuneError(`row ${index + 1} is no example of the split ${split}`, { file, fix: again });
    }
    return toExample(row);
  });
}

/** The first example of each task of a split's file, at most `most` of them. */
export async function firstExamples(file: string, most = 24): Promise<Example[]> {
  const rows = await queryParquet(
    file,
    `SELECT * EXCLUDE (place) FROM (SELECT *, row_number() OVER () AS place FROM data) QUALIFY row_number() OVER (PARTITION BY task ORDER BY place) = 1 ORDER BY task LIMIT ${most}`,
  );
  return rows.map(toExample);
}

/**
 * Rows of a Parquet file by a query over the view `data`.
 *
 * @param values for `$name` in the query
 * @throws AttuneError that names the file when it is missing or broken
 */
export async function queryParquet(
  file: string,
  query: string,
  values: Record<string, string> = {},
): Promise<Record<string, unknown>[]> {
  return withDatabase(async (database) => {
    await database.run(`CREATE VIEW data AS SELECT * FROM read_parquet(${literal(file)})`);
    const reader = await database.runAndReadAll(query, values);
    return reader.getRowObjectsJson();
  }).catch((cause: Error) => {
    throw new AttuneError(`cannot be read: ${cause.message.split('\n')[0]}`, { file, fix: again, cause });
  });
}

/** A row of a split's file as an example: no nulls, structs and maps as plain objects. */
export function toExample(row: Record<string, unknown>): Example {
  const { scores, origin, ...rest } = row;
  return {
    ...withoutNulls(rest),
    ...(origin ? { origin: numbered(withoutNulls(origin as Record<string, unknown>)) } : {}),
    ...(scores
      ? {
          scores: Object.fromEntries(
            (scores as { key: string; value: number }[]).map(({ key, value }) => [key, value]),
          ),
        }
      : {}),
  } as unknown as Example;
}

const again = 'delete the folder and run `attune data prepare` again';

const withoutNulls = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));

/** DuckDB gives 64-bit integers as text. */
const numbered = ({ row, ...rest }: Record<string, unknown>): Record<string, unknown> =>
  row === undefined ? rest : { ...rest, row: Number(row) };

function isExample(row: Record<string, unknown>): boolean {
  const messages = row.messages as { role?: unknown; content?: unknown }[] | null | undefined;
  const conversation =
    Array.isArray(messages) &&
    messages.every(({ role, content }) => typeof role === 'string' && typeof content === 'string');
  const present = (['id', 'task', 'group', 'source', 'licence'] as const).every(
    (name) => typeof row[name] === 'string',
  );
  return present && conversation !== (typeof row.text === 'string');
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function withDatabase<T>(work: (database: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  try {
    const database = await instance.connect();
    try {
      return await work(database);
    } finally {
      database.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}
