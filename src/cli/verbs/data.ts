/**
 * `attune data`: check, prepare and look at what a recipe learns from.
 * @module
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { inspectLegend, inspectRow } from '../../chat/inspect.js';
import { checkData } from '../../data/check.js';
import type { DataProblem } from '../../data/problems.js';
import { AttuneError, UsageError } from '../../errors.js';
import { example, type VerbRunner } from '../command.js';
import { prepareData, prepareInputs } from '../pipeline/inputs.js';
import { shownPath } from '../pipeline/job.js';
import { addRecipeArguments, type RecipeOptions, recipeJob, sameRecipe } from '../recipe-job.js';

export function addData(program: Command, runner: VerbRunner): void {
  const data = program
    .command('data')
    .description('check, prepare and look at the data of a recipe')
    .helpCommand(false)
    .addHelpText(
      'after',
      example('attune data check recipe.yaml', 'attune data inspect recipe.yaml --rows 2'),
    );
  addCheck(data, runner);
  addPrepare(data, runner);
  addInspect(data, runner);
}

function addCheck(data: Command, runner: VerbRunner): void {
  const command = data
    .command('check')
    .description('read the sources and say what is in them and what is wrong, before any model is loaded')
    .addHelpText('after', example('attune data check recipe.yaml'));
  runner.attach<RecipeOptions>(addRecipeArguments(command), async (context, [recipe], options) => {
    const { recipe: settings, onProgress, signal } = await recipeJob(context, recipe!, options);
    const check = await checkData(settings.data, {
      baseDirectory: '.',
      seed: settings.seed,
      onProgress,
      signal,
    });
    const errors = check.problems.filter(({ severity }) => severity === 'error').length;
    const { train, validation, test } = check.counts;
    const { shortest, median, longest } = check.characters;
    return {
      data: check,
      text: [
        ...check.problems.map(describeProblem),
        ...check.sources.map(({ path, type, examples }) => `${path} (${type}): ${examples} examples`),
        `${train} train, ${validation} validation, ${test} test examples`,
        `${shortest} to ${longest} characters, half of them under ${median}`,
        errors === 0 ? 'Nothing is wrong.' : `${errors} problem${errors > 1 ? 's' : ''} to mend.`,
      ].join('\n'),
      next: errors === 0 ? sameRecipe('data prepare', recipe!, options) : undefined,
      ok: errors === 0,
    };
  });
}

function describeProblem({ severity, ...problem }: DataProblem): string {
  return `${severity}: ${new AttuneError(problem.message, problem).describe()}`;
}

function addPrepare(data: Command, runner: VerbRunner): void {
  const command = data
    .command('prepare')
    .description('make the data set and its splits')
    .addHelpText('after', example('attune data prepare recipe.yaml'));
  runner.attach<RecipeOptions>(addRecipeArguments(command), async (context, [recipe], options) => {
    const dataset = await prepareData(await recipeJob(context, recipe!, options));
    const { train, validation, test } = dataset.counts;
    return {
      data: { directory: dataset.directory, hash: dataset.hash, counts: dataset.counts },
      text: `${shownPath(dataset.directory)}: ${train} train, ${validation} validation, ${test} test examples`,
      next: sameRecipe('data inspect', recipe!, options),
    };
  });
}

interface InspectOptions extends RecipeOptions {
  split: 'train' | 'validation';
  rows: number;
  from: number;
}

function addInspect(data: Command, runner: VerbRunner): void {
  const command = data
    .command('inspect')
    .description('print rows of tokens: what the model sees, and what it has to learn')
    .addOption(new Option('--split <name>', 'split').choices(['train', 'validation']).default('train'))
    .option('--rows <count>', 'rows to print', wholeNumber, 1)
    .option('--from <row>', 'first row, from 0', wholeNumber, 0)
    .addHelpText('after', example('attune data inspect recipe.yaml --rows 2'));
  runner.attach<InspectOptions>(addRecipeArguments(command), async (context, [recipe], options) => {
    const { model, shards } = await prepareInputs(await recipeJob(context, recipe!, options));
    const split = shards[options.split];
    if (!split) throw new UsageError(`the split ${options.split} is empty`, { fix: 'choose --split train' });
    if (options.from >= split.rows) {
      throw new UsageError(`there is no row ${options.from}; the split has ${split.rows}`, {
        field: '--from',
      });
    }
    const { color } = context.terminal;
    const last = Math.min(split.rows, options.from + options.rows);
    const rows = Array.from({ length: last - options.from }, (_, index) => options.from + index);
    const text = rows.map((row) => {
      const leaves = split.examples.filter((leaf) => leaf.row === row);
      const examples = new Map(leaves.map(({ segment, id }) => [segment, id]));
      return `row ${row}\n${inspectRow(split.row(row), model.tokenizer, { color, examples })}`;
    });
    return {
      data: rows.map((row) => {
        const { inputIds, lossMask, positionIds, segmentIds, parentIds } = split.row(row);
        const arrays = { inputIds, lossMask, positionIds, segmentIds, parentIds };
        return {
          row,
          ...Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, [...array]])),
        };
      }),
      text: `${inspectLegend({ color })}\n\n${text.join('\n\n')}`,
      next: sameRecipe('plan', recipe!, options),
    };
  });
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('wanted a whole number.');
  return Number(text);
}
