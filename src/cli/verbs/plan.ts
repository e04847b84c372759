/**
 * `attune plan`: the run as figures, before anything is computed.
 * @module
 */
import type { Command } from 'commander';
import { describePlan, type PlanSummary } from '../../train/plan-summary.js';
import { example, type VerbRunner } from '../command.js';
import { prepareInputs } from '../pipeline/inputs.js';
import { planRun } from '../pipeline/training.js';
import { addRecipeArguments, type RecipeOptions, recipeJob, sameRecipe } from '../recipe-job.js';
import { formatTable } from '../terminal.js';

export function addPlan(program: Command, runner: VerbRunner): void {
  const command = program
    .command('plan')
    .description('show the steps, tokens and learning rates of a training, without training')
    .addHelpText('after', example('attune plan recipe.yaml --set training.num_train_epochs=1'));
  runner.attach<RecipeOptions>(addRecipeArguments(command), async (context, [recipe], options) => {
    const job = await recipeJob(context, recipe!, options);
    const summary = describePlan(planRun(job, await prepareInputs(job)));
    return { data: summary, text: describeSummary(summary), next: sameRecipe('train', recipe!, options) };
  });
}

function describeSummary(summary: PlanSummary): string {
  const { steps, epochs, rows_per_step, smallest_step, tokens, supervised_tokens } = summary;
  return [
    `${steps} optimizer steps, ${Math.round(epochs * 100) / 100} epochs`,
    `${rows_per_step} rows a step${smallest_step < rows_per_step ? `, ${smallest_step} in the smallest` : ''}`,
    `${tokens} tokens, ${supervised_tokens} of them supervised`,
    `${summary.evaluations} evaluations, ${summary.checkpoints} checkpoints`,
    '',
    formatTable([
      ['step', 'learning rate'],
      ...summary.learning_rate.map(({ step, value }) => [String(step), value.toExponential(2)]),
    ]),
  ].join('\n');
}
