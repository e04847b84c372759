/**
 * `attune data prepare`: from sources to a data set.
 * @module
 */
import type { Command } from 'commander';
import type { DatasetCard } from '../../../data/card.js';
import { type CommandResult, example, type VerbRunner } from '../../command.js';
import { dataJob, isRecipe } from '../../data-recipe.js';
import { prepareData } from '../../pipeline/inputs.js';
import { shownPath } from '../../pipeline/job.js';
import { addRecipeArguments, type RecipeOptions, sameRecipe } from '../../recipe-job.js';
import { formatTable } from '../../terminal.js';

export function addPrepare(data: Command, runner: VerbRunner): void {
  const command = data
    .command('prepare')
    .description('make the data set and its splits, from a recipe or straight from a folder of documents')
    .addHelpText('after', example('attune data prepare recipe.yaml', 'attune data prepare filings/'));
  runner.attach<RecipeOptions>(addRecipeArguments(command), async (context, [path], options) => {
    const dataset = await prepareData(await dataJob(context, path!, options));
    const { directory, hash, counts, card } = dataset;
    const { train, validation, test } = counts;
    const result: CommandResult = {
      data: { directory, hash, counts, steps: card.steps, sources: card.sources, warnings: card.warnings },
      text: [
        stepsText(card),
        `${shownPath(directory)}: ${train} train, ${validation} validation, ${test} test examples`,
      ]
        .filter((part) => part !== '')
        .join('\n\n'),
      next: isRecipe(path!)
        ? sameRecipe('data inspect', path!, options)
        : `open ${shownPath(directory)}/report.html in a browser`,
    };
    return result;
  });
}

/** What each step let through, removed and changed. */
function stepsText({ steps, sources }: DatasetCard): string {
  if (steps.length === 0) return '';
  const read = sources.reduce((sum, { examples, tables }) => sum + (tables ? 0 : examples), 0);
  const counts = (values: Record<string, number>): string =>
    Object.entries(values)
      .sort(([, a], [, b]) => b - a)
      .slice(0, 4)
      .map(([name, count]) => `${name.replaceAll('_', ' ')} ${count}`)
      .join(', ');
  const total = (values: Record<string, number>): number =>
    Object.values(values).reduce((sum, count) => sum + count, 0);
  return formatTable([
    ['step', 'items', 'removed', 'what'],
    ...(read > 0 ? [['read', String(read), '', '']] : []),
    ...steps.map(({ step, items_out, removed, changed }) => [
      step.replaceAll('_', ' '),
      String(items_out),
      String(total(removed)),
      [counts(removed), counts(changed)].filter((part) => part !== '').join('; '),
    ]),
  ]);
}
