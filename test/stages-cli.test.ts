import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { readPlan } from '../src/train/plan-file.js';
import type { StageRecord } from '../src/train/stage-records.js';
import {
  jsonLines,
  makeWorkspace,
  type Outcome,
  records,
  tinyRecipe,
  type Workspace,
} from './cli.fixture.js';

const benchmarks = `
  benchmarks:
    - { name: held-out }
    - { name: check, split: validation }
`;
/** A recipe with stages; `stages` are YAML flow mappings. */
const recipe = (name: string, ...stages: string[]): string =>
  `${tinyRecipe
    .replace('name: trial', `name: ${name}`)
    .replace(/evaluation: \{(.*)\}\n/, (_, fields: string) => {
      const lines = fields.split(', ').map((field) => `  ${field.trim()}`);
      return `evaluation:\n${lines.join('\n')}${benchmarks}`;
    })}stages:\n${stages.map((stage) => `  - ${stage}\n`).join('')}`;

const first = '{ name: words, select: { tasks: [a] }, length: { steps: 3 } }';
const second = (rest: string): string => `{ name: tasks, length: { steps: 4 }${rest} }`;
const never = 'metric: exact_match, benchmark: check, at_least: 1.1';

/** A failure shows what the command said. */
const success = { code: 0, stderr: expect.not.stringContaining('error:') };

let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace();
  // Half of the records are of another task, so that stages have something to choose.
  const tasks = records.map((record, index) => ({ ...record, task: index % 2 === 0 ? 'a' : 'b' }));
  await workspace.write('records.jsonl', jsonLines(tasks));
}, 60_000);

async function run(verb: string, name: string, ...stages: string[]): Promise<Outcome> {
  await workspace.write(`${name}.yaml`, recipe(name, ...stages));
  return workspace.attune(verb, `${name}.yaml`);
}
const read = async (...path: string[]): Promise<string> => readFile(workspace.path('runs', ...path), 'utf8');
const stageRecords = async (name: string): Promise<StageRecord[]> =>
  JSON.parse(await read(name, 'stages.json'));
const trained = async (name: string, stage: string): Promise<string[]> =>
  (await read(name, 'metrics.jsonl')).split('\n').filter((line) => line.includes(`"stage":"${stage}"`));

describe('a recipe with stages', () => {
  it('is planned as a table and a picture, and twice in the same bytes', async () => {
    const mixed = `{ name: mixed, mix: [{ name: a, select: { tasks: [a] }, ratio: 3 }, { name: b, select: { tasks: [b] }, ratio: 1 }], length: { steps: 8 } }`;
    const planned = await run('plan', 'pictured', first, mixed);
    expect(planned).toMatchObject(success);
    expect(planned.stdout).toContain('learning rate');
    expect(planned.stdout).toMatch(/mixed\s+a\s+75\.0 %/);
    expect(await run('train', 'one', first, mixed)).toMatchObject(success);
    expect(await run('train', 'two', first, mixed)).toMatchObject(success);
    for (const file of ['plan.json', 'plan.safetensors', 'stages.json']) {
      expect(await read('one', file)).toBe(await read('two', file));
    }
  }, 60_000);

  it('keeps the plan of earlier stages when a later one changes', async () => {
    const third = (tokens: number) => `{ name: last, select: { tasks: [b] }, length: { tokens: ${tokens} } }`;
    await run('train', 'short', first, second(''), third(100));
    await run('train', 'long', first, second(''), third(300));
    const [short, long] = await Promise.all(
      ['short', 'long'].map((name) => readPlan(workspace.path('runs', name))),
    );
    expect(short!.header.totals.steps).toBeLessThan(long!.header.totals.steps);
    expect(long!.header.stages.slice(0, 2)).toEqual(short!.header.stages.slice(0, 2));
    for (const field of ['learningRate', 'normaliser', 'stage', 'evaluate', 'save'] as const) {
      expect([...long![field].subarray(0, 7)]).toEqual([...short![field].subarray(0, 7)]);
    }
    expect([...long!.rows.subarray(0, long!.stepOffsets[7])]).toEqual([
      ...short!.rows.subarray(0, short!.stepOffsets[7]),
    ]);
  }, 60_000);
});

describe('a gate', () => {
  it('stops the run, which goes on from there when the gate is changed', async () => {
    const stopped = await run(
      'run',
      'stopped',
      first,
      second(`, gate: { ${never} }`),
      first.replace('words', 'more'),
    );
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain(
      'the stage tasks did not reach its gate (exact_match on check at least 1.1)',
    );
    expect(stopped.stderr).toContain('run the same command again');
    expect(JSON.parse(await read('stopped', 'manifest.json')).state).toBe('stopped');
    const before = await stageRecords('stopped');
    expect(before.map(({ name, state, gate }) => [name, state, gate?.decision])).toEqual([
      ['words', 'done', undefined],
      ['tasks', 'stopped', 'stop'],
    ]);
    const lines = await trained('stopped', 'tasks');

    const went = await run(
      'run',
      'stopped',
      first,
      second(`, gate: { ${never}, otherwise: go_on }`),
      first.replace('words', 'more'),
    );
    expect(went).toMatchObject(success);
    expect(
      (await stageRecords('stopped')).map(({ name, state, gate }) => [name, state, gate?.decision]),
    ).toEqual([
      ['words', 'done', undefined],
      ['tasks', 'done', 'go_on'],
      ['more', 'done', undefined],
    ]);
    // nothing of the stages before was trained again
    expect(await trained('stopped', 'tasks')).toEqual(lines);
    expect(JSON.parse(await read('stopped', 'manifest.json')).state).toBe('done');
  }, 60_000);

  it('extends a stage as often as it may', async () => {
    const extended = await run(
      'run',
      'extended',
      second(
        `, gate: { ${never}, otherwise: extend, extend: { length: { steps: 2 }, times: 2, finally: go_on } }`,
      ),
      first,
    );
    expect(extended).toMatchObject(success);
    const [tasks, words] = await stageRecords('extended');
    expect(tasks).toMatchObject({ extensions: 2, last_step: 8, state: 'done', gate: { decision: 'go_on' } });
    expect(tasks!.gate!.checks.map(({ step, reached }) => [step, reached])).toEqual([
      [4, false],
      [6, false],
      [8, false],
    ]);
    expect(words).toMatchObject({ first_step: 9, last_step: 11 });
  }, 60_000);

  it('passes extensions over that are not needed, and ends a stage early', async () => {
    const reached = 'at_most: 100, check_steps: 2, otherwise: extend, extend: { length: { steps: 2 } }';
    expect(await run('run', 'early', second(`, gate: { ${reached} }`), first)).toMatchObject(success);
    const [tasks, words] = await stageRecords('early');
    expect(tasks).toMatchObject({
      extensions: 0,
      ended_early: true,
      last_step: 2,
      gate: { decision: 'reached' },
    });
    expect(words).toMatchObject({ first_step: 7, last_step: 9 });
    const steps = (await read('early', 'metrics.jsonl'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ loss }) => loss !== undefined)
      .map(({ step }) => step);
    expect(steps).toEqual([1, 2, 7, 8, 9]);
  }, 60_000);

  it('must not look at the test split', async () => {
    const looked = await run(
      'plan',
      'looked',
      second(', gate: { metric: exact_match, benchmark: held-out, at_least: 0.5 }'),
    );
    expect(looked.code).toBe(2);
    expect(looked.stderr).toContain('split: validation');
  });
});

describe('a gate that cannot be measured', () => {
  it('is found by its line before anything is trained', async () => {
    const gate = ', gate: { metric: exactmatch, benchmark: check, at_least: 0.5 }';
    const planned = await run('plan', 'unmeasured', first, second(gate));
    expect(planned.code).toBe(1);
    const line = recipe('unmeasured', first, second(gate)).split('\n').length - 1;
    expect(planned.stderr).toContain(
      `unmeasured.yaml:${line}: check has no metric "exactmatch" (stages.1.gate.metric)`,
    );
    expect(planned.stderr).toContain('did you mean `exact_match`?');
  });
});

describe('an edited stage', () => {
  it('is trained anew after the stages before it, which are reused', async () => {
    expect(await run('train', 'edited', first, second(''))).toMatchObject(success);
    const kept = await trained('edited', 'words');
    const old = await trained('edited', 'tasks');
    // an evaluation must not delete what was trained
    const evaluated = await run('evaluate', 'edited', first, second(', learning_rate: 5.0e-4'));
    expect(evaluated.code).toBe(1);
    expect(evaluated.stderr).toContain('the stages were edited since this run was trained');
    expect(await trained('edited', 'tasks')).toEqual(old);
    const edited = await run('train', 'edited', first, second(', learning_rate: 5.0e-4, carry: merged'));
    expect(edited).toMatchObject(success);
    expect(await trained('edited', 'words')).toEqual(kept);
    expect(await trained('edited', 'tasks')).not.toEqual(old);
    expect(JSON.parse(await read('edited', 'manifest.json')).reused_stages).toMatchObject([
      { stages: ['words'] },
    ]);
    const config = JSON.parse(await read('edited', 'adapter', 'adapter_config.json'));
    // the first stage's adapter and the fresh one beside it
    expect(config.r).toBe(4);
  }, 60_000);
});

it('keeps the result of every stage, and asks it what the recipe says', async () => {
  const asked = await run('run', 'asked', `${first.slice(0, -2)}, evaluate: [check] }`, second(''));
  expect(asked).toMatchObject(success);
  const [words] = await stageRecords('asked');
  expect(words!.result).toBe('stages/words/adapter');
  expect(words!.scores.check).toHaveProperty('exact_match');
  expect(await read('asked', 'stages/words/adapter/adapter_config.json')).toContain('"peft_type"');
  const verdict: { systems: string[] }[] = JSON.parse(await read('asked', 'verdict.json'));
  expect(verdict.some(({ systems }) => systems[1] === 'stage-words')).toBe(true);
  const report = await read('asked', 'report.html');
  expect(report).toContain('id="stages"');
}, 60_000);
