/**
 * `attune data inspect`: rows of tokens of a recipe, or the whole story of one item.
 * @module
 */
import { type Command, Option } from 'commander';
import { inspectLegend, inspectRow } from '../../../chat/inspect.js';
import { findStory, type ItemStory, listDatasets } from '../../../data/story.js';
import { UsageError } from '../../../errors.js';
import { type CommandContext, type CommandResult, example, type VerbRunner } from '../../command.js';
import { wholeNumber } from '../../options.js';
import { prepareInputs } from '../../pipeline/inputs.js';
import { dataDirectory } from '../../pipeline/job.js';
import { addSet, type RecipeOptions, recipeJob, sameRecipe } from '../../recipe-job.js';
import { storyText } from '../../story-text.js';

interface InspectOptions extends RecipeOptions {
  split: 'train' | 'validation';
  rows: number;
  from: number;
  dataset?: string;
}

export function addInspect(data: Command, runner: VerbRunner): void {
  const command = data
    .command('inspect')
    .description(
      'print rows of tokens of a recipe, or the story of one item: where it is from and what was done to it',
    )
    .argument('<recipe or id>', 'a recipe, or the id of an item, also of one that was removed')
    .option(
      '--dataset <folder>',
      'data set to look the item up in; without it every one below data/, the newest first',
    )
    .addOption(
      new Option('--split <name>', 'split of the rows').choices(['train', 'validation']).default('train'),
    )
    .option('--rows <count>', 'rows to print', wholeNumber(), 1)
    .option('--from <row>', 'first row, from 0', wholeNumber(), 0)
    .addHelpText(
      'after',
      example('attune data inspect recipe.yaml --rows 2', 'attune data inspect records.jsonl:17'),
    );
  runner.attach<InspectOptions>(addSet(command), (context, [what], options) =>
    /\.ya?ml$/i.test(what!) && options.dataset === undefined
      ? inspectRows(context, what!, options)
      : inspectItem(what!, options),
  );
}

async function inspectItem(id: string, { dataset }: InspectOptions): Promise<CommandResult> {
  const directories = dataset === undefined ? await listDatasets(dataDirectory) : [dataset];
  for (const directory of directories) {
    const story = await findStory(directory, id);
    if (story) return { data: story, text: storyText(story), next: nextOf(story) };
  }
  throw new UsageError(
    directories.length === 0 ? 'there is no data set below data/' : `no data set knows the item ${id}`,
    {
      field: 'id',
      fix:
        directories.length === 0
          ? 'make one with `attune data prepare`, or name its folder with --dataset'
          : 'ids stand in the first column of train.parquet and removed.parquet; name another folder with --dataset',
    },
  );
}

function nextOf({ example: found, removed }: ItemStory): string | undefined {
  const other = removed?.kept ?? found?.parent;
  return other === undefined ? undefined : `attune data inspect ${other}`;
}

async function inspectRows(
  context: CommandContext,
  recipe: string,
  options: InspectOptions,
): Promise<CommandResult> {
  const { model, shards } = await prepareInputs(await recipeJob(context, recipe, options));
  const split = shards[options.split];
  if (!split) throw new UsageError(`the split ${options.split} is empty`, { fix: 'choose --split train' });
  if (options.from >= split.rows) {
    throw new UsageError(`there is no row ${options.from}; the split has ${split.rows}`, { field: '--from' });
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
    next: sameRecipe('plan', recipe, options),
  };
}
