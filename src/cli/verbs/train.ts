/**
 * `attune train`: prepare, plan and train.
 * @module
 */
import type { Command } from 'commander';
import { example, type VerbRunner } from '../command.js';
import { settingOfRun } from '../pipeline/evaluation/setting.js';
import { prepareInputs } from '../pipeline/inputs.js';
import { shownPath } from '../pipeline/job.js';
import { askStages } from '../pipeline/stages/ask-stage.js';
import { openRecipeRun, planRun, trainRun } from '../pipeline/training.js';
import { plural } from '../plan-text.js';
import { addRecipeArguments, inRecipe, type RecipeOptions, recipeJob, sameRecipe } from '../recipe-job.js';
import { formatSeconds } from '../terminal.js';

export function addTrain(program: Command, runner: VerbRunner): void {
  const command = program
    .command('train')
    .description('train, or go on with a training that was stopped')
    .addHelpText(
      'after',
      `\nCtrl-C finishes the step and saves. The same command goes on from there.\n${example('attune train recipe.yaml')}`,
    );
  runner.attach<RecipeOptions>(addRecipeArguments(command), async (context, [recipe], options) => {
    const job = await recipeJob(context, recipe!, options);
    const { inputs, plan } = await inRecipe(recipe!, options, async () => {
      const inputs = await prepareInputs(job);
      return { inputs, plan: await planRun(job, inputs) };
    });
    const run = await openRecipeRun(job, inputs, plan);
    try {
      const ask = askStages(settingOfRun(job, inputs, run.directory));
      const outcome = await trainRun(job, inputs, plan, { run, ask });
      const pace = outcome.seconds > 0 ? ` in ${formatSeconds(outcome.seconds)}` : '';
      return {
        data: { directory: run.directory, ...outcome },
        text: `Trained ${plural(outcome.stepsMade, 'step')}${pace}; the result is in ${shownPath(outcome.result!)}`,
        next: sameRecipe('evaluate', recipe!, options),
      };
    } finally {
      await run.close();
    }
  });
}
