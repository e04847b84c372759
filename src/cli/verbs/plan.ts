/**
 * `attune plan`: the run as figures and a picture, before anything is computed.
 * @module
 */
import type { Command } from 'commander';
import { describePlan } from '../../train/plan-summary.js';
import { example, type VerbRunner } from '../command.js';
import { describeMemory } from '../memory-text.js';
import { prepareInputs } from '../pipeline/inputs.js';
import { forecastMemory } from '../pipeline/memory.js';
import { planRun } from '../pipeline/training.js';
import { describePlanText } from '../plan-text.js';
import { addRecipeArguments, inRecipe, type RecipeOptions, recipeJob, sameRecipe } from '../recipe-job.js';

export function addPlan(program: Command, runner: VerbRunner): void {
  const command = program
    .command('plan')
    .description(
      'show the stages, steps, tokens, learning rates, mix and memory of a training, without training',
    )
    .addHelpText('after', example('attune plan recipe.yaml --set training.num_train_epochs=1'));
  runner.attach<RecipeOptions>(addRecipeArguments(command), async (context, [recipe], options) => {
    const job = await recipeJob(context, recipe!, options);
    const { plan, memory } = await inRecipe(recipe!, options, async () => {
      const inputs = await prepareInputs(job);
      const plan = await planRun(job, inputs);
      return { plan, memory: forecastMemory(job.recipe, inputs, plan) };
    });
    const summary = describePlan(plan);
    return {
      data: { ...summary, memory },
      text: `${describePlanText(plan, summary, job.recipe.stages)}\n\n${describeMemory(memory)}`,
      next: sameRecipe('train', recipe!, options),
    };
  });
}
