/**
 * The card of a data set: what is in it and how it was made, for programs (`card.json`) and people (`README.md`).
 * @module
 */
import type { DataSettings } from '../recipe/data.js';
import { type CoverageReport, coverageReport, renderCoverage } from './coverage/report.js';
import { type Split, splits } from './example.js';
import { countLengths, type LengthCounts } from './lengths.js';
import type { DuplicateFigures } from './pipeline/duplicates.js';
import type { Prepared } from './pipeline/prepare-items.js';
import type { SourceReport } from './pipeline/read.js';
import type { SelectionEffect } from './quality/selection-effect.js';
import type { ReplayFigures } from './replay/rehearse.js';
import type { Row } from './stages/part.js';
import type { StepReport } from './stages/report.js';
import type { TeacherFigures } from './teacher/make-teacher-pairs.js';

/** What decides a data set's content; its hash names the folder. */
export interface DatasetInput
  extends Omit<
    DataSettings,
    'max_length' | 'packing' | 'overlong' | 'train_on' | 'max_examples_per_context'
  > {
  /** Raised whenever the program makes other examples from the same input. */
  version: number;
  seed: number;
  /** Name and SHA-256 of each source's files. */
  files: [name: string, hash: string][][];
  /** SHA-256 of the files of benchmarks. */
  benchmarks: string[];
  /**
   * Hashes of the teacher, the model, the judge and the finder of names that helped, null where there was none; and of the
   * model that answered prompts of replay, where there are any.
   */
  models: (string | null)[];
  /** Stands for the secret of made-up personal data, where there is one. */
  secret?: string;
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
  /** Every step in the order of the way, with what it changed and removed. */
  steps: StepReport[];
  duplicates: DuplicateFigures;
  /** What the training split holds of the domain's aspects. */
  coverage: CoverageReport;
  /** What a selection changed, where the recipe asks for one. */
  selection?: SelectionEffect;
  /** What a teacher was asked, where the recipe has one. */
  taught?: TeacherFigures;
  /** Examples by length and split. */
  lengths: LengthCounts;
  warnings: string[];
}

/** Makes the card of prepared items. */
export function makeCard(hash: string, input: DatasetInput, prepared: Prepared): DatasetCard {
  const { rows, sources, steps, problems, duplicates } = prepared;
  return {
    hash,
    input,
    counts: perSplit(rows),
    groups: countGroups(rows),
    tasks: Object.fromEntries(
      [...grouped(rows, ({ task }) => task)].map(([task, members]) => [task, perSplit(members)]),
    ),
    licences: Object.fromEntries(
      [...grouped(rows, ({ licence }) => licence)].map(([licence, members]) => [licence, members.length]),
    ),
    sources,
    steps,
    duplicates,
    coverage: coverageReport(rows, input.coverage),
    ...(prepared.selection ? { selection: prepared.selection } : {}),
    ...(prepared.taught ? { taught: prepared.taught } : {}),
    lengths: countLengths(rows),
    warnings: problems.filter(({ severity }) => severity === 'warning').map(({ message }) => message),
  };
}

function perSplit(rows: readonly Row[]): Record<Split, number> {
  const counts = { train: 0, validation: 0, test: 0 };
  for (const { split } of rows) counts[split!]++;
  return counts;
}

function countGroups(rows: readonly Row[]): Record<Split, number> {
  const groups = new Map(splits.map((split) => [split, new Set<string>()]));
  for (const { split, group } of rows) groups.get(split!)!.add(group);
  return Object.fromEntries(splits.map((split) => [split, groups.get(split)!.size])) as Record<Split, number>;
}

/** Rows by a name, the names in order. */
function grouped(rows: readonly Row[], nameOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const members = groups.get(nameOf(row));
    if (members) members.push(row);
    else groups.set(nameOf(row), [row]);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The card as Markdown. */
export function renderCard(card: DatasetCard): string {
  const row = (name: string, counts: Record<Split, number>): string =>
    `| ${name} | ${splits.map((split) => counts[split]).join(' | ')} |`;
  const list = (title: string, lines: string[]): string[] =>
    lines.length > 0 ? ['', `## ${title}`, '', ...lines] : [];
  return [
    '# Data set',
    '',
    `Hash \`${card.hash}\`. The same sources and settings give the same files. \`report.html\` shows how it was made.`,
    '',
    `| | ${splits.join(' | ')} |`,
    '|---|---|---|---|',
    row('examples', card.counts),
    row('groups', card.groups),
    ...Object.entries(card.tasks).map(([task, counts]) => row(task, counts)),
    '',
    'Examples of one group never stand in two splits.',
    ...list('Sources', card.sources.flatMap(describeSource)),
    ...list(
      'Steps',
      card.steps.length === 0
        ? []
        : [
            '| step | items in | items out | changed | removed |',
            '|---|---|---|---|---|',
            ...card.steps.map(stepRow),
          ],
    ),
    ...list('Coverage', [renderCoverage(card.coverage)]),
    ...list(
      'Licences',
      Object.entries(card.licences).map(([licence, count]) => `- ${licence}: ${count} examples`),
    ),
    ...list(
      'Warnings',
      card.warnings.map((warning) => `- ${warning}`),
    ),
    '',
    '## Settings',
    '',
    '```json',
    JSON.stringify(card.input, null, 2),
    '```',
    '',
  ].join('\n');
}

function describeSource({
  path,
  type,
  examples,
  forms,
  rejected,
  tables,
  facts,
  replay,
}: SourceReport): string[] {
  const read = Object.entries(forms ?? {}).map(([form, files]) => `${files} ${form}`);
  const parts = [
    tables ? `, from ${tables.used} tables` : '',
    read.length > 0 ? `, from ${read.join(', ')}` : '',
    rejected ? `, ${rejected} rejected` : '',
    facts
      ? `, of ${facts.facts} facts; all in the train split, none taken for a duplicate; ${facts.held_out} phrasings are held out for recall`
      : '',
    replay ? `, ${describeReplay(replay)}; all in the train split` : '',
  ];
  return [
    `- \`${path}\` (${type}): ${examples} ${type === 'documents' ? 'items' : 'examples'}${parts.join('')}`,
    ...(tables?.refused ?? []).map(({ id, reason }) => `  - table ${id} left out: ${reason}`),
  ];
}

/** What became of the prompts of replay. */
export function describeReplay({ prompts, asked, not_ended, empty }: ReplayFigures): string {
  const left = [`${not_ended} not ended`, ...(empty > 0 ? [`${empty} empty`] : [])];
  return `${asked} of ${prompts} prompts asked, answers left out: ${left.join(', ')}`;
}

function stepRow({ step, items_in, items_out, changed, removed }: StepReport): string {
  const counts = (values: Record<string, number>): string =>
    Object.entries(values)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  return `| ${step} | ${items_in} | ${items_out} | ${counts(changed)} | ${counts(removed)} |`;
}
