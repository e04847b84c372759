import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveScorers } from './resolve-scorers.js';
import { scorerSpecs } from './scorer-specs.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-scorers-'));
  await writeFile(
    join(directory, 'short.ts'),
    'export default (answer: { text: string }) => answer.text.length < 9;\n',
  );
  await writeFile(join(directory, 'own.ts'), "export default { name: 'bleu', score: () => 1 };");
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const resolved = (
  written: (string | Record<string, unknown>)[] | undefined,
  output: 'generate' | 'multiple_choice' = 'generate',
  labels?: string[],
) => {
  const file = join(directory, 'benchmark.yaml');
  return resolveScorers(scorerSpecs(written, output, file), { output, labels, file });
};

describe('resolveScorers', () => {
  it('takes scorers, metrics, settings and files, what is named first', async () => {
    const { scorers, metrics } = await resolved([
      'bleu',
      { name: 'numeric_match', relative: 0.05 },
      { name: 'terminology', terms: ['net sales'] },
      { name: 'json_valid', schema: { type: 'object' } },
      { file: 'short.ts' },
    ]);
    expect(scorers.map(({ name }) => name)).toEqual(['numeric_match', 'terminology', 'json_valid', 'short']);
    expect(metrics.slice(0, 5).map(({ name }) => name)).toEqual([
      'bleu',
      'numeric_match',
      'terminology',
      'json_valid',
      'short',
    ]);
  });

  it.each<[string, (string | Record<string, unknown>)[], string]>([
    ['a scorer twice', ['exact_match', 'exact_match'], '"exact_match" is the name of two'],
    ['the name of a metric for a scorer', [{ file: 'own.ts' }], '"bleu" is the name of two'],
    ['settings of a scorer in a file', [{ file: 'short.ts', strict: true }], 'has no settings'],
    ['a metric of classes without classes', ['label_accuracy'], 'label_accuracy needs the classes'],
  ])('refuses %s', (_what, written, message) => expect(resolved(written)).rejects.toThrow(message));

  it('has its usual scorers for each output', async () => {
    expect((await resolved(undefined)).metrics[0]!.name).toBe('exact_match');
    expect((await resolved(undefined, 'multiple_choice')).metrics[0]!.name).toBe('accuracy');
    const classes = await resolved(['macro_f1', 'accuracy'], 'multiple_choice', ['yes', 'no']);
    expect(classes.metrics[0]!.name).toBe('macro_f1');
  });

  it.each([
    [['exact_mach'], /no scorer or metric "exact_mach" for generate/, /exact_match/],
    [['macro_f1'], /macro_f1 needs the classes/, /labels/],
    [[{ name: 'terminology' }], /terminology: .*terms/, /its settings are terms/],
    [[{ name: 'numeric_match', relativ: 1 }], /relativ/, /relative, absolute/],
    [[{ name: 'exact_match', strict: true }], /exact_match has no settings/, /leave out strict/],
    [['perplexity'], /no scorer or metric "perplexity" for generate/, /choose|mean/],
  ])('says what is wrong with %j', async (written, message, fix) => {
    await expect(resolved(written)).rejects.toMatchObject({
      message: expect.stringMatching(message),
      fix: expect.stringMatching(fix),
    });
  });
});
