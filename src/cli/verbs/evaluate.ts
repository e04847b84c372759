/**
 * `attune evaluate`: let the systems of a recipe answer its benchmarks, and compare them.
 * @module
 */
import type { Command } from 'commander';
import { AttuneError } from '../../errors.js';
import { isFinished } from '../../train/loop.js';
import { example, type VerbRunner } from '../command.js';
import { concludeRun, evaluateSystems } from '../pipeline/evaluation.js';
import { prepareInputs } from '../pipeline/inputs.js';
import { shownPath } from '../pipeline/job.js';
import { openRecipeRun, planRun } from '../pipeline/training.js';
import { addRecipeArguments, type RecipeOptions, recipeJob, sameRecipe } from '../recipe-job.js';
import { describeComparison } from '../verdict-text.js';

export function addEvaluate(program: Command, runner: VerbRunner): void {
  const command = program
    .command('evaluate')
    .description('score the base and the trained model on the held-out items, and compare them')
    .addHelpText('after', example('attune evaluate recipe.yaml'));
  runner.attach<RecipeOptions>(addRecipeArguments(command), async (context, [recipe], options) => {
    const job = await recipeJob(context, recipe!, options);
    const inputs = await prepareInputs(job);
    const plan = planRun(job, inputs);
    const run = await openRecipeRun(job, inputs, plan);
    try {
      const { systems } = job.recipe.evaluation;
      if (systems.includes('tuned') && !isFinished(run, plan)) {
        await run.setState('interrupted');
        throw new AttuneError('this run is not trained to its end yet', {
          file: shownPath(run.directory),
          fix: sameRecipe('train', recipe!, options),
        });
      }
      await evaluateSystems(job, inputs, run.directory, systems);
      const { comparisons, report } = await concludeRun(job, run.directory);
      return {
        data: { directory: run.directory, report, comparisons },
        text: comparisons.map(describeComparison).join('\n') || 'There is nothing to compare `tuned` with.',
        next: `open ${shownPath(report)} in a browser`,
      };
    } finally {
      await run.close();
    }
  });
}
