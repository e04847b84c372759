/**
 * The recipe of an example, rewritten for a project of its own: comments stay.
 * @module
 */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { isMap, isScalar, isSeq, parseDocument, stringify, visit } from 'yaml';
import { isBenchmarkPath, isHubPath } from '../../../recipe/paths.js';
import type { Domain } from './domains.js';
import type { OwnData } from './own-data.js';

/** What a project's recipe is made from. */
export interface ProjectRecipe {
  /** Text of the example's recipe. */
  text: string;
  /** Folder of the example, absolute. */
  from: string;
  /** Folder of the project, absolute. */
  to: string;
  domain: Pick<Domain, 'name' | 'description' | 'starterData' | 'stages'>;
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
    .replaceAll(`examples/${domain.name}/`, '')
    .replaceAll(/^(#.*\bdocs\/[\w-]+\.md)\b/gm, '$1 of Attune');
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
  return data ? withData(withOwnHeader(edited, domain), data, { to, domain }) : edited;
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

/** The comments above a recipe tell of the starter data. */
function withOwnHeader(text: string, { name, description }: ProjectRecipe['domain']): string {
  return text.replace(
    /^((?:# yaml-language-server:.*\n)?)(?:#.*\n)*/,
    `$1# ${name}: ${description}; over data of your own.\n# attune run recipe.yaml\n# Every field: attune help recipe\n`,
  );
}

function withData(
  text: string,
  data: OwnData,
  { to, domain }: { to: string; domain: ProjectRecipe['domain'] },
): string {
  const document = parseDocument(text);
  const written = new Set(data.files.map((file) => file.name));
  const sources = data.sources.map((source) => {
    const path = String(source.path);
    if (written.has(path) || isHubPath(path) || isAbsolute(path)) return source;
    return { ...source, path: posix(relative(to, resolve(path))) };
  });
  replaceStarterData(document, data.kind, sources, domain);
  keepStages(document, domain.stages?.[data.kind]);
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

/** Other sources beside the starter data stay: a glossary, replay. Tables take the place of tables with all settings. */
function replaceStarterData(
  document: ReturnType<typeof parseDocument>,
  kind: OwnData['kind'],
  sources: readonly Record<string, unknown>[],
  domain: ProjectRecipe['domain'],
): void {
  const list = document.getIn(['data', 'sources']);
  const at = isSeq(list)
    ? list.items.findIndex((one) => isMap(one) && one.get('path') === domain.starterData)
    : -1;
  if (!isSeq(list) || at < 0) {
    document.setIn(['data', 'sources'], document.createNode(sources));
    return;
  }
  const old = list.items[at];
  if (kind === 'tables' && isMap(old) && old.get('type') === 'tables') {
    old.set('path', document.createNode(sources[0]!.path));
    return;
  }
  // A domain with stages begins with the text of its documents.
  const make = kind === 'documents' && domain.stages ? { make: ['text', 'pairs'] } : {};
  list.items.splice(at, 1, ...sources.map((source) => document.createNode({ ...source, ...make })));
}

/** Removes the stages that ask for tasks which the data need not have. */
function keepStages(document: ReturnType<typeof parseDocument>, kept: readonly string[] | undefined): void {
  const stages = document.get('stages');
  if (kept === undefined || !isSeq(stages)) return;
  stages.items = stages.items.filter((stage) => isMap(stage) && kept.includes(String(stage.get('name'))));
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
