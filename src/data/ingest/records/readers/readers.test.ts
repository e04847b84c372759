import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FoundFile } from '../../find-files.js';
import { readRecordFile } from '../read-records.js';
import { readAll, recordsSettings, writeAndRead } from '../records.fixture.js';
import { scanJson } from './json-scanner.js';
import { maximumRecordBytes } from './raw-record.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-readers-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const read = (name: string, content: string | Uint8Array, settings: object = {}) =>
  writeAndRead(directory, name, content, settings);
/** Line and text of every item, and line and message of every rejected record. */
async function lines(name: string, content: string | Uint8Array) {
  const { items, rejected } = await read(name, content);
  return [
    ...items.map(({ origin, text, messages }) => [origin.row, text ?? messages!.at(-1)!.content]),
    ...rejected.map(({ line, field, message }) => [line, field, message]),
  ];
}
const failure = (name: string, content: string | Uint8Array) =>
  read(name, content).then(
    () => 'no error',
    (error) => error.describe() as string,
  );

describe('JSONL', () => {
  it('counts lines, with CRLF, blank lines, a byte order mark and no end of line', async () => {
    const content = '\uFEFF{"text": "a"}\r\n\r\n   \n{"text": 3}\n{"text": "b"}';
    expect(await lines('a.jsonl', content)).toEqual([
      [1, 'a'],
      [5, 'b'],
      [4, 'text', '`text` has to be a text'],
    ]);
  });

  it('reads UTF-16 and gzip', async () => {
    const content = '{"text": "ä"}\n{"text": "😀"}\n';
    const expected = [
      [1, 'ä'],
      [2, '😀'],
    ];
    expect(await lines('a.jsonl', Buffer.from(`\uFEFF${content}`, 'utf16le'))).toEqual(expected);
    expect(await lines('a.jsonl', Buffer.from(`\uFEFF${content}`, 'utf16le').swap16())).toEqual(expected);
    expect(await lines('a.jsonl.gz', gzipSync(content))).toEqual(expected);
    const cut = gzipSync(
      Buffer.from(Array.from({ length: 50_000 }, (_, i) => `{"text": "${i * 7919}"}\n`).join('')),
    );
    expect(await failure('b.jsonl.gz', cut.subarray(0, cut.length - 1000))).toContain('damaged or cut off');
  });

  it('sets lines aside that are not UTF-8', async () => {
    const content = Buffer.concat([
      Buffer.from('{"text": "a"}\n'),
      Buffer.from('{"text": "\xe4"}\n', 'latin1'),
    ]);
    expect(await lines('a.jsonl', content)).toEqual([
      [1, 'a'],
      [2, undefined, 'is not UTF-8'],
    ]);
  });

  it('reads lines that are longer than what is read at once, and sets aside what has no end', async () => {
    const long = 'x'.repeat(5_000_000);
    const endless = Buffer.alloc(maximumRecordBytes + 10, 'y');
    const content = Buffer.concat([
      Buffer.from(`{"text": "a"}\n{"text": "${long}"}\n`),
      endless,
      Buffer.from('\n{"text": "b"}\n'),
    ]);
    const { items, rejected } = await read('long.jsonl', content);
    expect(items.map(({ origin }) => origin.row)).toEqual([1, 2, 4]);
    expect(items[1]!.text === long).toBe(true);
    expect(rejected).toMatchObject([{ line: 3, message: expect.stringContaining('longer than 64 MiB') }]);
    expect(rejected[0]!.record).toHaveLength(2000);
  });
});

describe('YAML', () => {
  it('reads a list, and the one list that an object wraps, with the line of every record', async () => {
    const list = '# records\n- text: a\n- text: >\n    b\n    c\n- 5\n- {text: 3}\n';
    const found = [
      [2, 'a'],
      [3, 'b c\n'],
      [6, '[2]', 'a record has to be an object'],
      [7, '[3].text', '`text` has to be a text'],
    ];
    expect(await lines('a.yaml', list)).toEqual(found);
    expect(
      await lines(
        'a.yml',
        list.replace('# records', 'records:').replaceAll('\n-', '\n  -').replaceAll('\n    ', '\n      '),
      ),
    ).toEqual(found);
  });

  it('sets the file aside where it is not YAML, not UTF-8 or holds no list', async () => {
    expect(await lines('a.yaml', '- text: a\n- text: "b\n')).toMatchObject([
      [expect.any(Number), undefined, expect.stringMatching(/^is not valid YAML/)],
    ]);
    expect(await lines('a.yaml', Buffer.from('- text: \xe4', 'latin1'))).toEqual([
      [1, undefined, 'is not UTF-8'],
    ]);
    expect(await lines('a.yaml', 'text: a')).toEqual([[1, undefined, 'holds no list of records']]);
  });

  it('reads a long line of one character in its stride', async () => {
    const long = 'x'.repeat(100_000);
    expect(await lines('a.yaml', `- text: ${long}\n`)).toEqual([[1, long]]);
    // The parser would end the process on this.
    expect(await lines('a.yaml', `- text: a\n${'- '.repeat(100_000)}`)).toEqual([
      [2, undefined, 'begins deeper than column 1000'],
    ]);
    expect(await lines('a.yaml', '['.repeat(100_000))).toMatchObject([[1, undefined, expect.any(String)]]);
  });
});

describe('JSON', () => {
  it('reads a list, with the line of every record', async () => {
    const content =
      '[\n  {"text": "a"},\n  {\n    "text": "b, ]}\\"\\\\"\n  },\n\n 5 , {"text": 3}, {"text": "c" "d"}, null\n]\n';
    const { items, rejected } = await read('a.json', content);
    expect(items.map(({ id, origin, text }) => [id, origin.row, text])).toEqual([
      ['a.json:[0]', 2, 'a'],
      ['a.json:[1]', 3, 'b, ]}"\\'],
    ]);
    expect(
      rejected.map(({ line, field, message, record }) => [line, field, message.slice(0, 30), record]),
    ).toEqual([
      [7, '[2]', 'a record has to be an object', '5'],
      [7, '[3].text', '`text` has to be a text', '{"text": 3}'],
      [7, '[4]', "is not valid JSON: Expected ',", '{"text": "c" "d"}'],
      [7, '[5]', 'a record has to be an object', 'null'],
    ]);
  });

  it('reads the one list that an object wraps', async () => {
    const content =
      '{"version": "1", "meta": {"a": [1]}, "tags": ["x"],\n"data": [{"text": "a"},\n{"text": "b"}], "after": 3}';
    const { items, rejected } = await read('a.json', content);
    expect(rejected).toEqual([]);
    expect(items.map(({ id, origin }) => [id, origin.row])).toEqual([
      ['a.json:[0]', 2],
      ['a.json:[1]', 3],
    ]);
  });

  it('reads an object of records by their ids', async () => {
    const content = '{"12": {"text": "a"},\n "1\\u00e4": {"text": "b", "id": "own"}, "x": {"text": 1}}';
    const { items, rejected } = await read('a.json', content);
    expect(items.map(({ id }) => id)).toEqual(['12', 'own']);
    expect(rejected).toMatchObject([{ line: 2, field: '["x"].text' }]);
  });

  it('reads an object that is one record', async () => {
    const messages = [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: 'a' },
    ];
    expect((await read('a.json', JSON.stringify({ title: 't', messages }))).items[0]!.messages).toEqual(
      messages,
    );
    expect(
      (await read('a.json', JSON.stringify({ title: 't', text: 'words' }, null, 2))).items,
    ).toMatchObject([{ id: 'a.json:1', text: 'words' }]);
    const mapped = await read('a.json', '{"frage": "q", "antwort": "a"}', {
      mapping: { prompt: 'frage', completion: 'antwort' },
    });
    expect(mapped.items).toHaveLength(1);
    expect((await read('a.json', '{"frage": "q"}')).rejected).toMatchObject([
      { message: expect.stringMatching('no known form') },
    ]);
    expect(
      (await read('a.json', JSON.stringify({ text: [{ text: 'a' }, { text: 'b' }] }))).items,
    ).toHaveLength(2);
  });

  it.each([
    ['{}', /holds no list of records\n {2}fix: write/],
    ['[]', /holds no records/],
    ['{"data": []}', /`data`|no known form|holds/],
    ['{"train": [{"text": "a"}], "test": [{"text": "b"}]}', /several lists: `train`, `test`/],
    ['words', /a\.json:1: is not valid JSON: it begins with neither/],
    ['{"a": {"text": "x"}, b: 1}', /a\.json:1: is not valid JSON: a name in double quotes/],
    ['{"a" {"text": "x"}}', /`:` is expected/],
    ['[{"text": "a"}\n{"text": "b"}]', /a\.json:2: is not valid JSON: `,` is expected/],
    [
      '[{"text": "a"}]\n\n[{"text": "b"}]',
      /a\.json:3: is not valid JSON: it goes on after its end\n.*\.jsonl/,
    ],
    ['[,{"text": "a"}]', /a value is expected/],
  ])('refuses %s', async (content, message) => {
    expect(await failure('a.json', content).then((text) => text)).toMatch(
      content === '{"data": []}' ? /no error/ : message,
    );
  });

  it('reads what is there of a file that was cut off', async () => {
    expect(await lines('a.json', '[{"text": "a"},\n{"text": "b')).toEqual([
      [1, 'a'],
      [2, '[1]', 'the file ends inside this record'],
    ]);
    expect(await lines('a.json', '[{"text": "a"}\n')).toEqual([
      [1, 'a'],
      [2, '[1]', 'the file ends before its last bracket'],
    ]);
    expect(await lines('a.json', '{"data": [{"text": "a"}, {"te')).toEqual([
      [1, 'a'],
      [1, '[1]', 'the file ends inside this record'],
    ]);
  });

  it('holds no more than a record may have', async () => {
    const content = Buffer.concat([
      Buffer.from('[{"text": "a"}, {"text": "'),
      Buffer.alloc(maximumRecordBytes, 'x'),
      Buffer.from('"},\n{"text": "b"}]'),
    ]);
    const { items, rejected } = await read('long.json', content);
    expect(items.map(({ id }) => id)).toEqual(['long.json:[0]', 'long.json:[2]']);
    expect(rejected).toMatchObject([{ line: 1, message: expect.stringContaining('longer than') }]);
  });

  it('cuts out the same values wherever a read ends', async () => {
    const values = [{ a: 'x"]}\\' }, [1, [2, { b: '' }]], 'text, ]', -1.5e3, true, null, {}, []];
    // Values that begin and end around the 256 kB that are read at once.
    const padding = ' '.repeat((1 << 18) - 12);
    for (let shift = 0; shift < 40; shift++) {
      const file = join(directory, 'cut.json');
      await writeFile(
        file,
        `[${padding}${' '.repeat(shift)}${values.map((value) => JSON.stringify(value)).join(' ,\n')}]`,
      );
      const found: unknown[] = [];
      for await (const { bytes } of scanJson(file, { texts: true })) found.push(JSON.parse(bytes.toString()));
      expect(found).toEqual(values);
    }
  });
});

describe('CSV', () => {
  it('counts lines over quotes, CRLF and blank lines', async () => {
    const content = '\uFEFFprompt,completion\r\nq,"a\r\nb"\r\n\r\n"q ""2""",b\r\nonly one\r\nq,c\r\n';
    expect(await lines('a.csv', content)).toEqual([
      [2, 'a\r\nb'],
      [5, 'b'],
      [7, 'c'],
      [6, undefined, 'has 1 fields, the header has 2'],
    ]);
    expect(await lines('a.csv', content.replaceAll('\r\n', '\n'))).toEqual([
      [2, 'a\nb'],
      [5, 'b'],
      [7, 'c'],
      [6, undefined, 'has 1 fields, the header has 2'],
    ]);
  });

  it.each([
    ['prompt;completion\n"a, b, c";d\n', 'a.csv'],
    ['prompt\tcompletion\na, b, c\td\n', 'a.csv'],
    ['prompt|completion\na, b, c|d', 'a.txt.csv'],
    ['prompt,completion\n"a, b, c",d', 'a.tsv'],
    ['sep=;\nprompt;completion\n"a, b, c";d\n', 'a.csv'],
    ['sep=;\r\nprompt;completion\r\n"a, b, c";d\r\n', 'a.csv'],
  ])('recognises the delimiter of %j', async (content, name) => {
    const { items, rejected } = await read(name, content);
    expect(rejected).toEqual([]);
    expect(items[0]!.messages!.map((turn) => turn.content)).toEqual(['a, b, c', 'd']);
    expect(items[0]!.origin.row).toBe(content.startsWith('sep') ? 3 : 2);
  });

  it('takes one column for one column', async () => {
    expect(await lines('a.csv', 'text\nwords; and more\n"words, and more"\n')).toEqual([
      [2, 'words; and more'],
      [3, 'words, and more'],
    ]);
  });

  it('takes quotes inside a text as they are, and says where one is never closed', async () => {
    expect(await lines('a.csv', 'prompt,completion\nq,a 5" pipe\nq,"b\nc,d\n')).toEqual([
      [2, 'a 5" pipe'],
      [3, undefined, expect.stringContaining('never closed')],
    ]);
  });

  it('names columns without regard to case and blanks, and reads tables inside cells', async () => {
    const { items } = await read('a.csv', ' Question ,Long Answer,,\nq,a,,\n');
    expect(items[0]!.messages!.map(({ content }) => content)).toEqual(['q', 'a']);
    const messages = JSON.stringify([
      { role: 'user', content: 'q' },
      { role: 'assistant', content: 'a' },
    ]);
    expect((await read('a.csv', `id,messages\n1,"${messages.replaceAll('"', '""')}"\n`)).formats).toEqual([
      'messages',
    ]);
  });

  it('refuses what it cannot read safely', async () => {
    expect(await failure('a.csv', 'text,id,text\na,1,b\n')).toMatch(
      /a\.csv:1: two columns are called `text`/,
    );
    expect(await failure('a.csv', Buffer.from('text\na\n\xe4\n', 'latin1'))).toMatch(
      /a\.csv:3: is not UTF-8.*\n.*CSV UTF-8/,
    );
    expect(await failure('a.csv', 'text\n')).toContain('holds no records');
    const endless = Buffer.concat([Buffer.from('text\n"'), Buffer.alloc(17 << 20, 'x\n')]);
    expect(await failure('a.csv', endless)).toMatch(/a\.csv:2: a record does not end within 16 MiB/);
  });
});

describe('Parquet', () => {
  async function writeParquet(name: string, query: string): Promise<string> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const database = await instance.connect();
    const file = join(directory, name);
    await database.run(`COPY (${query}) TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 5000)`);
    database.closeSync();
    instance.closeSync();
    return file;
  }

  it('reads nested turns in the order of the rows, without columns of bytes', async () => {
    const file = await writeParquet(
      'a.parquet',
      `SELECT i AS id, [{role: 'user', content: 'q' || i}, {role: 'assistant', content: 'a'}] AS messages,
       'x'::BLOB AS image, [{b: 'x'::BLOB}] AS images, NULL::VARCHAR AS text, 1.5::DECIMAL(4,1) AS answer FROM range(12345) t(i)`,
    );
    const { items, rejected } = await readAll(file);
    expect(rejected).toEqual([]);
    expect(items).toHaveLength(12345);
    expect(
      items.every(({ id, messages }, index) => id === String(index) && messages![0]!.content === `q${index}`),
    ).toBe(true);
    expect(items[12344]).toMatchObject({ origin: { row: 12345 }, answer: '1.5' });
    expect(JSON.stringify(items[0])).not.toContain('image');
  });

  it('sets rows aside by their number', async () => {
    const file = await writeParquet(
      'b.parquet',
      `SELECT 'q' AS question, {text: ['a']} AS answers UNION ALL SELECT 'q', {text: []} UNION ALL SELECT 'q', NULL`,
    );
    const { items, rejected } = await readAll(file);
    expect(items).toHaveLength(1);
    expect(rejected.map(({ line, field, record }) => [line, field, record])).toEqual([
      [2, 'answers.text', '{"question":"q","answers":{"text":[]}}'],
      [3, 'answer', '{"question":"q","answers":null}'],
    ]);
  });

  it('takes the name of a file for a name and not for a pattern', async () => {
    await writeParquet('ab.parquet', "SELECT 'wrong' AS text");
    const file = await writeParquet('a[b]*.parquet', "SELECT 'right' AS text");
    expect((await readAll(file)).items).toMatchObject([{ text: 'right' }]);
  });

  it('says that a file is broken', async () => {
    expect(await failure('c.parquet', 'PAR1 broken')).toMatch(
      /c\.parquet: cannot be read as Parquet: .*\n.*fix: write/,
    );
  });
});

describe('XLSX', () => {
  const found: FoundFile = { file: 'book.xlsx', name: 'book.xlsx', format: 'xlsx', bytes: 1 };
  async function readSheets(sheets: { sheet: string; rows: { row: number; cells: string[] }[] }[]) {
    const outcomes = [];
    for await (const outcome of readRecordFile(found, recordsSettings(), {
      readXlsxRows: async () => sheets,
    })) {
      outcomes.push(outcome);
    }
    return outcomes;
  }

  it('reads the sheets of a workbook', async () => {
    const outcomes = await readSheets([
      { sheet: 'Empty', rows: [] },
      {
        sheet: 'Questions',
        rows: [
          { row: 2, cells: ['', ''] },
          { row: 3, cells: ['Question', 'Answer', '', ' '] },
          { row: 4, cells: ['q', 'a', ''] },
          { row: 6, cells: ['q2'] },
          { row: 7, cells: ['q3', 'a', 'x'] },
        ],
      },
      {
        sheet: 'More',
        rows: [
          { row: 1, cells: ['text'] },
          { row: 2, cells: ['words'] },
        ],
      },
    ]);
    expect(outcomes).toMatchObject([
      { item: { id: 'book.xlsx:Questions!4', origin: { row: 4 } }, format: 'question_answer' },
      { rejected: { line: 6, field: 'Answer', message: '`Answer` is empty' } },
      { rejected: { line: 7, message: expect.stringContaining('longer than its header of 2') } },
      { item: { text: 'words' }, format: 'text' },
    ]);
  });

  it('says which sheet has a broken header, and that it needs a reader', async () => {
    await expect(readSheets([{ sheet: 'S', rows: [{ row: 1, cells: ['a', 'a'] }] }])).rejects.toThrow(
      'sheet S: two columns',
    );
    await expect(readRecordFile(found, recordsSettings()).next()).rejects.toThrow('xlsx');
  });
});
