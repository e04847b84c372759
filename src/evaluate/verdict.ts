/**
 * `verdict.json`: the tuned model against every form of the base, and one run against another.
 * @module
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { AttuneError } from '../errors.js';
import { readJson, writeJson } from '../files.js';
import { answersFile, listAnswers, readAnswers } from './answers-file.js';
import { metricsOfCard, readBenchmarkCard } from './benchmarks/card.js';
import { type Comparison, type ComparisonFigures, compareSystems } from './comparison.js';
import type { Participants } from './participants.js';
import type { ResamplingSettings } from './statistics/bootstrap.js';
import { nonInferiority } from './statistics/non-inferiority.js';

/** What a verdict needs to know besides the answers. */
export interface VerdictSettings {
  participants: Participants;
  /** In the order of the report. */
  benchmarks: readonly string[];
  /** What the verdict on a benchmark rests on, where that is not the benchmark's own metric. */
  metrics: ReadonlyMap<string, string>;
  /** The benchmark that must not get worse, and by how much it may. */
  forgetting?: { benchmark: string; max_loss: number };
  wantedDifference: number;
  resampling: ResamplingSettings;
}

/**
 * Compares the candidate with every other system on every benchmark that both answered, from the answers in the run
 * folder, and writes `verdict.json`, one entry a comparison. On the benchmark of forgetting the candidate is compared with
 * the base alone, and the entry says whether the loss stays within its bound.
 *
 * @throws AttuneError when a file of answers is broken
 */
export async function writeVerdict(runDirectory: string, settings: VerdictSettings): Promise<Comparison[]> {
  const { participants, forgetting } = settings;
  const answered = await listAnswers(runDirectory);
  const comparisons: Comparison[] = [];
  for (const benchmark of settings.benchmarks) {
    const present = answered.get(benchmark) ?? [];
    const isProbe = benchmark === forgetting?.benchmark;
    const others = participants.systems.filter(
      ({ name, type }) =>
        name !== participants.candidate && present.includes(name) && (!isProbe || type === 'base'),
    );
    if (!present.includes(participants.candidate) || others.length === 0) continue;
    const card = await readBenchmarkCard(runDirectory, benchmark);
    const candidate = await readAnswers(answersFile(runDirectory, benchmark, participants.candidate));
    for (const { name, type } of others) {
      const comparison = compareSystems(
        candidate,
        await readAnswers(answersFile(runDirectory, benchmark, name)),
        {
          benchmark,
          systems: [participants.candidate, name],
          metric: settings.metrics.get(benchmark) ?? card.metric,
          metrics: metricsOfCard(card),
          wantedDifference: settings.wantedDifference,
          resampling: settings.resampling,
        },
      );
      comparisons.push({
        ...comparison,
        ...(type === 'expert' ? { expert: true } : {}),
        ...(isProbe ? { forgetting: forgettingOf(comparison, forgetting.max_loss) } : {}),
      });
    }
  }
  await writeJson(join(runDirectory, 'verdict.json'), comparisons);
  return comparisons;
}

function forgettingOf(comparison: Comparison, maxLoss: number): Comparison['forgetting'] {
  const [low, high] = comparison.confidence_interval;
  return { max_loss: maxLoss, outcome: nonInferiority({ interval: { low, high } }, maxLoss) };
}

/** Reads `verdict.json`; undefined when the run has none. */
export async function readVerdict(runDirectory: string): Promise<Comparison[] | undefined> {
  const file = join(runDirectory, 'verdict.json');
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  const entries = await readJson<Comparison[]>(file);
  if (
    !Array.isArray(entries) ||
    entries.some((entry) => !entry?.scores || !Array.isArray(entry.tasks) || !Array.isArray(entry.metrics))
  ) {
    throw new AttuneError('is not a list of comparisons', { file, fix: 'run `attune evaluate` again' });
  }
  return entries.map(restoreInfinity);
}

/** JSON has no infinity: an end of an interval that is not known is null in the file. */
function restoreInfinity(entry: Comparison): Comparison {
  const restore = <Figures extends ComparisonFigures>(figures: Figures): Figures => {
    const [low, high] = figures.confidence_interval;
    return { ...figures, confidence_interval: [low ?? -Infinity, high ?? Infinity] };
  };
  return { ...restore(entry), metrics: entry.metrics.map(restore), tasks: entry.tasks.map(restore) };
}
