/**
 * `attune evaluate`: let systems answer benchmarks, and compare them.
 * @module
 */
import type { Command } from 'commander';
import { AttuneError } from '../../../errors.js';
import { loadRecipeOrEvaluation } from '../../../recipe/load-evaluation.js';
import type { Recipe } from '../../../recipe/schema.js';
import { isFinished } from '../../../train/loop.js';
import { type CommandResult, example, type VerbRunner } from '../../command.js';
import { writeEvaluationRecipe } from '../../pipeline/evaluation/recipe-file.js';
import { type EvaluationResult, evaluateRun } from '../../pipeline/evaluation/run-evaluation.js';
import { settingOfEvaluation, settingOfRun } from '../../pipeline/evaluation/setting.js';
import { prepareInputs } from '../../pipeline/inputs.js';
import { type Job, shownPath } from '../../pipeline/job.js';
import { openRecipeRun, planRun } from '../../pipeline/training.js';
import { addRecipeArguments, jobOf, type RecipeOptions, sameRecipe } from '../../recipe-job.js';
import { describeComparison, describeScores } from '../../verdict-text.js';
import { addHuman } from './human.js';
import { addList } from './list.js';
import { addSize } from './size.js';

export function addEvaluate(program: Command, runner: VerbRunner): void {
  const command = program
    .command('evaluate')
    .description('score the base, the trained model and any other system, and compare them')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `\nTakes a recipe whose run is trained, or a file with nothing but systems and benchmarks.\n${example(
        'attune evaluate recipe.yaml',
        'attune evaluate examples/evaluation/human-performance.yaml',
        'attune evaluate human runs/finance-demo --raters ana,ben',
        'attune evaluate list',
        'attune evaluate size --items 500',
      )}`,
    );
  runner.attach<RecipeOptions>(addRecipeArguments(command), async (context, [file], options) => {
    const { recipe, evaluation } = await loadRecipeOrEvaluation(file!, { overrides: options.set });
    if (recipe) return evaluateRecipe(jobOf(context, recipe), sameRecipe('train', file!, options));
    await writeEvaluationRecipe(evaluation);
    return resultOf(evaluation.output_dir, await evaluateRun(settingOfEvaluation(evaluation, context)));
  });
  addHuman(command, runner);
  addList(command, runner);
  addSize(command, runner);
}

async function evaluateRecipe(job: Job & { recipe: Recipe }, trainCommand: string): Promise<CommandResult> {
  const inputs = await prepareInputs(job);
  const plan = await planRun(job, inputs);
  const run = await openRecipeRun(job, inputs, plan, { mayReplace: false });
  try {
    if (job.recipe.evaluation.systems.includes('tuned') && !isFinished(run, plan)) {
      // That a gate stopped it stays on record.
      const { state, error } = run.found;
      await (state === 'stopped' ? run.setState(state, error) : run.setState('interrupted'));
      throw new AttuneError('this run is not trained to its end yet', {
        file: shownPath(run.directory),
        fix: trainCommand,
      });
    }
    return resultOf(run.directory, await evaluateRun(settingOfRun(job, inputs, run.directory)));
  } finally {
    await run.close();
  }
}

function resultOf(directory: string, { scores, comparisons, report }: EvaluationResult): CommandResult {
  return {
    data: { directory, report, scores, comparisons },
    text: [...scores.map(describeScores), ...comparisons.map(describeComparison)].join('\n'),
    next: `open ${shownPath(report)} in a browser`,
  };
}
