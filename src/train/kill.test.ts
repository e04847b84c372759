import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../random.js';
import { runTraining } from './loop.js';
import { openRun, readManifest } from './run-folder.js';
import { courses, inRun, stagedPlan, trainStages } from './staged-run.fixture.js';
import { FakeEngine, fakeDescription, fakePlan, runContent } from './training.fixture.js';

const built = join(import.meta.dirname, '../../dist');
const fixtures = [
  new URL('./run-child.fixture.ts', import.meta.url),
  new URL('./settings.fixture.ts', import.meta.url),
  new URL('./staged-run.fixture.ts', import.meta.url),
  new URL('./stages.fixture.ts', import.meta.url),
  new URL('./training.fixture.ts', import.meta.url),
];

let root: string;
let child: string;

/** Compiles the fixtures that the child process needs; everything else it takes from `dist`, as users do. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-kill-'));
  await writeFile(join(root, 'package.json'), '{"type":"module"}');
  for (const file of fixtures) {
    const text = await readFile(file, 'utf8');
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
    });
    await writeFile(
      join(root, basename(file.pathname).replace(/ts$/, 'js')),
      outputText
        .replaceAll(/from '\.\.\/(.*?)'/g, (_, path) => `from '${pathToFileURL(join(built, path))}'`)
        .replaceAll(/from '\.\/((?!.*fixture).*?)'/g, (_, path) => {
          return `from '${pathToFileURL(join(built, 'train', path))}'`;
        }),
    );
  }
  child = join(root, 'run-child.fixture.js');
});
afterAll(() => rm(root, { recursive: true }));

function start(directory: string, course = ''): ChildProcess & { said: () => string } {
  const started = spawn(process.execPath, [child, directory, course]);
  let output = '';
  started.stdout.on('data', (data) => {
    output += data;
  });
  started.stderr.on('data', (data) => {
    output += data;
  });
  return Object.assign(started, { said: () => output });
}

/** Starts training again and again and kills it, until it is let through; returns how often it was killed. */
async function killUntilDone(directory: string, course = ''): Promise<number> {
  const random = randomStream(1, 'kill', course);
  let kills = 0;
  let code: number | null = null;
  // The whole takes about half a second after the start; late kills let it make progress between early ones.
  for (let attempt = 0; code === null; attempt++) {
    const training = start(directory, course);
    const exited = once(training, 'exit');
    if (attempt < 8) {
      await Promise.race([once(training.stdout!, 'data'), exited]);
      await sleep(random.integer(150));
      training.kill('SIGKILL');
    }
    [code] = await exited;
    if (code === null) kills++;
    else if (code !== 0) throw new Error(training.said());
  }
  return kills;
}

describe.skipIf(!existsSync(join(built, 'train/loop.js')))('kill -9 (needs `npm run build`)', () => {
  it('at any moment costs nothing but time: the resumed run ends with the same bytes', async () => {
    const plan = fakePlan();
    const whole = join(root, 'whole');
    const run = await openRun(whole, fakeDescription(plan));
    await runTraining({ plan, run, engine: new FakeEngine(), evalBatchSize: 2, saveTotalLimit: 2 });
    await run.close();

    const directory = join(root, 'killed');
    expect(await killUntilDone(directory)).toBeGreaterThanOrEqual(2);
    expect(await runContent(directory)).toEqual(await runContent(whole));
    expect((await readManifest(directory)).state).toBe('done');
  });

  it('amid stages or between them neither, also where one was left early', async () => {
    const plan = stagedPlan();
    const whole = join(root, 'whole stages');
    await inRun(whole, plan, new FakeEngine(), (options) => trainStages(courses['left early'], options));
    const directory = join(root, 'killed stages');
    expect(await killUntilDone(directory, 'left early')).toBeGreaterThanOrEqual(2);
    expect(await runContent(directory)).toEqual(await runContent(whole));
    expect((await readManifest(directory)).state).toBe('done');
  });

  it('two processes cannot train in one folder', async () => {
    const directory = join(root, 'shared');
    const first = start(directory);
    const firstExited = once(first, 'exit');
    await once(first.stdout!, 'data');
    const second = start(directory);
    const [code] = await once(second, 'exit');
    expect(code).not.toBe(0);
    expect(second.said()).toContain(`another process is writing this folder (process ${first.pid})`);
    expect(await firstExited).toEqual([0, null]);
  });
});
