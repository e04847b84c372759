import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, makeWorkspace, tinyRecipe, type Workspace } from './cli.fixture.js';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace();
  await workspace.write('items.jsonl', jsonLines(items));
  await workspace.write('sums.yaml', benchmark);
  await workspace.write(
    'ana.csv',
    `id,answer\n${items
      .slice(0, 30)
      .map(({ id, sum }) => `${id},${sum}`)
      .join('\n')}\n`,
  );
  await workspace.write(
    'old.jsonl',
    jsonLines(items.map(({ id, sum }, index) => ({ id, answer: index % 2 ? `It is ${sum}.` : 'no idea' }))),
  );
  await workspace.write('short.ts', scorerFile);
});
afterAll(() => rm(workspace.directory, { recursive: true, force: true }));

const items = Array.from({ length: 40 }, (_, index) => ({
  id: `sum-${index}`,
  question: `What is ${index} + ${index}?`,
  sum: 2 * index,
  page: `page ${index % 20}`,
}));
const benchmark = `name: sums
items: items.jsonl
prompt: { user: '{{ question }}' }
target: '{{ sum }}'
group: '{{ page }}'
task: sum
scorers: [exact_match, token_f1, { file: short.ts }]
`;
/** A scorer of a user's own, as the documentation shows it. */
const scorerFile = `import type { UserScorer } from 'attune';

const short: UserScorer = (answer) => answer.text.length < 8;
export default short;
`;
const evaluation = (systems: string, more = ''): string => `name: sums
evaluation:
  bootstrap_resamples: 1000
  systems:
${systems}
  benchmarks: [{ name: sums, benchmark: sums.yaml }]
${more}`;

describe('attune evaluate without training', () => {
  it('scores recorded answers and experts on the items that both answered', async () => {
    await workspace.write(
      'experts.yaml',
      evaluation(`    - { type: recorded, name: old, path: old.jsonl }
    - { type: expert, name: ana, path: ana.csv }`),
    );
    const { code, stdout, stderr } = await workspace.attune('evaluate', 'experts.yaml', '--json');
    expect(stderr).toMatch(/^evaluate {2}ana on sums: exact_match 100\.0 % of 30 items$/m);
    expect(code).toBe(0);
    const { scores, comparisons, directory } = JSON.parse(stdout);
    expect(scores.map((one: { system: string }) => one.system)).toEqual(['old', 'ana']);
    expect(scores[0].metrics).toMatchObject({ exact_match: 0.5, short: 0.5 });
    expect(comparisons).toHaveLength(1);
    expect(comparisons[0]).toMatchObject({
      systems: ['old', 'ana'],
      n: 30,
      difference: -0.5,
      verdict: 'worse',
      expert: true,
    });
    const report = await readFile(workspace.path(directory, 'report.html'), 'utf8');
    expect(report).toContain('Beside experts');
    const again = await workspace.attune('evaluate', `${directory}/recipe.yaml`);
    expect(again.stderr).toMatch(/ana on sums.*\(done before\)/);
    const compared = await workspace.attune(
      'compare',
      directory,
      '--system',
      'ana',
      '--baseline-system',
      'old',
    );
    expect(compared.stdout).toMatch(/Verdict: ana is better than old/);
  });

  it('tells of answers that belong to no item', async () => {
    await workspace.write('typo.csv', 'id,answer\nsum-0,0\nsum_1,2\n');
    await workspace.write('typo.yaml', evaluation('    - { type: expert, name: typo, path: typo.csv }'));
    const { code, stderr } = await workspace.attune('evaluate', 'typo.yaml', '--set', 'name=typo');
    expect(stderr).toContain('1 of its answers belong to no item that is asked, "sum_1" for one');
    expect(code).toBe(0);
  });

  it('says what is wrong with files, fields and systems', async () => {
    const fails = async (systems: string, pattern: RegExp, more = ''): Promise<void> => {
      await workspace.write('wrong.yaml', evaluation(systems, more));
      const { code, stderr } = await workspace.attune('evaluate', 'wrong.yaml');
      expect(stderr).toMatch(pattern);
      expect(code).toBeGreaterThan(0);
    };
    await fails('    - { type: recorded, name: x, path: nowhere.jsonl }', /nowhere\.jsonl/);
    await fails('    - { type: recorded, name: x, path: old.jsonl, answer: reply }', /reply/);
    await fails(
      '    - { type: recrded, name: x, path: old.jsonl }',
      /wrong\.yaml:5.*did you mean `recorded`/s,
    );
    await fails('    - base', /model\.name.*names none|names none.*model\.name/s);
    await fails('    - tuned', /nothing is trained here/);
    const old = evaluation('    - { type: recorded, name: x, path: old.jsonl }');
    await workspace.write('wrong.yaml', old.replace('sums.yaml', 'sums.yaml, metric: acuracy'));
    const { stderr } = await workspace.attune('evaluate', 'wrong.yaml');
    expect(stderr).toMatch(/^error: sums has no metric "acuracy"/m);
    expect(stderr).not.toMatch(/x on sums/);
  });
});

describe('attune evaluate of an endpoint', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  /** An endpoint that knows the sums, and fails as long as it is told to. */
  async function startEndpoint(fails: (call: number) => boolean): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    let calls = 0;
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const question: string = JSON.parse(body).messages.at(-1).content;
        if (fails(calls++)) {
          response.writeHead(503).end();
          return;
        }
        asked.push(question);
        const [, number] = /What is (\d+)/.exec(question)!;
        const message = { role: 'assistant', content: `${2 * Number(number)}` };
        response.end(JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }));
      });
    });
    await new Promise<void>((ready) => server!.listen(0, '127.0.0.1', ready));
    return { url: `http://127.0.0.1:${(server!.address() as AddressInfo).port}/v1`, asked };
  }

  it('loses nothing when it fails, and asks nothing twice', async () => {
    let broken = true;
    const { url, asked } = await startEndpoint((call) => broken && call >= 12);
    await workspace.write(
      'endpoint.yaml',
      evaluation(`    - type: endpoint
      name: remote
      base_url: ${url}
      model: m
      concurrency: 1
      retries: 1
      retry_seconds: 0.01
      stop_after_failures: 3`).replace('name: sums', 'name: remote'),
    );
    const failed = await workspace.attune('evaluate', 'endpoint.yaml');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/503/);
    expect(asked).toHaveLength(12);
    broken = false;
    const done = await workspace.attune('evaluate', 'endpoint.yaml');
    expect(done.stderr).toMatch(/remote on sums: exact_match 100\.0 % of 40 items/);
    expect(done.code).toBe(0);
    expect(asked).toHaveLength(40);
    expect(new Set(asked).size).toBe(40);
    // Another run of the same endpoint finds its answers kept.
    await workspace.attune('evaluate', 'endpoint.yaml', '--set', 'name=second');
    expect(asked).toHaveLength(40);
  });

  it('goes on after a kill', async () => {
    const { url, asked } = await startEndpoint(() => false);
    await workspace.write(
      'killed.yaml',
      evaluation(
        `    - { type: endpoint, name: killed, base_url: "${url}", model: k, concurrency: 1 }`,
      ).replace('name: sums', 'name: killed'),
    );
    const { child, done } = workspace.start(['evaluate', 'killed.yaml']);
    while (asked.length < 5) await new Promise((wait) => setTimeout(wait, 5));
    child.kill('SIGKILL');
    await done;
    const before = asked.length;
    expect(before).toBeLessThan(40);
    await workspace.attune('evaluate', 'killed.yaml');
    // The request that was under way when it was killed may be asked again.
    expect(asked.length).toBeLessThanOrEqual(41);
  });
});

describe('attune evaluate of a recipe', () => {
  it('measures forgetting beside the gain, and takes other benchmarks', async () => {
    await workspace.write(
      'probe.yaml',
      `name: probe
items: items.jsonl
prompt: { user: '{{ question }}' }
output: multiple_choice
choices: ['{{ sum }}', '{{ sum + 1 }}']
target: 0
group: '{{ page }}'
`.replace("['{{ sum }}', '{{ sum + 1 }}']", '"{{ [sum, sum + 1] }}"'),
    );
    await workspace.write(
      'recipe.yaml',
      tinyRecipe.replace('forgetting: null', 'forgetting: { benchmark: probe.yaml, max_loss: 0.5 }'),
    );
    const { code, stdout, stderr } = await workspace.attune('run', 'recipe.yaml', '--json');
    expect(stderr).toContain('tuned on general-probe: accuracy');
    expect(code).toBe(0);
    const { comparisons } = JSON.parse(stdout);
    const [probe] = comparisons.filter((one: { benchmark: string }) => one.benchmark === 'general-probe');
    expect(probe).toMatchObject({ systems: ['tuned', 'base'], metric: 'accuracy', n: 40 });
    expect(['kept', 'lost', 'cannot tell']).toContain(probe.forgetting.outcome);
    expect(stderr.indexOf('base on general-probe')).toBeLessThan(stderr.indexOf('train '));
  });
});

describe('attune evaluate human', () => {
  it('serves a page of its own to each rater, and nothing to anybody else', async () => {
    const { child, done } = workspace.start([
      ...['evaluate', 'human', 'runs/sums', '--raters', 'ben,cleo', '--systems', 'old,ana'],
      ...['--port', '0', '--items', '5'],
    ]);
    let told = '';
    child.stderr!.on('data', (chunk) => {
      told += chunk;
    });
    while (!/cleo {2}http\S+/.test(told)) await new Promise((wait) => setTimeout(wait, 20));
    const [, url] = /ben {2}(http\S+)/.exec(told)!;
    expect((await fetch(url!)).status).toBe(200);
    const wrong = url!.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expect([401, 403, 404]).toContain((await fetch(wrong)).status);
    child.kill('SIGINT');
    const { stdout } = await done;
    expect(stdout).toMatch(/Study study on sums: 0 of \d+ decisions/);
    const results = await workspace.attune('evaluate', 'human', 'runs/sums', '--results', '--json');
    expect(JSON.parse(results.stdout).results).toBeDefined();
    const others = await workspace.attune('evaluate', 'human', 'runs/sums', '--raters', 'dora');
    expect(others.stderr).toContain('the study "study" is there already, with --raters ben,cleo');
    expect(others.code).toBe(2);
  });

  it('needs to know who judges', async () => {
    const { code, stderr } = await workspace.attune('evaluate', 'human', 'runs/sums', '--study', 'other');
    expect(stderr).toMatch(/nobody is named to judge/);
    expect(code).toBe(2);
  });

  it.each([
    ['--items', 'abc'],
    ['--seed', '1.5'],
    ['--port', '99999'],
    ['--overlap', '2'],
  ])('refuses %s %s before there is a study', async (flag, value) => {
    const given = ['runs/sums', '--study', 'never', '--raters', 'ben', flag, value];
    const { code, stderr } = await workspace.attune('evaluate', 'human', ...given);
    expect(stderr).toMatch(new RegExp(`${flag}.*wanted`));
    expect(code).toBe(2);
    expect(existsSync(workspace.path('runs/sums/human/never'))).toBe(false);
  });
});

it('a reader that goes away is no failure', async () => {
  const { child, done } = workspace.start(['evaluate', '--help']);
  child.stdout!.destroy();
  expect(await done).toMatchObject({ code: 0, stderr: '' });
});

it('attune evaluate list names the built-in benchmarks', async () => {
  const { stdout } = await workspace.attune('evaluate', 'list');
  for (const name of ['general', 'tatqa', 'pubmedqa']) expect(stdout).toMatch(new RegExp(`^${name} `, 'm'));
  const asJson = await workspace.attune('evaluate', 'list', '--json');
  expect(JSON.parse(asJson.stdout)[0]).toMatchObject({ name: 'general', needsItems: false });
});

it('attune evaluate size says what items can show, and what a difference needs', async () => {
  const { stdout } = await workspace.attune('evaluate', 'size', '--items', '500', '--difference', '0.05');
  expect(stdout).toMatch(/500 items in 500 groups show a difference of 6\.9 points or more/);
  expect(stdout).toMatch(/5\.0 points needs 944 items in 944 groups/);
  const wrong = await workspace.attune('evaluate', 'size', '--items', 'many');
  expect(wrong.code).toBe(2);
});

const pubmedqa = resolve('../shared/data/medicine/pubmedqa_ori_pqal.json');
describe.skipIf(!existsSync(pubmedqa))('the second annotator of PubMedQA (needs ../shared/data)', () => {
  it('is scored as the paper has it: accuracy 78.0, macro-F1 72.2', async () => {
    const example = await readFile('examples/evaluation/human-performance.yaml', 'utf8');
    await workspace.write(
      'human-performance.yaml',
      example.replaceAll('data/pubmedqa_ori_pqal.json', pubmedqa),
    );
    const { stdout, stderr } = await workspace.attune('evaluate', 'human-performance.yaml', '--json');
    expect(stderr).toMatch(/annotator on pubmedqa: accuracy 78\.0 % of 500 items/);
    const [{ metrics }] = JSON.parse(stdout).scores;
    expect(metrics.accuracy).toBe(0.78);
    expect(metrics.macro_f1).toBeCloseTo(0.722, 3);
  });
});
