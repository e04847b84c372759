import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipBytes } from '../../model/zip.fixture.js';
import { findFiles } from './find-files.js';

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'attune-files-')));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function write(folder: string, files: Record<string, string | Buffer>): Promise<string> {
  const base = join(root, folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(base, name)), { recursive: true });
    await writeFile(join(base, name), content);
  }
  return base;
}
const names = async (path: string, base: string) => (await findFiles(path, base)).map(({ name }) => name);

describe('findFiles', () => {
  it('takes a folder with its subfolders in the order of code units, without hidden and lock files', async () => {
    const base = await write('folder', {
      'docs/b.txt': 'b',
      'docs/B.txt': 'B',
      'docs/a/ü.txt': 'u',
      'docs/a/z.txt': 'z',
      'docs/a.txt': 'a',
      'docs/.hidden.txt': 'h',
      'docs/.git/config.txt': 'c',
      'docs/~$b.docx': 'lock',
    });
    const expected = ['B.txt', 'a.txt', 'a/z.txt', 'a/ü.txt', 'b.txt'];
    expect(await names('docs', base)).toEqual(expected);
    expect(await names('./docs/', base)).toEqual(expected);
    expect(await names(join(base, 'docs'), '/')).toEqual(expected);
  });

  it('takes a glob below its fixed part', async () => {
    const base = await write('glob', {
      'f/2020/a.jsonl': '{}',
      'f/2021/q1/b.csv': 'a,b',
      'f/2021/c.md': 'c',
      'f/.x/d.csv': 'd',
      'f/~$e.csv': 'e',
    });
    expect(await names('f/**/*.{csv,jsonl}', base)).toEqual(['2020/a.jsonl', '2021/q1/b.csv']);
    expect(await names('./f/202?/*', base)).toEqual(['2020/a.jsonl', '2021/c.md']);
    expect(await names('../glob/f/2021/**', base)).toEqual(['c.md', 'q1/b.csv']);
    expect(await names('f/.x/*.csv', base)).toEqual(['d.csv']);
  });

  it('takes one file, also one that is called like a pattern', async () => {
    const base = await write('one', { 'report [2020].jsonl': '{"text": "t"}\n', '.env.txt': 'x' });
    expect(await findFiles('report [2020].jsonl', base)).toEqual([
      {
        file: join(base, 'report [2020].jsonl'),
        name: 'report [2020].jsonl',
        format: 'jsonl',
        bytes: 14,
      },
    ]);
    expect(await names('.env.txt', base)).toEqual(['.env.txt']);
    const short = await findFiles('package.json', '');
    expect(short[0]).toMatchObject({ file: 'package.json', format: 'json' });
  });

  it('follows links inside the folder only, and not in circles', async () => {
    const base = await write('links', { 'docs/a/x.txt': 'x', 'outside/secret.txt': 's' });
    await symlink(join(base, 'outside'), join(base, 'docs/out'));
    await symlink(join(base, 'outside/secret.txt'), join(base, 'docs/secret.txt'));
    await symlink('a/x.txt', join(base, 'docs/y.txt'));
    await symlink('..', join(base, 'docs/a/up'));
    await symlink('nowhere', join(base, 'docs/broken.txt'));
    expect(await names('docs', base)).toEqual(['a/x.txt', 'y.txt']);
    expect(await names('docs/**/*.txt', base)).toEqual(['a/x.txt', 'y.txt']);
    await symlink('docs', join(base, 'linked'));
    expect(await names('linked', base)).toEqual(['a/x.txt', 'y.txt']);
    await mkdir(join(base, 'only'));
    await symlink(join(base, 'outside/secret.txt'), join(base, 'only/secret.txt'));
    await expect(findFiles('only', base)).rejects.toThrow(/holds no files \(1 links that lead out/);
  });

  it('says what is missing', async () => {
    const base = await write('nothing', { 'docs/a.txt': 'a' });
    await mkdir(join(base, 'empty'));
    const failure = (path: string) => findFiles(path, base).catch((error) => error.describe() as string);
    expect(await failure('none.txt')).toMatch(/none\.txt: no such file or folder\n {2}fix: check the path/);
    expect(await failure('empty')).toMatch(/empty: the folder holds no files\n {2}fix: /);
    expect(await failure('docs/*.PDF')).toMatch(
      /docs\/\*\.PDF: no file matches the pattern\n {2}fix: .*case counts/,
    );
    expect(await failure('none/*.pdf')).toMatch(/none: no such file or folder/);
  });

  it('gives the same names wherever the folder lies', async () => {
    const base = await write('place', { 'a/docs/x/y.txt': 'y' });
    expect(await names('docs', join(base, 'a'))).toEqual(
      await names(relative(root, join(base, 'a/docs')), root),
    );
  });
});

describe('the format of a file', () => {
  const office = (member: string) =>
    zipBytes([
      { name: '[Content_Types].xml', content: Buffer.from('x') },
      { name: member, content: Buffer.from('x') },
    ]);
  const html = '<!DOCTYPE html>\n<html><body>x</body></html>';
  const line = '{"text": "t"}\n';
  const utf16 = Buffer.from('\uFEFFa\tb\n', 'utf16le');
  it.each<[string, string | Buffer, string, RegExp?]>([
    ['a.pdf', '%PDF-1.7\n', 'pdf'],
    ['a.txt', '%PDF-1.7\n', 'pdf', /named \.txt but holds pdf/],
    ['a.pdf', '\n\n%PDF-1.4', 'pdf'],
    ['a.txt', 'about %PDF-1.4', 'text'],
    ['a.pdf', html, 'html', /holds html/],
    ['a.pdf', 'words', 'unknown', /damaged or misnamed/],
    ['a.docx', office('word/document.xml'), 'docx'],
    ['a.xlsx', office('word/document.xml'), 'docx', /holds docx/],
    ['a.zip', office('xl/workbook.xml'), 'xlsx', /holds xlsx/],
    ['a.XLSX', office('xl/workbook.xml'), 'xlsx'],
    ['a.docx', office('ppt/presentation.xml'), 'unknown', /ZIP file without/],
    ['a.docx', office('word/document.xml').subarray(0, 50), 'unknown', /its end is missing/],
    ['a.doc', Buffer.from('d0cf11e0a1b11ae1aa', 'hex'), 'unknown', /save it as \.docx/],
    ['a.rtf', '{\\rtf1 x}', 'unknown', /RTF/],
    ['a.parquet', 'PAR1xxxx', 'parquet'],
    ['a.csv', 'PAR1xxxx', 'parquet', /holds parquet/],
    ['a.parquet', 'version https://git-lfs.github.com/spec/v1\noid x', 'unknown', /git lfs pull/],
    ['a.html', '<p>x</p>', 'html'],
    ['a.htm', html, 'html'],
    ['a.txt', `<?xml version="1.0"?>\n<!-- x -->\n<html>`, 'html', /holds html/],
    ['a.txt', 'words', 'text'],
    ['a', 'words', 'unknown', /not known/],
    ['a.md', '# x', 'markdown'],
    ['a.tsv', 'a\tb', 'csv'],
    ['a.tsv', utf16, 'csv'],
    ['a.bin', Buffer.from([1, 0, 2]), 'unknown', /binary/],
    ['a.txt', Buffer.from([1, 0, 2]), 'unknown', /binary/],
    ['a.json', '[{"a": 1}]', 'json'],
    ['a.json', '{\n  "data": [\n{"a": 1}]}', 'json'],
    ['a.json', line + line, 'jsonl', /holds jsonl/],
    ['a.json', line, 'json'],
    ['a.jsonl', line, 'jsonl'],
    ['a.jsonl', `\uFEFF${line}`, 'jsonl'],
    ['a.ndjson', line, 'jsonl'],
    ['a.jsonl', '[\n{"a": 1}\n]', 'json', /holds json/],
    ['a.jsonl', '{\n"a": {\n"b": 1}}', 'json', /holds json/],
    ['a.jsonl', `{"broken\n${line}`, 'jsonl'],
    ['a.jsonl', '{"broken', 'jsonl'],
    ['a.txt', line + line, 'jsonl', /holds jsonl/],
    ['a.txt', '[1] A reference', 'text'],
    ['a.csv', '{x},y\n1,2', 'csv'],
    ['a.jsonl', `{"text": "${'x'.repeat(100_000)}"}\n`, 'jsonl'],
    ['a.jsonl', '', 'jsonl', /is empty/],
    ['a.jsonl.gz', gzipSync(line), 'jsonl'],
    ['a.json.gz', gzipSync(line + line), 'jsonl'],
    ['a.csv.gz', gzipSync('a,b'), 'csv'],
    ['a.txt.gz', gzipSync('words'), 'unknown', /unpack it/],
    ['a.tar.gz', gzipSync(Buffer.from([1, 0, 2])), 'unknown', /unpack it/],
    ['a.csv.gz', gzipSync('a,b').subarray(0, 12), 'unknown', /damaged/],
  ])('%s', async (name, content, format, note) => {
    const base = await write('format', { [name]: content });
    const [found] = await findFiles(name, base);
    expect(found!.format).toBe(format);
    if (note) expect(found!.note).toMatch(note);
    else expect(found!.note).toBeUndefined();
  });
});
