import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  jsonLines,
  makeWorkspace,
  type Outcome,
  records,
  tinyRecipe,
  type Workspace,
} from './cli.fixture.js';

let workspace: Workspace;
let finished: Outcome;
beforeAll(async () => {
  workspace = await makeWorkspace();
  finished = await workspace.attune('run', 'recipe.yaml');
});
afterAll(() => rm(workspace.directory, { recursive: true, force: true }));

const changed = (from: string, to: string): string => {
  expect(tinyRecipe).toContain(from);
  return tinyRecipe.replace(from, to);
};

describe('attune run', () => {
  it('goes from the records to the report', () => {
    expect(finished.stderr).toContain('Next: open runs/trial/report.html');
    expect(finished.code).toBe(0);
    expect(finished.stdout).toMatch(/^Run folder: runs\/trial$/m);
    expect(finished.stdout.match(/^Verdict: /gm)).toHaveLength(2);
    for (const file of ['adapter/adapter_config.json', 'verdict.json', 'report.html', 'recipe.yaml']) {
      expect(existsSync(workspace.path('runs/trial', file)), file).toBe(true);
    }
  });

  it('scores the base before it trains', () => {
    const [base, train, tuned] = ['base on', 'train ', 'tuned on'].map((text) =>
      finished.stderr.indexOf(text),
    );
    expect(base).toBeGreaterThan(0);
    expect(train).toBeGreaterThan(base!);
    expect(tuned).toBeGreaterThan(train!);
  });

  it('does nothing twice, and says so; as JSON the result is all of stdout', async () => {
    const before = await stat(workspace.path('runs/trial/adapter/adapter_model.safetensors'));
    const { code, stdout, stderr } = await workspace.attune('run', 'recipe.yaml', '--json');
    expect(code).toBe(0);
    for (const stage of ['data', 'tokens', 'train', 'evaluate']) {
      expect(stderr).toMatch(new RegExp(`^${stage} .*\\(done before\\)$`, 'm'));
    }
    expect(JSON.parse(stdout).comparisons).toHaveLength(2);
    const after = await stat(workspace.path('runs/trial/adapter/adapter_model.safetensors'));
    expect(after.mtimeMs).toBe(before.mtimeMs);
  });

  it('finds the same run through the recipe in the run folder', async () => {
    const { code, stderr } = await workspace.attune('run', 'runs/trial/recipe.yaml');
    expect(stderr).toMatch(/^train .*\(done before\)$/m);
    expect(code).toBe(0);
  });
});

describe('the other verbs', () => {
  it.each([
    ['plan', ['plan', 'recipe.yaml'], /optimizer steps[\s\S]*learning rate/],
    ['train', ['train', 'recipe.yaml'], /the result is in runs\/trial\/adapter/],
    ['evaluate', ['evaluate', 'recipe.yaml'], /Verdict: /],
    ['report', ['report', 'runs/trial'], /Wrote runs\/trial\/report.html/],
    ['compare', ['compare', 'runs/trial', 'runs/trial'], /cannot tell/],
    ['data check', ['data', 'check', 'recipe.yaml'], /16 examples[\s\S]*Nothing is wrong/],
    ['data prepare', ['data', 'prepare', 'recipe.yaml'], /8 train, 4 validation, 4 test/],
    ['data inspect', ['data', 'inspect', 'recipe.yaml', '--rows', '2'], /row 0[\s\S]*supervised[\s\S]*row 1/],
    ['models', ['models'], /smollm2-135m-instruct/],
    ['help recipe', ['help', 'recipe', 'training'], /training\.learning_rate/],
  ])('%s', async (_name, args, shows) => {
    const { code, stdout } = await workspace.attune(...args);
    expect(stdout).toMatch(shows);
    expect(stdout).not.toContain('\u001b[');
    expect(code).toBe(0);
  });

  it('doctor says what it found', async () => {
    const { code, stdout } = await workspace.attune('doctor', '--json');
    const { checks } = JSON.parse(stdout);
    expect(checks.map(({ name }: { name: string }) => name)).toEqual([
      'Node',
      'Machine',
      'Processor',
      'Runtime',
      'WebGPU',
      'CUDA',
      'Python',
      'Models',
    ]);
    expect(code).toBe(0);
  });

  it('doctor says which ways of training a model fit', async () => {
    const model = resolve('test/golden/tiny');
    const { code, stdout } = await workspace.attune('doctor', '--model', model, '--json');
    const { training } = JSON.parse(stdout);
    const peak = (method: string) =>
      training.find(({ adapter }: { adapter: { method: string } }) => adapter.method === method);
    expect(training.map(({ engine, fits }: { engine: string; fits: boolean }) => [engine, fits])).toEqual(
      Array(6).fill(['onnx', true]),
    );
    expect(peak('full').peak_bytes).toBeGreaterThan(peak('lora').peak_bytes);
    expect(code).toBe(0);
    expect((await workspace.attune('doctor', '--model', 'no-such-folder/model')).code).not.toBe(0);
  });

  it('init writes a recipe that works, and overwrites nothing', async () => {
    const first = await workspace.attune('init', 'My domain!');
    expect(first.code).toBe(0);
    const check = await workspace.attune('data', 'check', 'My domain!/recipe.yaml');
    expect(check.stdout).toMatch(/84 train, 6 validation, 30 test/);
    expect(check.code).toBe(0);
    expect((await workspace.attune('init', 'My domain!')).code).toBe(2);
  });

  it('are in docs/cli.md, and have help with an example', async () => {
    const { stdout } = await workspace.attune('--help');
    const verbs = [...stdout.matchAll(/^ {2}([a-z]+)(?: \[| <| {2})/gm)].map(([, verb]) => verb!);
    expect(verbs).toContain('run');
    const page = await readFile('docs/cli.md', 'utf8');
    const documented = [...page.matchAll(/^\| `attune ([a-z]+)/gm)].map(([, verb]) => verb!);
    expect(new Set(documented)).toEqual(new Set(verbs));
    for (const verb of verbs) {
      const help = await workspace.attune(verb, '--help');
      expect(help.code, verb).toBe(0);
      expect(help.stdout, verb).toMatch(/^Examples?:\n {2}\$ attune /m);
      if (verb !== 'data') expect(help.stdout, verb).toContain('--json');
    }
  });
});

describe('wrong use: exit code 2', () => {
  it.each([
    ['a misspelt verb', ['trian', 'recipe.yaml'], /did you mean train/i],
    ['a misspelt option', ['train', 'recipe.yaml', '--jsn'], /did you mean --json/i],
    ['no recipe', ['run'], /missing required argument 'recipe'/],
    ['a recipe that is not there', ['run', 'recipes.yaml'], /recipes\.yaml: no such file/],
    [
      'a misspelt override',
      ['plan', 'recipe.yaml', '--set', 'training.max_step=1'],
      /did you mean `max_steps`/,
    ],
    ['a row that is not there', ['data', 'inspect', 'recipe.yaml', '--from', '999'], /there is no row 999/],
  ])('%s', async (_name, args, says) => {
    const { code, stdout, stderr } = await workspace.attune(...args);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it.each([
    [
      'a misspelt field',
      changed('learning_rate:', 'learning_rat:'),
      /^error: bad\.yaml:12:3: .*\n.*`learning_rate`/,
    ],
    [
      'a wrong type',
      changed('r: 2', 'r: two'),
      /bad\.yaml:8:\d+: adapter\.r: wanted a whole number, found the text "two"/,
    ],
    ['no YAML', 'name: [trial\ndata: }', /bad\.yaml:\d+:\d+: is not valid YAML/],
  ])('%s in a recipe', async (_name, text, says) => {
    await workspace.write('bad.yaml', text);
    const { code, stderr } = await workspace.attune('run', 'bad.yaml');
    expect(stderr).toMatch(says);
    expect(code).toBe(2);
  });

  it('with --json the error is JSON on stdout, and nothing else is written', async () => {
    await workspace.write('bad.yaml', changed('r: 2', 'rank: 2, s: 1'));
    const { code, stdout, stderr } = await workspace.attune('plan', 'bad.yaml', '--json');
    const { error } = JSON.parse(stdout);
    expect(error).toMatchObject({ kind: 'usage', file: 'bad.yaml', line: 8 });
    expect(error.problems).toHaveLength(2);
    expect(stderr).toBe('');
    expect(code).toBe(2);
    const option = await workspace.attune('plan', '--json', '--sett');
    expect(JSON.parse(option.stdout).error.message).toMatch(/--sett/);
    expect(option.code).toBe(2);
  });
});

describe('work that fails: exit code 1', () => {
  const withRecords = async (
    change: (all: typeof records) => unknown[],
    recipe = tinyRecipe,
  ): Promise<Outcome> => {
    await workspace.write('bad-records.jsonl', jsonLines(change(structuredClone(records))));
    await workspace.write(
      'bad.yaml',
      recipe.replace('path: records', 'path: bad-records').replace('trial', 'bad'),
    );
    return workspace.attune('run', 'bad.yaml');
  };

  it('data that are not there', async () => {
    await workspace.write('bad.yaml', changed('records.jsonl', 'nowhere.jsonl'));
    const { code, stderr } = await workspace.attune('data', 'prepare', 'bad.yaml');
    expect(stderr).toMatch(/nowhere\.jsonl: no such file/);
    expect(code).toBe(1);
  });

  it('a record without anything to learn', async () => {
    const { code, stderr } = await withRecords((all) => {
      all[3]!.messages[2]!.content = '';
      return all;
    });
    expect(stderr).toMatch(/bad-records\.jsonl:4: /);
    expect(stderr).toContain('fix: ');
    expect(code).toBe(1);
  });

  it('a record that is too long: how many, how long, and what can be done', async () => {
    const { code, stderr } = await withRecords((all) => {
      for (const { messages } of all) messages[1]!.content += ' the'.repeat(80);
      return all;
    });
    expect(stderr).toMatch(/8 of 8 examples are longer than max_length = 64/);
    expect(stderr).toMatch(/fix: .*overlong: drop.*overlong: truncate/);
    expect(code).toBe(1);
  });

  it('a truncated weights file', async () => {
    await cp(workspace.path('tiny'), workspace.path('cut'), { recursive: true });
    await truncate(workspace.path('cut/model.safetensors'), 20_000);
    const { code, stderr } = await workspace.attune(
      'run',
      'recipe.yaml',
      '--set',
      'model.name=./cut',
      '--set',
      'name=cut',
    );
    expect(stderr).toMatch(/cut\/model\.safetensors: /);
    expect(code).toBe(1);
  });

  it('another training in the same run folder', async () => {
    const { code, stderr } = await workspace.attune(
      'run',
      'recipe.yaml',
      '--set',
      'training.learning_rate=0.5',
    );
    expect(stderr).toMatch(/runs\/trial: .*the training settings changed/);
    expect(stderr).toMatch(/fix: .*output_dir/);
    expect(code).toBe(1);
  });

  it.each([
    ['manifest.json', 'not json', /manifest\.json: is not valid JSON/],
    ['plan.json', '{}', /plan/],
    ['manifest.json', undefined, /broken run folder/],
  ])('a run folder with a broken %s', async (file, content, says) => {
    await cp(workspace.path('runs/trial'), workspace.path('runs/broken'), { recursive: true });
    const target = workspace.path('runs/broken', file);
    if (content === undefined) await rm(target);
    else await writeFile(target, content);
    const { code, stderr } = await workspace.attune(
      'train',
      'recipe.yaml',
      '--set',
      'output_dir=runs/broken',
    );
    await rm(workspace.path('runs/broken'), { recursive: true });
    expect(stderr).toMatch(says);
    expect(stderr).toContain('fix: ');
    expect(code).toBe(1);
  });

  it('a full disk; after room was made the same command goes on', async () => {
    const fixture = new URL('full-disk.fixture.mjs', import.meta.url).href;
    const args = ['train', 'recipe.yaml', '--set', 'name=full'];
    const full = await workspace.start(args, {
      nodeOptions: ['--import', fixture],
      env: { ATTUNE_TEST_FULL_DISK: 'checkpoint-4' },
    }).done;
    expect(full.stderr).toMatch(
      /no space left on the disk\n {2}fix: free some space and run the same command again/,
    );
    expect(full.code).toBe(1);
    expect(await readdir(workspace.path('runs/full/checkpoints'))).toContain('checkpoint-2');
    expect((await workspace.attune(...args)).code).toBe(0);
    expect(await weightsOf('full')).toEqual(await weightsOf('trial'));
  });

  it('evaluate before the training is done', async () => {
    const { code, stderr } = await workspace.attune('evaluate', 'recipe.yaml', '--set', 'name=untrained');
    expect(stderr).toMatch(/not trained to its end yet\n {2}fix: attune train recipe\.yaml/);
    expect(code).toBe(1);
  });
});

const weightsOf = (run: string): Promise<Buffer> =>
  readFile(workspace.path('runs', run, 'adapter/adapter_model.safetensors'));

describe('interrupted', () => {
  /** Starts a training and waits until it has done a step. */
  async function startTraining(name: string) {
    const args = ['train', 'recipe.yaml', '--set', `name=${name}`, '--set', 'training.num_train_epochs=8'];
    const { child, done } = workspace.start(args);
    const metrics = workspace.path('runs', name, 'metrics.jsonl');
    while (!(existsSync(metrics) && /"loss"/.test(await readFile(metrics, 'utf8')))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { args, child, done };
  }

  it('Ctrl-C saves, says how to go on, and the result has the same bytes as without', async () => {
    const stopped = await startTraining('stopped');
    stopped.child.kill('SIGINT');
    const { code, stderr } = await stopped.done;
    expect(stderr).toContain('Press Ctrl-C again to quit at once');
    expect(stderr).toContain(`To go on: attune ${stopped.args.join(' ')}`);
    expect(code).toBe(130);

    const killed = await startTraining('killed');
    killed.child.kill('SIGKILL');
    expect((await killed.done).code).toBeNull();

    for (const { args } of [stopped, killed]) expect((await workspace.attune(...args)).code).toBe(0);
    const whole = stopped.args.map((arg) => (arg === 'name=stopped' ? 'name=whole' : arg));
    expect((await workspace.attune(...whole)).code).toBe(0);
    expect(await weightsOf('stopped')).toEqual(await weightsOf('whole'));
    expect(await weightsOf('killed')).toEqual(await weightsOf('whole'));
  });
});
