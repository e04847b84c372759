/**
 * The card of a data set: what is in it and how it was made, for programs (`card.json`) and people (`README.md`).
 * @module
 */
import type { DataSettings } from '../recipe/data.js';
import type { Collection, SourceReport } from './collect.js';
import { type Split, splits } from './example.js';
import { byGroup } from './split.js';

/** What decides a data set's content; its hash names the folder. */
export interface DatasetInput {
  /** Raised whenever the program makes other examples from the same input. */
  version: number;
  sources: DataSettings['sources'];
  split: DataSettings['split'];
  limits: DataSettings['limits'];
  seed: number;
  /** SHA-256 of each source's file. */
  files: string[];
}

/** Content of `card.json`. */
export interface DatasetCard {
  hash: string;
  input: DatasetInput;
  counts: Record<Split, number>;
  groups: Record<Split, number>;
  /** Examples by task and split. */
  tasks: Record<string, Record<Split, number>>;
  /** Examples by licence. */
  licences: Record<string, number>;
  sources: SourceReport[];
  warnings: string[];
}

/** Makes the card of collected examples. */
export function makeCard(hash: string, input: DatasetInput, collection: Collection): DatasetCard {
  const { examples, sources, problems } = collection;
  const perSplit = (count: (split: Split) => number): Record<Split, number> =>
    Object.fromEntries(splits.map((split) => [split, count(split)])) as Record<Split, number>;
  const inSplit = (split: Split) => examples.filter((example) => example.split === split);
  const tasks = [...new Set(examples.map(({ task }) => task))].sort();
  const licences = [...new Set(examples.map(({ licence }) => licence))].sort();
  return {
    hash,
    input,
    counts: perSplit((split) => inSplit(split).length),
    groups: perSplit((split) => byGroup(inSplit(split)).size),
    tasks: Object.fromEntries(
      tasks.map((task) => [
        task,
        perSplit((split) => inSplit(split).filter((example) => example.task === task).length),
      ]),
    ),
    licences: Object.fromEntries(
      licences.map((licence) => [licence, examples.filter((example) => example.licence === licence).length]),
    ),
    sources,
    warnings: problems.filter(({ severity }) => severity === 'warning').map(({ message }) => message),
  };
}

/** The card as Markdown. */
export function renderCard(card: DatasetCard): string {
  const row = (name: string, counts: Record<Split, number>): string =>
    `| ${name} | ${splits.map((split) => counts[split]).join(' | ')} |`;
  const sources = card.sources.flatMap(({ path, type, examples, tables }) => [
    `- \`${path}\` (${type}): ${examples} examples before limits${tables ? `, from ${tables.used} tables` : ''}`,
    ...(tables?.refused ?? []).map(({ id, reason }) => `  - table ${id} left out: ${reason}`),
  ]);
  return [
    '# Data set',
    '',
    `Hash \`${card.hash}\`. The same sources and settings give the same files.`,
    '',
    `| | ${splits.join(' | ')} |`,
    '|---|---|---|---|',
    row('examples', card.counts),
    row('groups', card.groups),
    ...Object.entries(card.tasks).map(([task, counts]) => row(task, counts)),
    '',
    'Examples of one group never stand in two splits.',
    '',
    '## Sources',
    '',
    ...sources,
    '',
    '## Licences',
    '',
    ...Object.entries(card.licences).map(([licence, count]) => `- ${licence}: ${count} examples`),
    ...(card.warnings.length > 0
      ? ['', '## Warnings', '', ...card.warnings.map((warning) => `- ${warning}`)]
      : []),
    '',
    '## Settings',
    '',
    '```json',
    JSON.stringify(card.input, null, 2),
    '```',
    '',
  ].join('\n');
}
