/**
 * How well the data covers the domain: aspects against tasks, what is missing or thin, edge cases and hard items.
 * @module
 */
import type { AspectSettings, CoverageSettings } from '../../recipe/data/coverage.js';
import type { Split } from '../example.js';

/** What the report needs to know about an item. */
export interface CoverageRow {
  aspects?: readonly string[];
  task: string;
  split?: Split;
  /** `edge` and `hardness`, as the step `coverage` sets them. */
  scores?: Readonly<Record<string, number>>;
}

/** How an aspect stands against its quota. */
export type CoverageStatus = 'missing' | 'thin' | 'enough' | 'too_much';

/** One aspect. Items of several aspects count for each. */
export interface AspectCoverage {
  name: string;
  /** Training items, and all. */
  train: number;
  total: number;
  /** Share of the training items. */
  share: number;
  /** Training items by task, in the order of {@link CoverageReport.tasks}. */
  byTask: number[];
  status: CoverageStatus;
  /** Training items that the quota wants, where it wants more. */
  wanted?: number;
}

/** A share that the settings may want to be higher. */
export interface ShareCoverage {
  items: number;
  share: number;
  wanted: number;
  status: 'thin' | 'enough' | 'unknown';
}

/** Coverage of the training items; items without a split count as such. */
export interface CoverageReport {
  train: number;
  total: number;
  /** Tasks of the training items, the most frequent first. */
  tasks: string[];
  aspects: AspectCoverage[];
  /** Training items that belong to no aspect. */
  unassigned: number;
  edge: ShareCoverage;
  hard: ShareCoverage;
  /** Tasks with so few training items that each of these is an edge case. */
  rareTasks: string[];
  /** What to do, in words, the most pressing first. */
  advice: string[];
}

/** Fewer than this share of an even part is thin, where the recipe names no quota. */
const evenPart = 0.25;

/** Counts rows in one pass; memory grows with aspects and tasks only. */
export function coverageReport(rows: Iterable<CoverageRow>, settings: CoverageSettings): CoverageReport {
  const totals = new Map<string, number>();
  const byAspect = new Map(settings.aspects.map(({ name }) => [name, new Map<string, number>()]));
  const tasks = new Map<string, { items: number; plain: number }>();
  const counted = { total: 0, train: 0, unassigned: 0, edge: 0, hard: 0, measured: 0, seen: 0 };
  for (const { aspects = [], task, split, scores } of rows) {
    counted.total++;
    for (const name of aspects) totals.set(name, (totals.get(name) ?? 0) + 1);
    if (split !== undefined && split !== 'train') continue;
    counted.train++;
    if (aspects.length === 0) counted.unassigned++;
    for (const name of aspects) {
      const column = byAspect.get(name);
      column?.set(task, (column.get(task) ?? 0) + 1);
    }
    const isEdge = (scores?.edge ?? 0) > 0;
    if (scores?.edge !== undefined) counted.seen++;
    if (isEdge) counted.edge++;
    if (scores?.hardness !== undefined) counted.measured++;
    if ((scores?.hardness ?? 0) >= settings.hard_from) counted.hard++;
    const known = tasks.get(task) ?? { items: 0, plain: 0 };
    known.items++;
    if (!isEdge) known.plain++;
    tasks.set(task, known);
  }
  const names = [...tasks.keys()].sort(
    (a, b) => tasks.get(b)!.items - tasks.get(a)!.items || (a < b ? -1 : 1),
  );
  const rareTasks = names.filter((task) => tasks.get(task)!.items < settings.rare_task_share * counted.train);
  const edges = counted.edge + rareTasks.reduce((sum, task) => sum + tasks.get(task)!.plain, 0);
  const aspects = settings.aspects.map((aspect): AspectCoverage => {
    const column = byAspect.get(aspect.name)!;
    const train = [...column.values()].reduce((sum, items) => sum + items, 0);
    return {
      name: aspect.name,
      train,
      total: totals.get(aspect.name) ?? 0,
      share: part(train, counted.train),
      byTask: names.map((task) => column.get(task) ?? 0),
      ...statusOf(aspect, train, counted.train, settings.aspects.length),
    };
  });
  const report = {
    train: counted.train,
    total: counted.total,
    tasks: names,
    aspects,
    unassigned: counted.unassigned,
    edge: shareOf(edges, counted.train, settings.min_edge_share, counted.seen > 0 || rareTasks.length > 0),
    hard: shareOf(counted.hard, counted.train, settings.min_hard_share, counted.measured > 0),
    rareTasks,
  };
  return { ...report, advice: adviceFor(report, settings) };
}

function part(items: number, all: number): number {
  return all === 0 ? 0 : items / all;
}

function statusOf(
  { min_items, min_share, max_share }: AspectSettings,
  train: number,
  all: number,
  aspects: number,
): Pick<AspectCoverage, 'status' | 'wanted'> {
  const wanted = Math.max(min_items, Math.ceil(min_share * all - 1e-9));
  if (train === 0) return { status: 'missing', wanted: Math.max(1, wanted) };
  if (train < wanted) return { status: 'thin', wanted };
  if (part(train, all) > max_share + 1e-9) return { status: 'too_much' };
  // Without a quota an aspect is thin when it has far less than its even part.
  const even = Math.floor((evenPart * all) / aspects);
  return wanted === 0 && train < even ? { status: 'thin', wanted: even } : { status: 'enough' };
}

function shareOf(items: number, all: number, wanted: number, known: boolean): ShareCoverage {
  const share = part(items, all);
  return { items, share, wanted, status: !known ? 'unknown' : share + 1e-9 < wanted ? 'thin' : 'enough' };
}

const inPercent = (share: number): string => `${Number((100 * share).toFixed(1))}%`;

function adviceFor(
  report: Omit<CoverageReport, 'advice'>,
  { aspects, ...settings }: CoverageSettings,
): string[] {
  const { train, tasks, unassigned, edge, hard } = report;
  const rules = (name: string): string => {
    const { keywords, patterns } = aspects.find((aspect) => aspect.name === name)!;
    const words = keywords.length + patterns.length;
    return words > 0 ? ` or, if there are some, widen its ${words} keywords and patterns` : '';
  };
  const empty = (byTask: number[]): string => {
    const without = tasks.filter((_task, at) => byTask[at] === 0);
    return without.length > 0 && without.length <= 4 ? `; it has no ${without.join(', ')}` : '';
  };
  const missing = report.aspects
    .filter(({ status }) => status === 'missing')
    .map(
      ({ name, wanted }) => `"${name}" has no items (${wanted} wanted): add sources about it${rules(name)}`,
    );
  const thin = report.aspects
    .filter(({ status }) => status === 'thin')
    .map(
      ({ name, train: items, wanted, byTask }) =>
        `"${name}" has ${items} of ${wanted} items: add ${wanted! - items} or more, make more pairs of its sources, or augment them${empty(byTask)}`,
    );
  const tooMuch = report.aspects
    .filter(({ status }) => status === 'too_much')
    .map(({ name, share }) => {
      const { max_share } = aspects.find((aspect) => aspect.name === name)!;
      return `"${name}" has ${inPercent(share)} of the items, at most ${inPercent(max_share)} are wanted: the selection leaves out its least useful items, or add others`;
    });
  const shares = [
    edge.status === 'thin'
      ? `${inPercent(edge.share)} edge cases, ${inPercent(edge.wanted)} are wanted: add unanswerable questions and figures with gaps, or turn on the augmentation \`unanswerable\``
      : [],
    hard.status === 'thin'
      ? `${inPercent(hard.share)} hard items (hardness ${settings.hard_from} or more), ${inPercent(hard.wanted)} are wanted: add questions of several steps, longer contexts, or the augmentation \`distractor\``
      : [],
    aspects.length > 0 && unassigned > 0.2 * train
      ? `${unassigned} of ${train} items belong to no aspect: name further aspects, or widen the rules`
      : [],
  ].flat();
  return [...missing, ...thin, ...tooMuch, ...shares];
}

/** The report as Markdown: the matrix of aspects and tasks, shares, and what to do. */
export function renderCoverage(report: CoverageReport): string {
  const { aspects, tasks, edge, hard } = report;
  const shown = tasks.slice(0, 12);
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const escaped = (text: string): string => text.replaceAll('|', '\\|');
  const share = (name: string, { items, share: of, wanted, status }: ShareCoverage): string =>
    status === 'unknown'
      ? `${name}: not measured.`
      : `${name}: ${items} (${inPercent(of)})${wanted > 0 ? `, ${inPercent(wanted)} wanted` : ''}.`;
  const matrix =
    aspects.length === 0
      ? []
      : [
          line(['aspect', 'items', 'share', 'status', ...shown.map(escaped)]),
          `|---|${'---|'.repeat(3 + shown.length)}`,
          ...aspects.map(({ name, train, share: of, status, byTask }) =>
            line([
              escaped(name),
              train,
              inPercent(of),
              status.replace('_', ' '),
              ...byTask.slice(0, shown.length),
            ]),
          ),
          '',
        ];
  return [
    ...matrix,
    ...(tasks.length > shown.length && aspects.length > 0
      ? [`${tasks.length - shown.length} rarer tasks are not shown.`, '']
      : []),
    `${report.train} training items of ${report.total}. ${share('Edge cases', edge)} ${share('Hard items', hard)}`,
    ...(report.advice.length > 0 ? ['', ...report.advice.map((advice) => `- ${advice}`)] : []),
    '',
  ].join('\n');
}
