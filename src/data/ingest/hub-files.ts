/**
 * Which files of a data set repository hold the records that a path asks for: what its README says
 * (https://huggingface.co/docs/hub/datasets-manual-configuration), otherwise the hub's usual names of folders and files
 * (https://huggingface.co/docs/hub/datasets-file-names-and-splits).
 * @module
 */
import { parse } from 'yaml';
import { AttuneError } from '../../errors.js';
import { advance, isMatch, parseGlob } from './glob.js';

/** A data set of the hub, as a recipe names it. */
export interface HubPath {
  /** `owner/name`. */
  name: string;
  /** Branch, tag or commit. */
  revision: string;
  config?: string;
  split?: string;
}

/** Files of one configuration, by split; the split is `undefined` where names do not tell. */
type SplitFiles = Map<string | undefined, string[]>;

const dataFile = /\.(parquet|jsonl|ndjson|json|csv|tsv)(\.gz)?$/i;
/** The names of splits, as the hub recognises them between other words of a path. */
const splitNames = new Map([
  ...['train', 'training'].map((name) => [name, 'train'] as const),
  ...['validation', 'valid', 'val', 'dev'].map((name) => [name, 'validation'] as const),
  ...['test', 'testing', 'eval', 'evaluation'].map((name) => [name, 'test'] as const),
]);
/** Settings of other programs that lie beside the data. */
const noData = /(^|\/)(dataset_infos?|dataset_dict|state|config|metadata)\.json$/;

/**
 * Reads `hub:owner/name[@revision][/config][:split]`.
 *
 * @throws {AttuneError} when it is none
 */
export function parseHubPath(path: string): HubPath {
  const match =
    /^hub:([\w-][\w.-]*\/[\w-][\w.-]*)(?:@(refs\/(?:convert|pr)\/\w+|\w[\w.-]*))?(?:\/([^:@]+))?(?::([\w.-]+))?$/.exec(
      path,
    );
  if (!match) {
    throw new AttuneError(`${JSON.stringify(path)} names no data set of the hub`, {
      field: 'path',
      fix: 'write `hub:owner/name`, with `@revision`, `/config` and `:split` behind it where needed',
    });
  }
  const [, name, revision = 'main', config, split] = match;
  return { name: name!, revision, ...(config && { config }), ...(split && { split }) };
}

/**
 * The files that hold the records, in their order. Without a split in the path it is `train`, or the only one: the others
 * are kept for tests.
 *
 * @param paths all files of the repository
 * @param readme its README, where it has one
 * @throws {AttuneError} that lists what there is, when the configuration or the split is unclear or missing
 */
export function chooseFiles(paths: readonly string[], readme: string | undefined, wanted: HubPath): string[] {
  const sorted = paths.filter((path) => !noData.test(path)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const files = splitsOf(sorted, readme, wanted);
  const { split } = wanted;
  if (files.size === 0) {
    throw new AttuneError('the data set has no Parquet, JSONL, JSON or CSV files', {
      field: 'path',
      fix: `try the copy that the hub makes: \`hub:${wanted.name}@refs/convert/parquet/default:train\``,
    });
  }
  const only = files.size === 1 ? [...files.values()][0] : undefined;
  const untold = files.has(undefined) && (split === undefined || split === 'train') ? only : undefined;
  const chosen = split === undefined ? (files.get('train') ?? only) : (files.get(split) ?? untold);
  if (chosen) return chosen;
  const there = [...files.keys()].filter((name) => name !== undefined).map((name) => `\`${name}\``);
  throw new AttuneError(
    split === undefined
      ? 'the data set has several splits and none is `train`'
      : `the data set has no split \`${split}\``,
    { field: 'path', fix: `name one of its splits behind a colon: ${there.join(', ') || '`train`'}` },
  );
}

function splitsOf(paths: readonly string[], readme: string | undefined, { config }: HubPath): SplitFiles {
  const configs = readConfigs(readme);
  if (configs.length > 0) {
    const chosen =
      config === undefined
        ? (configs.find((one) => one.default === true || one.config_name === 'default') ??
          (configs.length === 1 ? configs[0] : undefined))
        : configs.find((one) => one.config_name === config);
    if (chosen) return configuredFiles(chosen, paths);
    throw unclearConfig(
      config,
      configs.map((one) => String(one.config_name)),
    );
  }
  const data = oneKind(paths.filter((path) => dataFile.test(path)));
  if (config === undefined) {
    const folders = [...new Set(data.map((path) => path.split('/')[0]!))];
    const inFolders = data.length > 0 && data.every((path) => path.includes('/'));
    // Folders that are not splits themselves, nor the usual `data`, are configurations.
    if (
      inFolders &&
      folders.length > 1 &&
      !folders.some((name) => name === 'data' || splitNames.has(name.toLowerCase()))
    ) {
      throw unclearConfig(undefined, folders);
    }
    return bySplit(data, data);
  }
  const below = data.filter((path) => path.startsWith(`${config}/`) || path.startsWith(`data/${config}/`));
  if (below.length === 0) {
    const folders = new Set(data.filter((path) => path.includes('/')).map((path) => path.split('/')[0]!));
    throw unclearConfig(config, [...folders]);
  }
  return bySplit(
    below,
    below.map((path) => path.slice(path.indexOf(`${config}/`) + config.length + 1)),
  );
}

function unclearConfig(config: string | undefined, there: readonly string[]): AttuneError {
  const names = there
    .slice(0, 12)
    .map((name) => `\`/${name}\``)
    .join(', ');
  return new AttuneError(
    config === undefined
      ? 'the data set has several configurations'
      : `the data set has no configuration \`${config}\``,
    { field: 'path', fix: names === '' ? 'leave it out' : `name one behind the data set: ${names}` },
  );
}

interface Config {
  config_name?: unknown;
  default?: unknown;
  data_files?: unknown;
  data_dir?: unknown;
}

/** The configurations in the README's YAML; none where there is no such block or it cannot be read. */
function readConfigs(readme: string | undefined): Config[] {
  const block = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(readme ?? '')?.[1];
  if (block === undefined) return [];
  try {
    const { configs } = (parse(block, { maxAliasCount: 100 }) ?? {}) as { configs?: unknown };
    if (!Array.isArray(configs)) return [];
    return configs.filter(
      (one: unknown): one is Config =>
        typeof one === 'object' && one !== null && ('data_files' in one || 'data_dir' in one),
    );
  } catch {
    return [];
  }
}

function configuredFiles(config: Config, paths: readonly string[]): SplitFiles {
  const folder = typeof config.data_dir === 'string' ? `${config.data_dir.replace(/\/+$/, '')}/` : '';
  const inside = paths.filter((path) => path.startsWith(folder));
  if (config.data_files === undefined) {
    const data = oneKind(inside.filter((path) => dataFile.test(path)));
    return bySplit(
      data,
      data.map((path) => path.slice(folder.length)),
    );
  }
  const files: SplitFiles = new Map();
  const entries = Array.isArray(config.data_files) ? config.data_files : [config.data_files];
  for (const entry of entries as unknown[]) {
    const { split, path } =
      typeof entry === 'object' && entry !== null
        ? (entry as { split?: unknown; path?: unknown })
        : { split: 'train', path: entry };
    const patterns = (Array.isArray(path) ? path : [path]).filter((one) => typeof one === 'string');
    const matched = patterns.flatMap((pattern) =>
      inside.filter((file) => matches(pattern, file.slice(folder.length))),
    );
    const name = typeof split === 'string' ? split : 'train';
    const known = [...(files.get(name) ?? []), ...matched].filter((file) => dataFile.test(file));
    if (known.length > 0) files.set(name, [...new Set(known)]);
  }
  return files;
}

function matches(pattern: string, path: string): boolean {
  const plain = pattern.replace(/^\.?\//, '');
  if (plain === path) return true;
  const { fixed, start } = parseGlob(plain);
  if (fixed !== '' && !path.startsWith(`${fixed}/`)) return false;
  const below = fixed === '' ? path : path.slice(fixed.length + 1);
  return isMatch(below.split('/').reduce(advance, start));
}

/** Where the same data lies in several kinds of files, the kind of most of them. */
function oneKind(paths: readonly string[]): string[] {
  const kinds = new Map<string, string[]>();
  for (const path of paths) {
    const kind = dataFile.exec(path)![1]!.toLowerCase();
    kinds.set(kind, [...(kinds.get(kind) ?? []), path]);
  }
  return [...kinds.values()].reduce((most, files) => (files.length > most.length ? files : most), []);
}

/** @param names the paths below the configuration's folder, in which the names of splits are looked for */
function bySplit(paths: readonly string[], names: readonly string[]): SplitFiles {
  const files: SplitFiles = new Map();
  paths.forEach((path, index) => {
    const split = splitName(names[index]!);
    files.set(split, [...(files.get(split) ?? []), path]);
  });
  return files;
}

/** Shards are called by their split, whatever its name; elsewhere one of the usual names stands between other words. */
function splitName(path: string): string | undefined {
  const shard = /(?:^|\/)(\w[\w.]*)(?:-\d{5}-of-\d{5}\b|\/\d{4}\.parquet$)/.exec(path)?.[1];
  if (shard !== undefined) return splitNames.get(shard.toLowerCase()) ?? shard;
  const words = path.toLowerCase().split(/[/._\-\s]|\d+/);
  const word = words.findLast((one) => splitNames.has(one));
  return word === undefined ? undefined : splitNames.get(word);
}
