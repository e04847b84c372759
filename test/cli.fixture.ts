/**
 * Runs the built command in a workspace with a tiny model and a few records.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writeTinyModel } from '../src/model/tiny-model.fixture.js';

const main = resolve('dist/cli/main.js');

/** What a command did. */
export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A folder to run commands in. */
export interface Workspace {
  directory: string;
  path(...parts: string[]): string;
  write(file: string, content: string): Promise<void>;
  /** Runs `attune` with `args` to its end. */
  attune(...args: string[]): Promise<Outcome>;
  /** Starts it; `done` settles when it ends. */
  start(args: string[], options?: StartOptions): { child: ChildProcess; done: Promise<Outcome> };
}

interface StartOptions {
  env?: Record<string, string>;
  nodeOptions?: string[];
}

/** Sixteen tiny conversations; each fits into 64 tokens of the tiny model. */
export const records = Array.from({ length: 16 }, (_, index) => ({
  id: `record-${index}`,
  messages: [
    { role: 'system', content: 's' },
    { role: 'user', content: `the ${index}` },
    { role: 'assistant', content: `${index}${index}` },
  ],
}));

export const jsonLines = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

/** A whole recipe over the tiny model; lines can be appended. */
export const tinyRecipe = `name: trial
model: { name: ./tiny }
data:
  sources:
    - { type: records, path: records.jsonl }
  split: { train: 0.5, validation: 0.25, test: 0.25 }
  max_length: 64
adapter: { method: lora, r: 2 }
training:
  num_train_epochs: 2
  gradient_accumulation_steps: 1
  learning_rate: 1.0e-3
  save_steps: 2
  eval_steps: 4
evaluation: { max_new_tokens: 4, few_shot_examples: 1, bootstrap_resamples: 1000, forgetting: null }
`;

/** A workspace with `tiny/`, `records.jsonl` and `recipe.yaml`. */
export async function makeWorkspace(): Promise<Workspace> {
  if (!existsSync(main)) throw new Error('run `npm run build` first: these tests run the built command');
  const directory = await mkdtemp(join(tmpdir(), 'attune-cli-'));
  const path = (...parts: string[]): string => join(directory, ...parts);
  const start: Workspace['start'] = (args, { env = {}, nodeOptions = [] } = {}) => {
    const child = spawn(process.execPath, [...nodeOptions, main, ...args], {
      cwd: directory,
      env: { ...process.env, ATTUNE_CACHE: path('cache'), HF_HUB_OFFLINE: '1', NO_COLOR: '1', ...env },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const done = new Promise<Outcome>((settle, fail) => {
      child.on('error', fail);
      child.on('close', (code) => settle({ code, stdout, stderr }));
    });
    return { child, done };
  };
  const workspace: Workspace = {
    directory,
    path,
    write: (file, content) => writeFile(path(file), content),
    attune: (...args) => start(args).done,
    start,
  };
  await writeTinyModel(path('tiny'));
  await workspace.write('records.jsonl', jsonLines(records));
  await workspace.write('recipe.yaml', tinyRecipe);
  return workspace;
}
