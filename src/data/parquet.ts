/**
 * Examples in Parquet files, by DuckDB.
 * @module
 */
import {
  type DuckDBConnection,
  DuckDBInstance,
  LIST,
  listValue,
  STRUCT,
  structValue,
  VARCHAR,
} from '@duckdb/node-api';
import { AttuneError } from '../errors.js';
import type { Example, Split } from './example.js';

const texts = ['id', 'text', 'task', 'group', 'split', 'source', 'licence', 'answer', 'derivation'] as const;
const messagesType = LIST(STRUCT({ role: VARCHAR, content: VARCHAR }));

/**
 * Writes examples, one row each: `messages` as a list of structs of `role` and `content`, all else as text, null where
 * absent. One thread, so that equal examples give equal bytes.
 */
export async function writeExamples(
  file: string,
  examples: readonly Example[],
  signal?: AbortSignal,
): Promise<void> {
  await withDatabase(async (database) => {
    const columns = texts.map((name) => `"${name}" VARCHAR`).join(', ');
    await database.run(
      `CREATE TABLE examples (${columns}, messages STRUCT("role" VARCHAR, "content" VARCHAR)[])`,
    );
    const appender = await database.createAppender('examples');
    for (const example of examples) {
      signal?.throwIfAborted();
      for (const name of texts) {
        const value = example[name];
        if (value === undefined) appender.appendNull();
        else appender.appendVarchar(value);
      }
      if (!example.messages) appender.appendNull();
      else
        appender.appendList(
          listValue(example.messages.map(({ role, content }) => structValue({ role, content }))),
          messagesType,
        );
      appender.endRow();
    }
    appender.closeSync();
    await database.run(`COPY examples TO ${quoted(file)} (FORMAT parquet, COMPRESSION zstd)`);
  });
}

/**
 * Reads the examples that {@link writeExamples} wrote, in their order.
 *
 * @throws AttuneError that names the file when it is missing, broken or holds something else
 */
export async function readExamples(file: string, split: Split): Promise<Example[]> {
  const rows = await withDatabase(async (database) => {
    const reader = await database.runAndReadAll(`SELECT * FROM read_parquet(${quoted(file)})`);
    return reader.getRowObjectsJson();
  }).catch((cause: Error) => {
    throw new AttuneError(`cannot be read: ${cause.message.split('\n')[0]}`, { file, fix: again, cause });
  });
  return rows.map((row, index) => {
    if (!isExample(row) || row.split !== split) {
      throw new AttuneError(`row ${index + 1} is no example of the split ${split}`, { file, fix: again });
    }
    return Object.fromEntries(
      Object.entries(row).filter(([, value]) => value !== null),
    ) as unknown as Example;
  });
}

const again = 'delete the folder and run `attune data prepare` again';

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

function quoted(file: string): string {
  return `'${file.replaceAll("'", "''")}'`;
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
