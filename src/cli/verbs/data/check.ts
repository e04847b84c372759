/**
 * `attune data check`: what is in the sources and what is wrong with them.
 * @module
 */
import type { Command } from 'commander';
import { checkData, type DataCheck } from '../../../data/check.js';
import type { Recognised } from '../../../data/ingest/records/recognise-records.js';
import type { DataProblem } from '../../../data/problems.js';
import { AttuneError } from '../../../errors.js';
import { example, type VerbRunner } from '../../command.js';
import { dataJob } from '../../data-recipe.js';
import { addRecipeArguments, type RecipeOptions, sameRecipe } from '../../recipe-job.js';

export function addCheck(data: Command, runner: VerbRunner): void {
  const command = data
    .command('check')
    .description('read the sources and say what is in them and what is wrong, before any model is loaded')
    .addHelpText('after', example('attune data check recipe.yaml', 'attune data check filings/'));
  runner.attach<RecipeOptions>(addRecipeArguments(command), async (context, [path], options) => {
    const { recipe, onProgress, signal } = await dataJob(context, path!, options);
    const check = await checkData(recipe.data, { baseDirectory: '.', seed: recipe.seed, onProgress, signal });
    const errors = check.problems.filter(({ severity }) => severity === 'error').length;
    return {
      data: check,
      text: describeCheck(check, errors),
      next: errors === 0 ? sameRecipe('data prepare', path!, options) : undefined,
      ok: errors === 0,
    };
  });
}

function describeCheck(check: DataCheck, errors: number): string {
  const { train, validation, test } = check.counts;
  const { shortest, median, longest } = check.characters;
  return [
    ...check.problems.map(describeProblem),
    ...check.sources.map(({ path, type, examples, rejected, replay }) =>
      replay
        ? `${path} (${type}): ${replay.prompts} prompts, answered when the data is prepared`
        : `${path} (${type}): ${examples} examples${rejected ? `, ${rejected} rejected` : ''}`,
    ),
    ...check.recognised.map(({ file, records }) => describeForm(file, records)),
    ...check.steps.flatMap(({ step, removed }) =>
      Object.entries(removed).map(
        ([reason, count]) => `${step} removes ${count}: ${reason.replaceAll('_', ' ')}`,
      ),
    ),
    ...check.sampled.map(
      ({ path, files, of }) => `${path}: only the beginning was looked at (${files} of ${of} files)`,
    ),
    `${train} train, ${validation} validation, ${test} test examples`,
    `${shortest} to ${longest} characters, half of them under ${median}`,
    errors === 0 ? 'Nothing is wrong.' : `${errors} problem${errors > 1 ? 's' : ''} to mend.`,
  ].join('\n');
}

/** How the records of a file are understood, to be seen before they are used. */
function describeForm(file: string, { format, mapping, fitting, sampled }: Recognised): string {
  const fields = mapping.map(({ field, role }) => (field === role ? field : `${field} → ${role}`));
  const fit = Object.values(fitting).reduce((sum, count) => sum + count, 0);
  const form = format === undefined ? 'in no known form' : `as ${format.replaceAll('_', ' ')}`;
  return `${file}: read ${form} (${fields.join(', ')}); ${fit} of the first ${sampled} records fit`;
}

function describeProblem({ severity, ...problem }: DataProblem): string {
  return `${severity}: ${new AttuneError(problem.message, problem).describe()}`;
}
