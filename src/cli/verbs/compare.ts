/**
 * `attune compare`: two runs on the items that both answered.
 * @module
 */
import { type Command, Option } from 'commander';
import { compareRuns } from '../../evaluate/verdict.js';
import { evaluationSchema, verdictMetrics } from '../../recipe/evaluation.js';
import { example, type VerbRunner } from '../command.js';
import { describeComparison } from '../verdict-text.js';

export function addCompare(program: Command, runner: VerbRunner): void {
  const command = program
    .command('compare')
    .description('compare the answers of two runs, item by item')
    .argument('<run>', 'run folder of the candidate')
    .argument('<baseline>', 'run folder of the baseline')
    .option('--system <name>', 'system whose answers are compared', 'tuned')
    .addOption(
      new Option('--metric <name>', 'what is compared').choices(verdictMetrics).default('exact_match'),
    )
    .addHelpText('after', example('attune compare runs/finance-r32 runs/finance-r16'));
  runner.attach<{ system: string; metric: string }>(
    command,
    async (_context, [run, baseline], { system, metric }) => {
      const { confidence, bootstrap_resamples: resamples } = evaluationSchema.parse({});
      const comparisons = await compareRuns({
        runs: [run!, baseline!],
        system,
        metric,
        confidence,
        resamples,
        seed: 0,
      });
      return { data: comparisons, text: comparisons.map(describeComparison).join('\n') };
    },
  );
}
