import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import { describe, expect, it } from 'vitest';

const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  forbidden: [];
  options: ICruiseOptions;
};

async function violationsIn(baseDir: string): Promise<string[]> {
  const { output } = await cruise(['src'], {
    ...options,
    tsConfig: undefined,
    baseDir,
    ruleSet: { forbidden },
    validate: true,
  });
  return (output as ICruiseResult).summary.violations.map(
    ({ rule, from, to }) => `${rule.name}: ${from} → ${to}`,
  );
}

describe('imports', () => {
  it('point one way and never in a circle', async () => {
    expect(await violationsIn(process.cwd())).toEqual([]);
  });

  it.each([
    ['recipe above its place', 'src/recipe/a.ts', '../data/b.js', 'direction-of-recipe'],
    ['graph that knows models', 'src/graph/a.ts', '../model/b.js', 'direction-of-graph'],
    ['model that knows chat', 'src/model/a.ts', '../chat/b.js', 'direction-of-model'],
    ['training that knows an engine', 'src/train/a.ts', '../engine/onnx/b.js', 'direction-of-train'],
    ['a part that knows the command line', 'src/evaluate/a.ts', '../cli/b.js', 'direction-of-evaluate'],
    ['a shared file that knows a part', 'src/errors.ts', './recipe/b.js', 'shared-files-stand-alone'],
    ['a product that needs its tests', 'src/cli/a.ts', './b.fixture.js', 'not-to-tests'],
  ])('%s is found', async (_name, from, to, rule) => {
    const root = await mkdtemp(join(tmpdir(), 'attune-imports-'));
    const target = join(root, dirname(from), to.replace(/\.js$/, '.ts'));
    for (const file of [join(root, from), target]) await mkdir(dirname(file), { recursive: true });
    await writeFile(join(root, from), `import { b } from '${to}';\nexport const a = b;\n`);
    await writeFile(target, 'export const b = 1;\n');
    expect((await violationsIn(root)).join()).toContain(rule);
  });
});

describe('below cli/', () => {
  it('nothing writes to the terminal or ends the process', async () => {
    const files = (await readdir('src', { recursive: true })).filter(
      (file) => file.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(file) && !file.startsWith('cli/'),
    );
    expect(files.length).toBeGreaterThan(20);
    const offenders: string[] = [];
    for (const file of files) {
      const source = (await readFile(join('src', file), 'utf8')).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
      if (/\bconsole\.|process\.(exit|stdout|stderr|exitCode)\b/.test(source)) offenders.push(file);
    }
    expect(offenders).toEqual([]);
  });
});
