/**
 * The whole way from the files of the sources to the items of the data set, stage after stage.
 * @module
 */
import { resolve } from 'node:path';
import { hashJson } from '../../files.js';
import { type DataProblem, problemOf } from '../problems.js';
import type { SelectionEffect } from '../quality/selection-effect.js';
import { findProblems } from '../review.js';
import type { Row } from '../stages/part.js';
import type { StepReport } from '../stages/report.js';
import { removedOf, type Stage } from '../stages/stage.js';
import type { StepSpec } from '../stages/steps.js';
import type { RemovedItem } from '../step.js';
import type { TeacherFigures } from '../teacher/make-teacher-pairs.js';
import { assess } from './assess.js';
import { divide } from './divide.js';
import { type DuplicateFigures, dropDuplicates, removedDuplicates } from './duplicates.js';
import { finish } from './finish.js';
import { mapStage } from './map-stage.js';
import { makeExamples } from './pairs.js';
import type { Pipeline, View, ViewPart } from './pipeline.js';
import { readSources, type SourceReport } from './read.js';
import { makeReplay, unusedAnswers } from './replay.js';
import { select } from './select.js';
import type { SourceFiles } from './sources.js';
import { rejectedReplies, type Taught, teach } from './teach.js';

/** Raise it with every change to the steps of a stage that is not in their settings. */
const refineVersion = 1;

/** The items of a data set, and how they came about. */
export interface Prepared {
  view: View;
  /** The rows of the view's items, in their order. */
  rows: Row[];
  sources: SourceReport[];
  /** In the order of the way. */
  steps: StepReport[];
  read: Stage;
  /** Folders of all stages. */
  directories: string[];
  /** Folder of the search for duplicates. */
  duplicatesDirectory: string;
  duplicates: DuplicateFigures;
  /** What a selection changed, where the recipe asks for one. */
  selection?: SelectionEffect;
  /** What a teacher was asked, where the recipe has one. */
  taught?: TeacherFigures;
  /** What the steps took out. */
  removed(): AsyncIterable<RemovedItem[]>;
  problems: DataProblem[];
}

/** What a preparation starts from. */
export interface PrepareInput {
  sources: readonly SourceFiles[];
  /** SHA-256 of the files of the settings' benchmarks. */
  benchmarkHashes: readonly string[];
}

/**
 * Takes the sources through every stage. Problems that the user can mend are handed over as they are found; where
 * `onProblems` does not throw, the work goes on with what there is.
 */
export async function prepareItems(
  pipeline: Pipeline,
  { sources, benchmarkHashes }: PrepareInput,
  onProblems: (problems: readonly DataProblem[]) => void,
): Promise<Prepared> {
  const problems: DataProblem[] = [];
  const found = (some: readonly DataProblem[]): void => {
    problems.push(...some);
    onProblems(some);
  };
  const read = await readSources(pipeline, sources);
  found(read.problems);
  const replay = await makeReplay(pipeline, read.view, sources);
  found(replay.problems);
  const typeOf = ({ source }: ViewPart): SourceFiles['source']['type'] => sources[source]!.source.type;
  const refined = await mapStage(pipeline, {
    name: 'refine',
    version: refineVersion,
    view: replay.view,
    stepsOf: (part) => refineSteps(pipeline, typeOf(part)),
  });
  // Phrasings of one fact are near-duplicates of each other, and meant to be.
  const unique = await dropDuplicates(pipeline, refined.view, (part) => typeOf(part) === 'facts');
  const made = await makeExamples(pipeline, unique.view, sources);
  found(made.problems);
  const taught = await teach(pipeline, unique.view, sources);
  const withTaught = taught ? joined(made.view, taught) : made.view;
  let divided: View = { ...withTaught, parts: [] };
  try {
    divided = await divide(pipeline, withTaught);
  } catch (error) {
    // Where everything failed before, that is what has to be mended.
    if (!problems.some(({ severity }) => severity === 'error')) found([problemOf(error)]);
  }
  const finished = await finish(pipeline, divided, benchmarkHashes);
  const assessed = await assess(pipeline, finished.view);
  const selected = await select(pipeline, assessed?.view ?? finished.view);
  const { view, rows } = selected;
  found(removedMuch(finished.stage.steps));
  found(findProblems(rows));
  const stages = [refined.stage, ...made.stages, finished.stage, ...(assessed ? [assessed.stage] : [])];
  return {
    view,
    rows,
    sources: inOrder([...read.sources, ...replay.sources, ...made.sources], sources),
    steps: [
      ...refined.stage.steps,
      unique.report,
      ...made.stages.flatMap(({ steps }) => steps),
      ...(taught ? [taught.report] : []),
      ...finished.stage.steps,
      ...(assessed?.stage.steps ?? []),
      ...(selected.report ? [selected.report] : []),
    ],
    read: read.stage,
    directories: [
      read.stage.directory,
      ...replay.directories,
      unique.directory,
      ...(taught ? [taught.directory] : []),
      ...stages.map(({ directory }) => directory),
    ],
    duplicatesDirectory: unique.directory,
    duplicates: unique.figures,
    async *removed() {
      yield* unusedAnswers(replay);
      yield* removedOf(refined.stage);
      yield await removedDuplicates(unique.directory);
      for (const stage of stages.slice(1)) yield* removedOf(stage);
      if (taught) yield await rejectedReplies(taught);
      yield selected.removed;
    },
    ...(selected.effect ? { selection: selected.effect } : {}),
    ...(taught ? { taught: taught.figures } : {}),
    problems,
  };
}

/**
 * What is done with every item by itself. Facts and answers of replay are learned as they stand, but for personal data.
 */
function refineSteps(
  { settings, baseDirectory, seed, secret }: Pipeline,
  type: SourceFiles['source']['type'],
): StepSpec[] {
  const { formats, clean, privacy: asked } = settings;
  const { names } = asked;
  const privacy = names
    ? { ...asked, names: { ...names, model: resolve(baseDirectory, names.model) } }
    : asked;
  const privacyStep: StepSpec = { name: 'privacy', settings: privacy, seed, secret };
  if (type === 'facts' || type === 'replay') return [privacyStep];
  const steps: StepSpec[] = [{ name: 'clean', settings: clean }, privacyStep];
  if (Object.keys(formats).length > 0) steps.unshift({ name: 'format', settings: formats });
  return steps;
}

/** The view with the pairs of a teacher behind those of their source. */
function joined(view: View, taught: Taught): View {
  const parts = [...view.parts, ...taught.parts];
  return {
    ...view,
    parts: parts.toSorted((a, b) => a.source - b.source),
    key: hashJson([view.key, taught.key]),
  };
}

/** Share of the items that a step after the split may take out before that deserves a warning. */
const muchRemoved = 0.2;

/** A step that takes out a large part after the split: the splits no longer have the wanted shares then. */
function removedMuch(steps: readonly StepReport[]): DataProblem[] {
  return steps
    .filter(({ items_in, items_out }) => items_in - items_out > muchRemoved * items_in)
    .map(({ step, items_in, items_out }) => ({
      severity: 'warning',
      message: `${step} removed ${items_in - items_out} of ${items_in} examples`,
      fix: `look at removed.parquet; the limits are in data.${step}`,
    }));
}

/** Reports in the order in which the recipe names the sources. */
function inOrder(reports: readonly SourceReport[], sources: readonly SourceFiles[]): SourceReport[] {
  const order = sources.map(({ source }) => source.path);
  return reports.toSorted((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
}
