/**
 * What the report is made of: a run folder, read as far as it goes.
 * @module
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { AttuneError } from '../../errors.js';
import { readJson } from '../../files.js';
import { type Metrics, readMetrics } from '../../train/metrics.js';
import type { PlanHeader } from '../../train/plan.js';
import { readPlan } from '../../train/plan-file.js';
import { describePlan, type PlanSummary } from '../../train/plan-summary.js';
import { type RunManifest, readManifest } from '../../train/run-folder.js';
import { readStageRecords, type StageRecord } from '../../train/stage-records.js';
import { answersFile, listAnswers, readAnswers, type ScoredItem } from '../answers-file.js';
import { type BenchmarkCard, metricsOfCard, readBenchmarkCard } from '../benchmarks/card.js';
import type { Comparison } from '../comparison.js';
import { type StudyResults, studyResults } from '../human/results.js';
import { listStudies, studyOutcomes } from '../human/studies.js';
import type { PeopleOutcome } from '../judge/agreement.js';
import { type Judgement, judgementsFile, readJudgements } from '../judge/judgement.js';
import type { Metric } from '../metrics/metric.js';
import { type Participants, readParticipants } from '../participants.js';
import { readVerdict } from '../verdict.js';
import { type DataSummary, readDataSummary } from './data-summary.js';
import { scoreResampling } from './resampling.js';

/** What a system answered. */
export interface SystemAnswers {
  name: string;
  /** As in the recipe, for example `tuned`, `expert`; absent where the folder does not say. */
  type?: string;
  description?: string;
  items: ScoredItem[];
}

/** The answers to one benchmark. */
export interface BenchmarkAnswers {
  name: string;
  card: BenchmarkCard;
  metrics: Metric[];
  /** Systems in the order of the recipe, the candidate last. */
  systems: SystemAnswers[];
  /** What a judge said of them. */
  judgements: Judgement[];
}

/** A study: its figures, and what each rater chose between two systems. */
export interface StudySummary {
  results: StudyResults;
  outcomes: PeopleOutcome[];
}

/** Everything that the page shows; what the folder lacks is absent or empty. */
export interface ReportInput {
  /** Name of the run folder. */
  name: string;
  manifest?: RunManifest;
  /** The resolved recipe, as text and as values. */
  recipe?: { text: string; values: unknown };
  plan?: PlanHeader;
  /** The plan in figures. */
  planned?: PlanSummary;
  /** How the stages went, as far as they are begun. */
  stages: StageRecord[];
  metrics: Metrics[];
  benchmarks: BenchmarkAnswers[];
  verdict: Comparison[];
  /** What people said of the answers, study by study. */
  studies: StudySummary[];
  data: DataSummary;
}

/**
 * Reads a run folder for the report. A part that is not there yet is left out; a part that is broken is an error.
 *
 * @throws AttuneError when the folder holds nothing of a run, or a file in it can't be read
 */
export async function readRunForReport(directory: string): Promise<ReportInput> {
  const parts = ['manifest.json', 'metrics.jsonl', 'evaluation', 'verdict.json'];
  if (!parts.some((name) => existsSync(join(directory, name)))) {
    throw new AttuneError(`is no run folder: it has none of ${parts.join(', ')}`, {
      file: directory,
      fix: 'name the folder of a run',
    });
  }
  const present = async <T>(name: string, read: (file: string) => Promise<T>): Promise<T | undefined> => {
    const file = join(directory, name);
    return existsSync(file) ? read(file) : undefined;
  };
  const manifest = await present('manifest.json', () => readManifest(directory));
  const verdict = (await readVerdict(directory)) ?? [];
  return {
    name: basename(resolve(directory)),
    manifest,
    recipe: await present('recipe.yaml', async (file) => {
      const text = await readFile(file, 'utf8');
      return { text, values: parse(text) };
    }),
    plan: await present('plan.json', (file) => readJson<PlanHeader>(file)),
    planned: await present('plan.safetensors', async () => describePlan(await readPlan(directory))),
    stages: await readStageRecords(directory),
    metrics: await readMetrics(join(directory, 'metrics.jsonl')),
    benchmarks: await readBenchmarks(directory, verdict),
    verdict,
    studies: await Promise.all((await listStudies(directory)).map(summarise)),
    data: readDataSummary(manifest?.data),
  };
}

async function summarise(studyDirectory: string): Promise<StudySummary> {
  return {
    results: await studyResults(studyDirectory, scoreResampling(0.95)),
    outcomes: await studyOutcomes(studyDirectory),
  };
}

/** In the order of the verdict, which is the recipe's; those that are in none come last. */
async function readBenchmarks(
  directory: string,
  verdict: readonly Comparison[],
): Promise<BenchmarkAnswers[]> {
  const participants = await readParticipants(directory);
  const benchmarks: BenchmarkAnswers[] = [];
  const names = [...new Set(verdict.map(({ benchmark }) => benchmark))];
  const place = (name: string): number => (names.includes(name) ? names.indexOf(name) : names.length);
  const answered = [...(await listAnswers(directory))].sort(([a], [b]) => place(a) - place(b));
  for (const [name, systems] of answered) {
    const card = await readBenchmarkCard(directory, name);
    const read = inOrder(systems, participants).map(async (system) => ({
      ...participants?.systems.find((one) => one.name === system),
      name: system,
      // An evaluation that is still going on has a half-written line at most.
      items: await readAnswers(answersFile(directory, name, system), { unfinished: true }),
    }));
    benchmarks.push({
      name,
      card,
      metrics: metricsOfCard(card),
      systems: await Promise.all(read),
      judgements: await readJudgements(judgementsFile(directory, name)),
    });
  }
  return benchmarks;
}

/** In the order of the recipe, the candidate last. */
function inOrder(systems: readonly string[], participants: Participants | undefined): string[] {
  const candidate = participants?.candidate ?? 'tuned';
  const place = (name: string): number => {
    if (name === candidate) return Number.POSITIVE_INFINITY;
    return participants?.systems.findIndex((one) => one.name === name) ?? 0;
  };
  return [...systems].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}
