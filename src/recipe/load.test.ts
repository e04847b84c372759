import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../errors.js';
import { formatRecipe, loadRecipe, parseRecipe } from './load.js';
import { RecipeError } from './problems.js';

const minimal = 'name: trial\ndata:\n  sources:\n    - type: records\n      path: records.jsonl\n';

function problemsOf(text: string, overrides: string[] = []): RecipeError {
  try {
    parseRecipe(text, 'recipe.yaml', { overrides });
  } catch (error) {
    if (error instanceof RecipeError) return error;
    throw error;
  }
  throw new Error('the recipe was accepted');
}

describe('a good recipe', () => {
  it('has every default written out and survives being written and read again', () => {
    const recipe = parseRecipe(minimal, 'recipe.yaml');
    expect(recipe.output_dir).toBe('runs/trial');
    expect(recipe.training.seed).toBe(recipe.seed);
    expect(recipe.adapter.target_modules).toBe('all-linear');
    expect(parseRecipe(formatRecipe(recipe), 'resolved.yaml')).toEqual(recipe);
  });

  it('takes overrides as YAML values', () => {
    const recipe = parseRecipe(minimal, 'recipe.yaml', {
      overrides: ['training.learning_rate=1e-4', 'adapter.target_modules=[q_proj, v_proj]', 'seed=7'],
    });
    expect(recipe.training).toMatchObject({ learning_rate: 1e-4, seed: 7 });
    expect(recipe.adapter.target_modules).toEqual(['q_proj', 'v_proj']);
  });
});

describe('problems', () => {
  it('are all reported at once, in the order of the file, with line and column', () => {
    const { problems } = problemsOf(
      `${minimal}training:\n  learning_rat: 1e-4\n  max_steps: soon\nadapter:\n  r: 0\n`,
    );
    expect(problems.map(({ line, column, field }) => [line, column, field])).toEqual([
      [7, 3, 'training.learning_rat'],
      [8, 14, 'training.max_steps'],
      [10, 6, 'adapter.r'],
    ]);
  });

  it.each([
    [
      'a misspelt field',
      'training:\n  warmup_rato: 0.1\n',
      /unknown field `warmup_rato` in `training`/,
      /`warmup_ratio`/,
    ],
    ['a field of another section', 'adapter:\n  learning_rate: 1\n', /unknown field/, /section `training`/],
    ['a section at the wrong place', 'lora_alpha: 8\n', /unknown field `lora_alpha`/, /section `adapter`/],
    ['a misspelt section', 'trainning: {}\n', /unknown field `trainning`/, /did you mean `training`/],
    [
      'text for a number',
      'training:\n  max_steps: ten\n',
      /wanted a whole number, found the text "ten"/,
      undefined,
    ],
    ['a fraction for a whole number', 'adapter:\n  r: 1.5\n', /wanted a whole number, found 1.5/, undefined],
    [
      'yes for true',
      'adapter:\n  use_rslora: yes\n',
      /wanted true or false, found the text "yes"/,
      undefined,
    ],
    [
      'an unknown choice',
      'training:\n  lr_scheduler_type: cosin\n',
      /one of linear, cosine, constant; found the text "cosin"/,
      /`cosine`/,
    ],
    ['none of the types', 'adapter:\n  target_modules: 3\n', /one of all-linear, a list; found 3/, undefined],
    [
      'a section left empty',
      'training:\n',
      /training: wanted a section with fields, found nothing/,
      undefined,
    ],
    [
      'a setting against the method',
      'adapter:\n  method: lora\n  load_in_4bit: true\n',
      /does not load in 4 bits/,
      undefined,
    ],
    [
      'two ways to hold the base',
      'adapter:\n  method: qlora\n  load_in_8bit: true\n',
      /`method: qlora` holds the base in 4 bits/,
      undefined,
    ],
    [
      'trained weights in 8 bits',
      'adapter:\n  method: full\n  load_in_8bit: true\n',
      /`method: full` trains the weights in float32/,
      undefined,
    ],
    [
      'two precisions of the base',
      'adapter:\n  precision: bfloat16\n  load_in_8bit: true\n',
      /leave `precision` out/,
      undefined,
    ],
    [
      'the fast mode without 8 bits',
      'adapter:\n  bnb_8bit_compute: int8\n',
      /only `load_in_8bit: true` uses this setting/,
      undefined,
    ],
  ])('explain %s', (_name, text, message, fix) => {
    const { problems } = problemsOf(minimal + text);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toMatch(message);
    if (fix) expect(problems[0]!.fix).toMatch(fix);
    expect(problems[0]!.line).toBeGreaterThan(5);
  });

  it('name what is missing and what it is for', () => {
    const { problems } = problemsOf('name: trial\n');
    expect(problems[0]).toMatchObject({ field: 'data', message: '`data` is missing' });
    expect(problems[0]!.fix).toMatch(/What it learns from/);
  });

  it('name the kinds of source there are', () => {
    const { problems } = problemsOf('name: trial\ndata:\n  sources:\n    - type: record\n      path: a\n');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      field: 'data.sources.0.type',
      line: 4,
      fix: 'did you mean `records`?',
    });
  });

  it('look into the entries of lists', () => {
    const { problems } = problemsOf('name: trial\ndata:\n  sources:\n    - type: records\n      pth: a\n');
    expect(problems.map(({ field, line }) => [field, line])).toEqual([
      ['data.sources.0.path', 4],
      ['data.sources.0.pth', 5],
    ]);
  });

  it('tell an override from the file', () => {
    const { problems } = problemsOf(minimal, ['training.max_step=3']);
    expect(problems[0]).toMatchObject({ fix: 'did you mean `max_steps`?' });
    expect(problems[0]!.line).toBeUndefined();
    expect(problems[0]!.message).toMatch(/--set/);
  });

  it('of YAML itself carry their line', () => {
    expect(problemsOf('name: [trial\n').problems[0]).toMatchObject({ line: 2 });
    const twice = problemsOf('name: a\nseed: 1\nname: b\n').problems[0]!;
    expect(twice).toMatchObject({ line: 3, column: 1, message: 'this field is there twice' });
  });

  it('are one paragraph each', () => {
    const error = problemsOf(`${minimal}sed: 1\nadaptor: {}\n`);
    expect(error.describe()).toBe(
      [
        'recipe.yaml:6:1: unknown field `sed`\n  fix: did you mean `seed`?',
        'recipe.yaml:7:1: unknown field `adaptor`\n  fix: did you mean `adapter`?',
      ].join('\n'),
    );
  });
});

it('an override without a value and one into a scalar are wrong use', () => {
  expect(() => parseRecipe(minimal, 'recipe.yaml', { overrides: ['seed'] })).toThrow(UsageError);
  expect(() => parseRecipe(minimal, 'recipe.yaml', { overrides: ['name.first=x'] })).toThrow(
    /--set name.first/,
  );
});

it('a missing file is wrong use, with the file named', async () => {
  await expect(loadRecipe('no/such.yaml')).rejects.toMatchObject({
    file: 'no/such.yaml',
    constructor: UsageError,
  });
});

it('reads a file and makes its paths usable from the working directory', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'attune-recipe-'));
  await writeFile(join(folder, 'recipe.yaml'), minimal);
  const recipe = await loadRecipe(join(folder, 'recipe.yaml'));
  expect(resolve(recipe.data.sources[0]!.path)).toBe(join(folder, 'records.jsonl'));
});
