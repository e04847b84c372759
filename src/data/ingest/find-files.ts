/**
 * From a path in a recipe to the files that it means.
 * @module
 */
import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { AttuneError } from '../../errors.js';
import { fileError } from '../../files.js';
import { type FileFormat, recogniseFile } from './file-format.js';
import { advance, type GlobState, isGlob, isMatch, parseGlob } from './glob.js';

/** A file of a source. */
export interface FoundFile {
  /** Path to open, relative to the working directory where that is short. */
  file: string;
  /** Path below the source's folder or the glob's fixed part, with `/`: the same wherever the recipe lies. */
  name: string;
  format: FileFormat;
  /** Size on the disk. */
  bytes: number;
  /** In words, where the content is not what the name says, or why the format is unknown. */
  note?: string;
}

/**
 * Finds the files of a source, sorted by name in code units. In folders, hidden files and the lock files of Office are
 * left out, and links are followed only where they stay inside the folder.
 *
 * @param path a file, a folder (with its subfolders) or a glob; a file with such a name goes before the glob
 * @param baseDirectory folder that `path` is relative to: the recipe's
 * @throws {AttuneError} when there is no such file, or none in the folder or for the glob
 */
export async function findFiles(path: string, baseDirectory: string): Promise<FoundFile[]> {
  const absolute = resolve(baseDirectory, path);
  const stats = await stat(absolute).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && isGlob(path)) return undefined;
    throw fileError(error, shortPath(absolute));
  });
  if (stats?.isFile()) return [await describe(absolute, basename(absolute), stats)];
  if (stats?.isDirectory()) {
    return walk(absolute, undefined, {
      what: 'the folder holds no files',
      fix: 'put files into it, or check the path',
    });
  }
  const { fixed, start } = parseGlob(path.split(sep).join('/'));
  return walk(resolve(baseDirectory, fixed), start, {
    what: 'no file matches the pattern',
    fix: 'check the pattern: `*` stays within one folder, `**/` goes into subfolders, and case counts',
    pattern: shortPath(absolute),
  });
}

/** A path as the user would write it from where the program runs, for short messages. */
export function shortPath(absolute: string): string {
  const short = relative('', absolute);
  return short.startsWith('..') ? absolute : short;
}

interface Nothing {
  what: string;
  fix: string;
  pattern?: string;
}

async function walk(root: string, glob: GlobState | undefined, nothing: Nothing): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const realRoot = await realpath(root).catch((error) => {
    throw fileError(error, shortPath(root));
  });
  const links = { outside: 0 };
  // Real paths of the folders above: a link back to one of them would never end.
  const visit = async (folder: string, name: string, state: GlobState | undefined, above: string[]) => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
      throw fileError(error, shortPath(folder));
    });
    for (const entry of entries) {
      const next = state && advance(state, entry.name);
      if (entry.name.startsWith('~$') || (next ? next.length === 0 : entry.name.startsWith('.'))) continue;
      const path = join(folder, entry.name);
      let real = join(above.at(-1)!, entry.name);
      if (entry.isSymbolicLink()) {
        const target = await realpath(path).catch(() => undefined);
        if (target === undefined) continue;
        if (!target.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) {
          links.outside++;
          continue;
        }
        real = target;
      }
      const stats = await stat(path).catch((error) => {
        throw fileError(error, shortPath(path));
      });
      const entryName = name === '' ? entry.name : `${name}/${entry.name}`;
      if (stats.isDirectory()) {
        if (!above.includes(real)) await visit(path, entryName, next, [...above, real]);
      } else if (stats.isFile() && (!next || isMatch(next))) {
        found.push(await describe(path, entryName, stats));
      }
    }
  };
  await visit(root, '', glob, [realRoot]);
  if (found.length === 0) {
    const { outside } = links;
    const left = outside > 0 ? ` (${outside} links that lead out of it are not followed)` : '';
    throw new AttuneError(`${nothing.what}${left}`, {
      file: nothing.pattern ?? shortPath(root),
      fix: nothing.fix,
    });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function describe(path: string, name: string, { size }: Stats): Promise<FoundFile> {
  const file = shortPath(path);
  return { file, name, bytes: size, ...(await recogniseFile(file)) };
}
