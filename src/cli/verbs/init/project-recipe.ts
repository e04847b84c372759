/**
 * The recipe of an example, rewritten for a project of its own: comments stay.
 * @module
 */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { isMap, isScalar, isSeq, parseDocument, stringify, visit } from 'yaml';
import { isBenchmarkPath, isHubPath } from '../../../recipe/paths.js';
import type { OwnData } from './own-data.js';

/** What a project's recipe is made from. */
export interface ProjectRecipe {
  /** Text of the example's recipe. */
  text: string;
  /** Folder of the example, absolute. */
  from: string;
  /** Folder of the project, absolute. */
  to: string;
  /** Name of the domain, which the example's comments name. */
  domain: string;
  name: string;
  /** As the user named it; a path is relative to the working directory. */
  model?: string;
  data?: OwnData;
}

/** Fields whose value is a path, wherever they stand: sources, benchmarks, their items and scorers, stages. */
const pathFields = new Set(['path', 'items', 'file', 'adapter', 'benchmark']);

/**
 * The text of the project's recipe. Paths that stay within the example's folder are kept, since its files are copied; others are
 * rewritten so that they name the same file from the project.
 */
export function projectRecipe({ text, from, to, domain, name, model, data }: ProjectRecipe): string {
  const own = text
    .replace(/^(# yaml-language-server: \$schema=).*$/m, '$1./recipe.schema.json')
    .replaceAll(`examples/${domain}/`, '');
  const document = parseDocument(own);
  const edits: Edit[] = [];
  const edit = (node: unknown, value: string): void => {
    if (isScalar(node) && node.range) edits.push({ start: node.range[0], end: node.range[1], value });
  };
  const move = (path: string): string => {
    if (isAbsolute(path) || isHubPath(path)) return path;
    const inside = relative(from, resolve(from, path));
    return inside.startsWith('..') || isAbsolute(inside) ? posix(relative(to, resolve(from, path))) : path;
  };
  visit(document, {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || !pathFields.has(String(key.value))) return;
      if (!isScalar(value) || typeof value.value !== 'string') return;
      if (key.value === 'benchmark' && !isBenchmarkPath(value.value)) return;
      const moved = move(value.value);
      if (moved !== value.value) edit(value, moved);
    },
  });
  edit(document.getIn(['name'], true), name);
  if (model !== undefined) edit(document.getIn(['model', 'name'], true), modelPath(model, to));
  const edited = spliced(own, edits);
  return data ? withData(edited, data, to) : edited;
}

/** A scalar of the text that is replaced; everything around it stays as it is written. */
interface Edit {
  start: number;
  end: number;
  value: string;
}

function spliced(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { start, end, value } of [...edits].sort((a, b) => b.start - a.start))
    result = result.slice(0, start) + stringify(value, { lineWidth: 0 }).trimEnd() + result.slice(end);
  return result;
}

function withData(text: string, data: OwnData, to: string): string {
  const document = parseDocument(text);
  const written = new Set(data.files.map((file) => file.name));
  const sources = data.sources.map((source) => {
    const path = String(source.path);
    if (written.has(path) || isHubPath(path) || isAbsolute(path)) return source;
    return { ...source, path: posix(relative(to, resolve(path))) };
  });
  document.setIn(['data', 'sources'], document.createNode(sources));
  for (const { path, value } of data.fields) document.setIn(path, document.createNode(value));
  for (const [path, entries] of [
    [['evaluation', 'benchmarks'], data.benchmarks],
    [['data', 'contamination', 'benchmarks'], data.heldOut],
  ] as const) {
    const list = document.getIn(path);
    for (const entry of entries) {
      if (isSeq(list)) list.add(document.createNode(entry));
      else document.setIn(path, document.createNode([entry]));
    }
  }
  dropQuotas(document);
  return document.toString({ lineWidth: 0 });
}

/** Quotas of the starter data's tasks mean nothing for other data: the aspects stay as a pattern, without quotas. */
function dropQuotas(document: ReturnType<typeof parseDocument>): void {
  const aspects = document.getIn(['data', 'coverage', 'aspects']);
  if (!isSeq(aspects)) return;
  for (const aspect of aspects.items) {
    if (!isMap(aspect)) continue;
    for (const quota of ['min_share', 'min_items', 'max_share']) aspect.delete(quota);
  }
}

/** A model that is named by a path, from the project's folder. */
function modelPath(model: string, to: string): string {
  if (!model.startsWith('.')) return model;
  const moved = posix(relative(to, resolve(model)));
  return moved.startsWith('.') ? moved : `./${moved}`;
}

const posix = (path: string): string => path.split(sep).join('/');
