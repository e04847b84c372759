import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAnswer } from '../../data/answers.js';
import { AttuneError } from '../../errors.js';
import type { BenchmarkItem } from '../benchmarks/item.js';
import { textReference } from '../benchmarks/reference.js';
import type { GivenAnswer } from './scorer.js';
import { loadUserScorer } from './user-scorer.js';

const given = (text: string): GivenAnswer => ({ id: 'a7', text, value: readAnswer(text), stopped: true });
const item: BenchmarkItem = {
  id: 'a7',
  task: 't',
  group: 'g',
  prompt: { text: '' },
  reference: textReference('12'),
  fields: {},
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-scorer-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const load = async (name: string, code: string) => {
  await writeFile(join(directory, name), code);
  return loadUserScorer(name, { baseDirectory: directory });
};
const errorOf = (run: () => unknown): AttuneError => {
  try {
    run();
  } catch (error) {
    if (error instanceof AttuneError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('loadUserScorer', () => {
  it('loads the example', async () => {
    const scorer = await loadUserScorer('scorers/mentions-currency.ts', { baseDirectory: 'examples' });
    expect(scorer.name).toBe('mentions_currency');
    expect(scorer.score(given('It was $12 million.'), item)).toBe(1);
    expect(scorer.score(given('It was 12 Euro.'), item)).toBe(1);
    expect(scorer.score(given('It was 12 million.'), item)).toBe(0);
  });

  it('loads functions and objects, TypeScript and JavaScript', async () => {
    const lengths = await load(
      'short-answer.ts',
      "import type { Stats } from 'node:fs';\nconst limit: number = 10;\nexport default (answer: { text: string }, item: { id: string }): number | undefined =>\n  item.id === 'none' ? undefined : Math.min(1, limit / answer.text.length);\nexport type Unused = Stats;\n",
    );
    expect(lengths.name).toBe('short_answer');
    expect(lengths.score(given('x'.repeat(20)), item)).toBe(0.5);
    expect(lengths.score(given('x'), { ...item, id: 'none' })).toBeUndefined();
    const named = await load(
      'any-file.mjs',
      "export default { name: 'is_twelve', wanted: 12, score(answer) { return answer.value.number?.value === this.wanted; } };\n",
    );
    expect(named.name).toBe('is_twelve');
    expect(named.score(given('12.0'), item)).toBe(1);
    const common = await load('common.cjs', 'module.exports = () => 0.25;\n');
    expect(common.score(given(''), item)).toBe(0.25);
  });

  it('keeps what a scorer changes to itself', async () => {
    const scorer = await load(
      'changing.mjs',
      "export default (a, i) => { a.text = ''; i.id = ''; return 1; };\n",
    );
    const answer = given('12');
    scorer.score(answer, item);
    expect([answer.text, item.id]).toEqual(['12', 'a7']);
  });

  it('imports files beside it', async () => {
    await writeFile(join(directory, 'words.ts'), "export const words: string[] = ['fish'];\n");
    const scorer = await load(
      'has-words.ts',
      "import { words } from './words.js';\nexport default (answer: { text: string }) => words.every((word) => answer.text.includes(word));\n",
    );
    expect(scorer.score(given('fish'), item)).toBe(1);
  });

  it('reads a changed file again, with another hash, and writes nothing', async () => {
    const first = await load('changing.ts', 'export default () => 0;\n');
    const second = await load('changing.ts', 'export default () => 1;\n');
    expect([first.score(given(''), item), second.score(given(''), item)]).toEqual([0, 1]);
    expect(second.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(second.hash).not.toBe(first.hash);
    expect((await readdir(directory)).filter((name) => !/\.(?:ts|mjs|cjs)$/.test(name))).toEqual([]);
  });

  it.each([
    ['no-default.ts', 'export const score = () => 1;\n', 'no default export'],
    ['number.ts', 'export default 12;\n', 'no scorer'],
    ['nothing.ts', 'export default null;\n', 'no scorer'],
    ['no-score.ts', "export default { name: 'a' };\n", 'no scorer'],
    ['odd-score.ts', "export default { name: 'a', score: 1 };\n", 'no scorer'],
    ['broken.ts', 'export default (answer => ;\n', 'cannot be loaded'],
    ['throwing.ts', "throw new Error('no licence');\n", 'no licence'],
    ['missing-import.ts', "import './not-there.js';\nexport default () => 1;\n", 'cannot be loaded'],
    ['2nd.ts', 'export default () => 1;\n', '"2nd" cannot be the name'],
    ['unnamed.ts', 'export default { score: () => 1 };\n', 'cannot be the name'],
  ])('refuses %s', async (name, code, message) => {
    const error = await load(name, code).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AttuneError);
    expect((error as AttuneError).describe()).toContain(join(directory, name));
    expect((error as AttuneError).message).toContain(message);
    expect((error as AttuneError).fix).toBeTruthy();
  });

  it('names a file that is not there', async () => {
    await expect(loadUserScorer('absent.ts', { baseDirectory: directory })).rejects.toThrow(AttuneError);
  });

  it.each([
    ['() => NaN', 'gave NaN'],
    ['() => 1.01', 'gave 1.01'],
    ['() => -0.1', 'gave -0.1'],
    ['() => null', 'gave null'],
    ["() => 'good'", 'gave "good"'],
    ['async () => 1', 'gave a promise'],
    ['(answer) => answer.words.length', 'failed'],
    ["() => { throw 'a text'; }", 'a text'],
  ])('refuses what %s gives', async (code, message) => {
    const scorer = await load(
      'wrong-score.ts',
      `export default ${code.replace('(answer)', '(answer: any)')};\n`,
    );
    const error = errorOf(() => scorer.score(given('12'), item));
    expect(error.message).toContain(message);
    expect(error.message).toContain('wrong_score');
    expect(error.message).toContain('a7');
    expect(error.file).toBe(join(directory, 'wrong-score.ts'));
  });
});
