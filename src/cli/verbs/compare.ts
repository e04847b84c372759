/**
 * `attune compare`: any two runs or systems on the items that both answered, or several seeds of two recipes.
 * @module
 */
import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { compareRuns, compareSeedRuns } from '../../evaluate/compare-runs.js';
import { evaluationSchema } from '../../recipe/evaluation.js';
import { type CommandResult, example, type VerbRunner } from '../command.js';
import { describeComparison, describeSeeds } from '../verdict-text.js';

interface CompareOptions {
  system: string;
  baselineSystem?: string;
  against?: string[];
  metric?: string;
}

export function addCompare(program: Command, runner: VerbRunner): void {
  const command = program
    .command('compare')
    .description('compare the answers of two runs, or of two systems of one run, item by item')
    .argument(
      '<runs...>',
      'run folder of the candidate and of the baseline; one folder for two of its systems',
    )
    .option('--system <name>', 'system whose answers are compared', 'tuned')
    .option('--baseline-system <name>', 'system of the baseline, where it is another one')
    .option('--against <runs...>', 'runs of the baseline; the runs before are then seeds of the candidate')
    .option('--metric <name>', 'what is compared; each benchmark’s own metric where absent')
    .addHelpText(
      'after',
      example(
        'attune compare runs/finance-r32 runs/finance-r16',
        'attune compare runs/finance --system tuned --baseline-system base',
        'attune compare runs/a-seed1 runs/a-seed2 runs/a-seed3 --against runs/b-seed1 runs/b-seed2 runs/b-seed3',
      ),
    );
  runner.attach<CompareOptions>(command, async (_context, runs, options) => {
    if (options.against) return compareSeedsOf(runs, options.against, options);
    return compareTwo(runs, options);
  });
}

const resampling = () => {
  const { confidence, bootstrap_resamples: resamples } = evaluationSchema.parse({});
  return { confidence, resamples, seed: 0 };
};

async function compareTwo(runs: string[], options: CompareOptions): Promise<CommandResult> {
  const { system, baselineSystem = system, metric } = options;
  const [run, baseline = run] = runs;
  if (runs.length > 2) {
    throw new UsageError('compares two runs', { fix: 'name the seeds of the baseline behind --against' });
  }
  if (runs.length === 1 && baselineSystem === system) {
    throw new UsageError('compares two runs, or two systems of one', {
      fix: 'name a second run, or another system with --baseline-system',
    });
  }
  const comparisons = await compareRuns({
    runs: [run!, baseline!],
    systems: [system, baselineSystem],
    metric,
    wantedDifference: evaluationSchema.parse({}).wanted_difference,
    resampling: resampling(),
  });
  return { data: comparisons, text: comparisons.map(describeComparison).join('\n') };
}

async function compareSeedsOf(
  candidates: string[],
  baselines: string[],
  { system, metric }: CompareOptions,
): Promise<CommandResult> {
  const results = await compareSeedRuns({ candidates, baselines, system, metric, resampling: resampling() });
  return { data: results, text: results.map(describeSeeds).join('\n') };
}
