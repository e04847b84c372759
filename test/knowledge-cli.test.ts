import { readdir, readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, makeWorkspace, tinyRecipe, type Workspace } from './cli.fixture.js';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace();
  await workspace.write('facts.jsonl', jsonLines(facts));
  await workspace.write(
    'prompts.jsonl',
    jsonLines(Array.from({ length: 40 }, (_, at) => ({ prompt: `the ${at}` }))),
  );
});
afterAll(() => rm(workspace.directory, { recursive: true, force: true }));

const facts = ['a', 'b', 'c', 'd'].map((id) => ({
  id,
  text: `the ${id}`,
  questions: [`1 ${id}`, `2 ${id}`, `3 ${id}`],
  answer: id,
}));
const withSources = (...sources: string[]): string =>
  tinyRecipe.replace(
    'path: records.jsonl }',
    ['path: records.jsonl }', ...sources.map((source) => `    - ${source}`)].join('\n'),
  );

describe('knowledge', () => {
  it('is trained on, and recall is asked before and after as it was trained', async () => {
    const recipe = withSources('{ type: facts, path: facts.jsonl, system_prompt: s, task: terms }');
    await workspace.write(
      'facts.yaml',
      recipe.replace(
        'evaluation: { ',
        'evaluation: { benchmarks: [{ name: recall, facts: facts.jsonl }, { name: held-out }], ',
      ),
    );
    const { code, stderr } = await workspace.attune('run', 'facts.yaml');
    expect(stderr).toMatch(/base on recall: exact_match .* of 4 items/);
    expect(stderr).toMatch(/tuned on recall: exact_match .* of 4 items/);
    expect(code).toBe(0);
    const answers = await readFile(workspace.path('runs/trial/evaluation/recall/tuned.jsonl'), 'utf8');
    const asked = answers
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(asked.map(({ id, task }) => [id, task])).toEqual(facts.map(({ id }) => [id, 'terms']));
    expect(asked[0].prompt).toEqual([
      { role: 'system', content: 's' },
      { role: 'user', content: '3 a' },
    ]);
    const shown = await workspace.attune('data', 'inspect', 'facts.jsonl#b:2');
    expect(shown.stdout).toContain('phrasing 2 of 3 of the fact b');
    const again = await workspace.attune('run', 'runs/trial/recipe.yaml');
    expect(again.stderr).toMatch(/tuned on recall.*\(done before\)/);
  });

  it('is asked of any model without training, too', async () => {
    await workspace.write(
      'recall.yaml',
      'name: recall\nmodel: { name: ./tiny }\nevaluation:\n  systems: [base]\n  max_new_tokens: 4\n  forgetting: null\n  benchmarks: [{ name: recall, facts: facts.jsonl }]\n',
    );
    const { code, stderr } = await workspace.attune('evaluate', 'recall.yaml');
    expect(stderr).toMatch(/base on recall: exact_match .* of 4 items/);
    expect(code).toBe(0);
    const both = (await readFile(workspace.path('recall.yaml'), 'utf8')).replace(
      'facts: facts.jsonl',
      'facts: facts.jsonl, benchmark: general',
    );
    await workspace.write('both.yaml', both);
    const wrong = await workspace.attune('evaluate', 'both.yaml');
    expect(wrong.stderr).toMatch(/name `facts`, or a `benchmark` with its `items`, not both/);
    expect(wrong.code).toBe(2);
  });
});

describe('replay', () => {
  it('is answered by the model of the recipe, once', async () => {
    await workspace.write(
      'replay.yaml',
      withSources('{ type: replay, path: prompts.jsonl, max_new_tokens: 48 }'),
    );
    const checked = await workspace.attune('data', 'check', 'replay.yaml');
    expect(checked.stdout).toContain(
      'prompts.jsonl (replay): 40 prompts, answered when the data is prepared',
    );
    await rm(workspace.path('data/.evaluation'), { recursive: true, force: true });
    // The tiny model, which is made of random numbers, never ends an answer.
    for (const _run of ['asked', 'kept']) {
      const { code, stderr } = await workspace.attune('data', 'prepare', 'replay.yaml');
      expect(stderr).toContain('none of 40 answers of ./tiny ended within 48 tokens');
      expect(code).toBe(1);
      const [kept] = await readdir(workspace.path('data/.evaluation'));
      const answers = await readFile(workspace.path('data/.evaluation', kept!), 'utf8');
      expect(answers.split('\n').filter((line) => line.includes('"newTokens":48'))).toHaveLength(40);
    }
  });
});
