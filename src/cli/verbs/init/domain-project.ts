/**
 * A project of the user's own, copied from the example of a domain.
 * @module
 */
import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../../errors.js';
import { writeFileAtomically } from '../../../files.js';
import { benchmarkJsonSchema } from '../../../recipe/benchmark.js';
import { recipeJsonSchema } from '../../../recipe/json-schema.js';
import type { Domain } from './domains.js';
import { type OwnData, ownData, shortName } from './own-data.js';
import { projectReadme } from './project-readme.js';
import { projectRecipe } from './project-recipe.js';

/** What a project is started with. */
export interface ProjectOptions {
  folder: string;
  name: string;
  /** File, folder, pattern or data set of the hub in place of the starter data. */
  data?: string;
  model?: string;
}

/** What was written. */
export interface WrittenProject {
  /** Paths of all files, as the user would write them. */
  files: string[];
  recipe: string;
  /** What became of the user's own data; undefined with the starter data. */
  note?: string;
}

/** Seen from `src/cli/verbs/init` as from `dist/cli/verbs/init`. */
const examples = fileURLToPath(new URL('../../../../examples/', import.meta.url));

/**
 * Copies a domain's example into a folder, with its recipe rewritten for it.
 *
 * @throws UsageError when one of the files is there already: then nothing is written
 * @throws AttuneError when the data cannot be found
 */
export async function startProject(domain: Domain, options: ProjectOptions): Promise<WrittenProject> {
  const from = join(examples, domain.name);
  const to = resolve(options.folder);
  const data =
    options.data === undefined
      ? undefined
      : await ownData(options.data, join(examples, 'medical', 'pubmedqa-test-ids.json'));
  const contents = new Map<string, string | Uint8Array>();
  for (const name of await exampleFiles(from, domain)) {
    if (data && (name === domain.starterData || name === domain.trial)) continue;
    contents.set(name, await content(name, from, domain, options, data));
  }
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  contents.set('recipe.schema.json', json(recipeJsonSchema()));
  if (contents.has('benchmark.yaml')) contents.set('benchmark.schema.json', json(benchmarkJsonSchema()));
  for (const file of data?.files ?? []) contents.set(file.name, json(file.content));
  contents.set(
    'README.md',
    projectReadme(domain, {
      files: [...contents.keys()],
      data: options.data === undefined ? undefined : shortName(options.data),
    }),
  );
  const place = statSync(to, { throwIfNoEntry: false });
  if (place && !place.isDirectory())
    throw new UsageError('is a file', { file: options.folder, fix: 'name a folder' });
  const taken = [...contents.keys()]
    .map((name) => join(options.folder, name))
    .find((file) => existsSync(file));
  if (taken) throw new UsageError('is there already', { file: taken, fix: 'name another folder' });
  for (const [name, bytes] of contents) {
    const file = join(to, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFileAtomically(file, bytes);
  }
  const files = [...contents.keys()].map((name) => join(options.folder, name));
  return { files, recipe: join(options.folder, 'recipe.yaml'), ...(data ? { note: data.note } : {}) };
}

/** Where the data are from, without links that lead out of the project. */
function projectSource(text: string, domain: string): string {
  const unlinked = text.replaceAll(/\[([^\]\n]{1,80})\]\(\.\.\/[^)\n]{1,200}\)/g, '$1 of Attune');
  return `${unlinked.trimEnd()}\n\nScripts and lists that are named here lie in \`examples/${domain}/\` of Attune.\n`;
}

/** The files of the example that a project begins with, relative to its folder, sorted. */
async function exampleFiles(from: string, { files }: Domain): Promise<string[]> {
  const found: string[] = [];
  for (const name of files) {
    const stats = statSync(join(from, name), { throwIfNoEntry: false });
    if (stats?.isFile()) found.push(name);
    else if (stats?.isDirectory()) {
      const inside = await readdir(join(from, name), { recursive: true, withFileTypes: true });
      for (const entry of inside.filter((one) => one.isFile()))
        found.push(
          join(entry.parentPath, entry.name)
            .slice(from.length + 1)
            .replaceAll('\\', '/'),
        );
    }
  }
  return found.sort((a, b) => (a < b ? -1 : 1));
}

async function content(
  name: string,
  from: string,
  domain: Domain,
  { folder, model, name: run }: ProjectOptions,
  data: OwnData | undefined,
): Promise<string | Uint8Array> {
  const bytes = await readFile(join(from, name));
  if (name === 'benchmark.yaml')
    return bytes
      .toString('utf8')
      .replace(/^(# yaml-language-server: \$schema=).*$/m, '$1./benchmark.schema.json')
      .replaceAll(/^(#.*\bdocs\/[\w-]+\.md)\b/gm, '$1 of Attune')
      .replaceAll(`examples/${domain.name}/`, '');
  if (name === 'data/SOURCE.md') return projectSource(bytes.toString('utf8'), domain.name);
  if (name !== 'recipe.yaml' && name !== domain.trial) return bytes;
  return projectRecipe({
    text: bytes.toString('utf8'),
    from,
    to: resolve(folder),
    domain,
    name: name === domain.trial ? `${run}-trial` : run,
    model,
    data,
  });
}
