import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../src/random.js';
import { jsonLines, makeWorkspace, type Workspace } from './cli.fixture.js';

let workspace: Workspace;
beforeAll(async () => {
  workspace = await makeWorkspace();
  const random = randomStream(1, 'test', 'interrupt');
  const words = Array.from({ length: 3000 }, (_, index) => `word${index.toString(36)}`);
  const text = (): string => Array.from({ length: 60 }, () => random.pick(words)).join(' ');
  const texts = Array.from({ length: 6_000 }, (_, index) => ({
    text: index % 10 === 9 ? `Call +49 30 901820 or write to a${index}@example.org. ${text()}` : text(),
  }));
  await mkdir(workspace.path('sources'));
  await workspace.write('sources/texts.jsonl', jsonLines([...texts, ...texts.slice(0, 500)]));
  await workspace.write(
    'sources/questions.csv',
    `question,answer\n${Array.from({ length: 300 }, (_, index) => `"What is ${index}?","It is ${index}, a number"`).join('\n')}\n`,
  );
  for (const name of ['a', 'b', 'c']) {
    await workspace.write(
      `sources/${name}.md`,
      `# Report ${name}\n\nNet sales were $${name.charCodeAt(0)}.5 million in 2019, compared to $90.1 million in 2018.\n\n| | 2019 | 2018 |\n|---|---|---|\n| Sales | 120.5 | 90.1 |\n| Costs | 70.2 | 60.0 |\n`,
    );
  }
  await writeFile(
    workspace.path('data.yaml'),
    'name: interrupted\ndata:\n  sources: [{ type: documents, path: sources }]\n  clean: { quality: { gopher: false } }\n',
  );
});
afterAll(() => rm(workspace.directory, { recursive: true, force: true }));

const prepare = ['data', 'prepare', 'data.yaml', '--json'];

/** Digests of everything in a finished data set. */
async function digests(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).sort();
  const all: Record<string, string> = {};
  for (const name of names) {
    all[name] = createHash('sha256')
      .update(await readFile(join(directory, name)))
      .digest('hex');
  }
  return all;
}

describe('a preparation that is killed', () => {
  it('goes on where it was, ten times, and ends with the same bytes', async () => {
    const begun = performance.now();
    const whole = await workspace.attune(...prepare);
    expect(whole.stderr + whole.stdout).not.toContain('"error"');
    const duration = performance.now() - begun;
    const { directory } = JSON.parse(whole.stdout) as { directory: string };
    const expected = await digests(workspace.path(directory));
    await rm(workspace.path('data'), { recursive: true });

    const random = randomStream(2, 'test', 'interrupt');
    let killed = 0;
    for (let time = 0; time < 10; time++) {
      const { child, done } = workspace.start(prepare);
      await setTimeout(random.next() * duration);
      child.kill('SIGKILL');
      const { code } = await done;
      if (code === null) killed++;
    }
    expect(killed).toBeGreaterThan(3);
    const last = await workspace.attune(...prepare);
    expect(last.code).toBe(0);
    expect(await digests(workspace.path(directory))).toEqual(expected);
    const left = await readdir(workspace.path('data'));
    expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }, 300_000);
});
