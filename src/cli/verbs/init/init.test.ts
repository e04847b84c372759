import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkData } from '../../../data/check.js';
import { loadBenchmark } from '../../../evaluate/benchmarks/load-benchmark.js';
import { resolveScorers } from '../../../evaluate/benchmarks/resolve-scorers.js';
import { loadRecipe } from '../../../recipe/load.js';
import { createProgram } from '../../program.js';
import type { Terminal } from '../../terminal.js';
import { domains } from './domains.js';
import { askForProject } from './questions.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-init-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Runs `attune init` in this process; what it throws is given back as `error`. */
async function init(
  ...args: string[]
): Promise<{ stdout: string; stderr: string; error?: Error & { fix?: string } }> {
  const written = { stdout: '', stderr: '' };
  const terminal: Terminal = {
    out: (text) => {
      written.stdout += text;
    },
    err: (text) => {
      written.stderr += text;
    },
    interactive: false,
    color: false,
    columns: () => 80,
  };
  try {
    const line = ['init', ...args];
    await createProgram(terminal, line).program.parseAsync(line, { from: 'user' });
    return written;
  } catch (error) {
    return { ...written, error: error as Error };
  }
}

const check = async (recipe: string) => {
  const { data, seed } = await loadRecipe(recipe);
  return checkData(data, { baseDirectory: '.', seed });
};

describe('attune init --domain', () => {
  it.each(domains.map(({ name }) => name))('%s starts a project that prepares', async (name) => {
    const folder = join(directory, `my ${name}`);
    const { stdout, stderr, error } = await init(folder, '--domain', name);
    expect(error).toBeUndefined();
    expect(stderr).toContain('attune run recipe.yaml');
    const text = await readFile(join(folder, 'recipe.yaml'), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/recipe\.schema\.json\n/);
    expect(text).not.toContain('examples/');
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    for (const file of [...readme.matchAll(/^\| `([^`]+)` \|/gm)].map(([, file]) => file!)) {
      expect(existsSync(join(folder, file)), file).toBe(true);
      expect(stdout).toContain(file);
    }
    if (existsSync(join(folder, 'demo.yaml')))
      expect((await loadRecipe(join(folder, 'demo.yaml'))).name).toBe(`my-${name}-trial`);
    expect(readme).not.toMatch(/\| +\|$/m);
    expect(await readFile(join(folder, 'data', 'SOURCE.md'), 'utf8')).not.toContain('](../');
    const recipe = await loadRecipe(join(folder, 'recipe.yaml'));
    expect(recipe.name).toBe(`my-${name}`);
    expect(recipe.model.name).toBe('smollm2-135m-instruct');
    const { counts, problems } = await check(join(folder, 'recipe.yaml'));
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(counts.train).toBeGreaterThan(200);
    expect(counts.test).toBeGreaterThan(30);
    if (!existsSync(join(folder, 'benchmark.yaml'))) return;
    const benchmark = await loadBenchmark(join(folder, 'benchmark.yaml'), { resolveScorers });
    expect(benchmark.items.length).toBeGreaterThan(50);
  });

  it('overwrites nothing, and then writes nothing', async () => {
    const folder = join(directory, 'taken');
    await mkdir(join(folder, 'data'), { recursive: true });
    await writeFile(join(folder, 'data', 'benchmark.jsonl'), 'mine');
    const { error } = await init(folder, '--domain', 'legal');
    expect(error).toMatchObject({
      message: 'is there already',
      file: join(folder, 'data', 'benchmark.jsonl'),
    });
    expect(existsSync(join(folder, 'recipe.yaml'))).toBe(false);
    expect(await readFile(join(folder, 'data', 'benchmark.jsonl'), 'utf8')).toBe('mine');
  });

  it.each([
    ['an unknown domain', ['--domain', 'medicl'], /there is no domain "medicl"/, /did you mean `medical`/],
    [
      'a domain that is near none',
      ['--domain', 'music'],
      /there is no domain "music"/,
      /finance, medical, legal/,
    ],
    ['data that are not there', ['--domain', 'legal', '--data', 'nothing.jsonl'], /no such file/, undefined],
    ['data without a domain', ['--data', 'package.json'], /belongs to a domain/, /--domain/],
    ['a name that no run may have', ['--name', '../x', '--domain', 'legal'], /cannot be the name/, /letters/],
  ])('refuses %s', async (_what, args, message, fix) => {
    const folder = join(directory, 'refused');
    const { error } = await init(folder, ...args);
    expect(error?.message).toMatch(message);
    if (fix) expect(error?.fix).toMatch(fix);
    expect(existsSync(folder)).toBe(false);
  });

  it('gives what it wrote as JSON', async () => {
    const folder = join(directory, 'json');
    const { stdout } = await init(
      folder,
      '--domain',
      'science',
      '--name',
      'trial',
      '--model',
      './tiny',
      '--json',
    );
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ domain: 'science', name: 'trial', recipe: join(folder, 'recipe.yaml') });
    expect(result.files).toContain(join(folder, 'data', 'sheets.jsonl'));
    const { name, model } = await loadRecipe(join(folder, 'recipe.yaml'));
    expect(name).toBe('trial');
    // A model's path holds where the user wrote it, and in the project.
    expect(model.name).toBe('./tiny');
  });

  it('puts the user’s records, documents and tables in the place of the starter data', async () => {
    const records = join(directory, 'own.jsonl');
    const lines = Array.from({ length: 30 }, (_, index) => ({
      context: `Contract ${index} between A${index} and B${index}.`,
      question: `Who signed contract ${index}?`,
      answer: `A${index}`,
    }));
    await writeFile(records, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const folder = join(directory, 'own');
    await init(folder, '--domain', 'legal', '--data', records);
    expect(existsSync(join(folder, 'data', 'contracts.jsonl'))).toBe(false);
    const recipe = await loadRecipe(join(folder, 'recipe.yaml'));
    expect(recipe.data.sources).toMatchObject([{ type: 'records' }]);
    expect((await check(join(folder, 'recipe.yaml'))).counts.train).toBeGreaterThan(15);

    const documents = join(directory, 'documents');
    await mkdir(documents);
    await writeFile(join(documents, 'a.md'), '# Lease\n\nThe rent is EUR 500.\n');
    await init(join(directory, 'own-documents'), '--domain', 'legal', '--data', documents);
    const fromDocuments = await loadRecipe(join(directory, 'own-documents', 'recipe.yaml'));
    expect(fromDocuments.data.sources).toMatchObject([{ type: 'documents' }]);

    await init(
      join(directory, 'own-tables'),
      '--domain',
      'finance',
      '--data',
      'examples/finance/data/statements.json',
    );
    const fromTables = await loadRecipe(join(directory, 'own-tables', 'recipe.yaml'));
    expect(fromTables.data.sources).toMatchObject([
      { type: 'tables', path: 'examples/finance/data/statements.json' },
      { type: 'facts' },
      { type: 'replay' },
    ]);
    expect(fromTables.stages).toHaveLength(3);

    await init(
      join(directory, 'own-hub'),
      '--domain',
      'medical',
      '--data',
      'hub:qiaojin/PubMedQA/pqa_labeled',
    );
    const fromHub = await loadRecipe(join(directory, 'own-hub', 'recipe.yaml'));
    expect(fromHub.data.sources).toMatchObject([
      { type: 'records', path: 'hub:qiaojin/PubMedQA/pqa_labeled' },
    ]);
  });

  it('keeps of the finance example what other data can be learnt with', async () => {
    const records = join(directory, 'questions.jsonl');
    await writeFile(records, '{"question": "Who?", "answer": "Ana"}\n');
    const filings = join(directory, 'filings');
    await mkdir(filings);
    await writeFile(join(filings, 'a.md'), '# Report\n\nSales rose.\n');
    for (const [data, stages, first] of [
      [records, ['instructions'], { type: 'records' }],
      [filings, ['general', 'instructions'], { type: 'documents', make: ['text', 'pairs'] }],
    ] as const) {
      const folder = join(directory, `finance with ${stages.length}`);
      expect((await init(folder, '--domain', 'finance', '--data', data)).error).toBeUndefined();
      const recipe = await loadRecipe(join(folder, 'recipe.yaml'));
      expect(recipe.stages?.map(({ name }) => name)).toEqual(stages);
      expect(recipe.data.sources).toMatchObject([first, { type: 'facts' }, { type: 'replay' }]);
      expect(recipe.data.overlong).toBe('drop');
      expect(existsSync(join(folder, 'demo.yaml'))).toBe(false);
      expect(await readFile(join(folder, 'recipe.yaml'), 'utf8')).not.toMatch(/demo\.yaml|case study/);
      expect(await readFile(join(folder, 'README.md'), 'utf8')).not.toContain('benchmark.yaml');
    }
  });

  it('says a folder with a blank as a shell reads it, and refuses a file in its place', async () => {
    const { stderr } = await init(join(directory, "Ana's own"), '--domain', 'science');
    expect(stderr).toContain(`cd '${join(directory, "Ana'\\''s own")}' && attune run`);
    const file = join(directory, 'a file');
    await writeFile(file, '');
    for (const more of [[], ['--domain', 'legal']])
      expect((await init(file, ...more)).error).toMatchObject({ message: 'is a file', file });
  });

  const pubMedQa = '../shared/data/medicine/pubmedqa_ori_pqal.json';
  it.skipIf(!existsSync(pubMedQa))('holds out the official test split of PubMedQA', async () => {
    const folder = join(directory, 'pubmedqa');
    const { stdout } = await init(folder, '--domain', 'medical', '--data', pubMedQa);
    expect(stdout).toContain('500 records to learn from; the 500 of the official test split are held out');
    const read = async (name: string) => JSON.parse(await readFile(join(folder, 'data', name), 'utf8'));
    const truth = JSON.parse(
      await readFile('../shared/data/medicine/pubmedqa_test_ground_truth.json', 'utf8'),
    );
    const [train, test] = [await read('pubmedqa-train.json'), await read('pubmedqa-test.json')];
    expect(Object.keys(test).sort()).toEqual(Object.keys(truth).sort());
    expect(Object.keys(train).filter((id) => Object.hasOwn(truth, id))).toEqual([]);
    const { counts, problems } = await check(join(folder, 'recipe.yaml'));
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(counts).toMatchObject({ train: 400, test: 60 });
    const { evaluation } = await loadRecipe(join(folder, 'recipe.yaml'));
    expect(evaluation.benchmarks.map(({ name }) => name)).toEqual(['held-out', 'medical', 'pubmedqa']);
  });
});

describe('the questions of attune init', () => {
  const answering = (...answers: string[]) => {
    const said: string[] = [];
    const choices = askForProject(
      async () => answers.shift() ?? '',
      (line) => void said.push(line),
    );
    return choices.then((chosen) => ({ chosen, said: said.join('\n') }));
  };

  it('are answered by Enter, number or name', async () => {
    expect((await answering('')).chosen).toEqual({});
    expect((await answering('3', '', '')).chosen).toMatchObject({ domain: { name: 'legal' } });
    const { chosen } = await answering('Manuals', ' manuals/ ', 'other-model');
    expect(chosen).toMatchObject({ domain: { name: 'manuals' }, data: 'manuals/', model: 'other-model' });
  });

  it('are put again where the answer is none', async () => {
    const { chosen, said } = await answering('9', 'lgal', 'legal');
    expect(chosen.domain?.name).toBe('legal');
    expect(said).toContain('did you mean `legal`');
  });
});
