import { hashJson } from '../../files.js';
import { type DataProblem, problemOf } from '../problems.js';
import { runStage, type Stage } from '../stages/stage.js';
import { mapStage } from './map-stage.js';
import { type Pipeline, stageKey, type View, type ViewPart } from './pipeline.js';
import type { SourceReport } from './read.js';
import type { SourceFiles } from './sources.js';

/** Raise it with every change that makes other examples from the same documents or tables. */
const version = 1;

/** What was made. */
export interface PairsResult {
  view: View;
  stages: Stage[];
  /** Of the sources of statement tables. */
  sources: SourceReport[];
  problems: DataProblem[];
}

/** Makes examples from the documents of a view and from the statement tables of the sources. */
export async function makeExamples(
  pipeline: Pipeline,
  view: View,
  sources: readonly SourceFiles[],
): Promise<PairsResult> {
  const { seed } = pipeline;
  const isDocuments = ({ source }: ViewPart): boolean => sources[source]!.source.type === 'documents';
  const stages: Stage[] = [];
  let current = view;
  if (view.parts.some(isDocuments)) {
    const made = await mapStage(pipeline, {
      name: 'pairs',
      version,
      view,
      skip: (part) => !isDocuments(part),
      stepsOf: ({ source }) => {
        const settings = sources[source]!.source;
        if (settings.type !== 'documents') return [];
        return [{ name: 'pairs', make: settings.make, settings: settings.pairs, seed }];
      },
    });
    stages.push(made.stage);
    current = made.view;
  }
  const reports: SourceReport[] = [];
  const problems: DataProblem[] = [];
  const parts = [...current.parts];
  const keys = [current.key];
  for (const [index, source] of sources.entries()) {
    if (source.source.type !== 'tables') continue;
    try {
      const { stage, report } = await tablePairs(pipeline, source, index);
      keys.push(stage.key);
      reports.push(report);
      parts.push(...stage.parts.map((part) => ({ part, source: index })));
    } catch (error) {
      problems.push(problemOf(error));
    }
  }
  return {
    // In the order of the sources, whatever was made first.
    view: { parts: parts.toSorted((a, b) => a.source - b.source), key: hashJson(keys), bytes: current.bytes },
    stages,
    sources: reports,
    problems,
  };
}

async function tablePairs(
  { stageDirectory, pool, seed, onProgress }: Pipeline,
  { source, files, hashes }: SourceFiles,
  index: number,
): Promise<{ stage: Stage; report: SourceReport }> {
  if (source.type !== 'tables') throw new Error('not a source of tables');
  const stage = await runStage({
    name: `tables-${index}`,
    key: stageKey('tables', version, '', [source, files.map(({ name }) => name), hashes, seed]),
    cacheDirectory: stageDirectory,
    jobs: files.map(({ file }, job) => ({
      name: `${index}-${String(job).padStart(5, '0')}`,
      input: { tables: { file, name: source.path, make: source.make, settings: source.pairs, seed } },
      steps: [],
    })),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    phase: 'pairs',
    unit: 'files',
    pool,
    onProgress,
  });
  const tables = stage.reports.flatMap((report) => (report.tables ? [report.tables] : []));
  return {
    stage,
    report: {
      type: 'tables',
      path: source.path,
      examples: stage.parts.reduce((sum, { items }) => sum + items, 0),
      tables: {
        used: tables.reduce((sum, { used }) => sum + used, 0),
        refused: tables.flatMap(({ refused }) => refused),
      },
    },
  };
}
