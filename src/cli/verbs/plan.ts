/**
 * `attune plan`: the run as figures and a picture, before anything is computed.
 * @module
 */
import type { Command } from 'commander';
import { describePlan } from '../../train/plan-summary.js';
import { example, type VerbRunner } from '../command.js';
import { prepareInputs } from '../pipeline/inputs.js';
import { planRun } from '../pipeline/training.js';
import { describePlanText } from '../plan-text.js';
import { addRecipeArguments, inRecipe, type RecipeOptions, recipeJob, sameRecipe } from '../recipe-job.js';

export function addPlan(program: Command, runner: VerbRunner): void {
  const command = program
    .command('plan')
    .description('show the stages, steps, tokens, learning rates and mix of a training, without training')
    .addHelpText('after', example('attune plan recipe.yaml --set training.num_train_epochs=1'));
  runner.attach<RecipeOptions>(addRecipeArguments(command), async (context, [recipe], options) => {
    const job = await recipeJob(context, recipe!, options);
    const plan = await inRecipe(recipe!, options, async () => planRun(job, await prepareInputs(job)));
    const summary = describePlan(plan);
    return {
      data: summary,
      text: describePlanText(plan, summary, job.recipe.stages),
      next: sameRecipe('train', recipe!, options),
    };
  });
}
