/**
 * `attune run`: everything that a recipe asks for.
 * @module
 */
import type { Command } from 'commander';
import { example, type VerbRunner } from '../command.js';
import { shownPath } from '../pipeline/job.js';
import { runRecipe } from '../pipeline/run-recipe.js';
import { addRecipeArguments, inRecipe, type RecipeOptions, recipeJob } from '../recipe-job.js';
import { describeComparison } from '../verdict-text.js';

export function addRun(program: Command, runner: VerbRunner): void {
  const command = program
    .command('run')
    .description('do everything: prepare the data, score the base, train, score the result, report')
    .addHelpText(
      'after',
      `\nWhat was done before with the same input and settings is not done again.\n${example(
        'attune run examples/finance/demo.yaml',
        'attune run recipe.yaml --set training.max_steps=20 --set name=trial',
      )}`,
    );
  runner.attach<RecipeOptions>(addRecipeArguments(command), async (context, [recipe], options) => {
    const job = await recipeJob(context, recipe!, options);
    const result = await inRecipe(recipe!, options, () => runRecipe(job));
    return {
      data: result,
      text: [
        `Run folder: ${shownPath(result.directory)}`,
        `Result:     ${shownPath(result.result)}`,
        ...result.comparisons.map(describeComparison),
      ].join('\n'),
      next: `open ${shownPath(result.report)} in a browser`,
    };
  });
}
