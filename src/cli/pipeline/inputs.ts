/**
 * What a run is made from: data set, model and token shards. Each is made once and found again by its content.
 * @module
 */
import { join } from 'node:path';
import { buildShards } from '../../chat/build-shards.js';
import { joinShards } from '../../chat/join-shards.js';
import { type OpenedShards, openShards } from '../../chat/open-shards.js';
import type { ShardReport } from '../../chat/shard-index.js';
import { type ChatFormat, createChatFormat } from '../../chat/template.js';
import type { Dataset } from '../../data/dataset.js';
import type { Example } from '../../data/example.js';
import { prepareDataset } from '../../data/prepare.js';
import type { TeacherEstimate } from '../../data/teacher/estimate.js';
import { hashJson } from '../../files.js';
import type { Model } from '../../model/model.js';
import type { TeacherSettings } from '../../recipe/data/teacher.js';
import type { PartToPlan } from '../../train/plan.js';
import { formatSeconds } from '../terminal.js';
import { openDataHelpers } from './data-helpers.js';
import { dataDirectory, type Job, shownPath, stageLine, watchWork } from './job.js';
import { openRecipeModel } from './open-model.js';
import { type Pool, stagePools } from './stages/pools.js';

/** Token shards of the splits that training needs. */
export interface RunShards {
  /** Folder with the shards and their index. */
  directory: string;
  /** All rows to train on, those of the pools one after the other. */
  train: OpenedShards;
  /** One pool with everything, or one for each choice of examples that a stage makes. */
  pools: Pool[];
  /** The parts of each stage's mix, where the recipe has stages. */
  stageParts?: PartToPlan[][];
  /** Absent when the validation split is empty. */
  validation?: OpenedShards;
}

/** All that a plan is made from. */
export interface Inputs {
  dataset: Dataset;
  model: Model;
  format: ChatFormat;
  shards: RunShards;
}

/** Prepares the data set, or finds it prepared. */
export async function prepareData(job: Job): Promise<Dataset> {
  const { recipe, signal } = job;
  const { onProgress, worked } = watchWork(job);
  const { close, ...helpers } = await openDataHelpers(job);
  let dataset: Dataset;
  try {
    dataset = await prepareDataset(recipe.data, {
      ...helpers,
      baseDirectory: '.',
      cacheDirectory: dataDirectory,
      seed: recipe.seed,
      onEstimate: (estimate) =>
        job.note(stageLine('teacher', describeEstimate(estimate, recipe.data.teacher))),
      onProgress,
      signal,
    });
  } finally {
    await close();
  }
  for (const warning of shownWarnings(dataset.card.warnings)) job.note(`note: ${warning}`);
  const { train, validation, test } = dataset.counts;
  job.note(
    stageLine(
      'data',
      `${train} train, ${validation} validation, ${test} test examples in ${shownPath(dataset.directory)}`,
      !worked(),
    ),
  );
  return dataset;
}

/** Warnings that are printed; all of them stand on the card and in the report. */
const mostWarnings = 8;

function shownWarnings(warnings: readonly string[]): string[] {
  const more = warnings.length - mostWarnings;
  return more > 0
    ? [...warnings.slice(0, mostWarnings), `${more} more notes are in report.html`]
    : [...warnings];
}

/** What a teacher is about to be asked, and what it may cost. */
function describeEstimate(
  { calls, cachedCalls, promptTokens, completionTokens, seconds, cost }: TeacherEstimate,
  settings: TeacherSettings | undefined,
): string {
  const tokens = promptTokens + completionTokens;
  const parts = [
    `${calls - cachedCalls} of ${calls} requests to make`,
    `about ${tokens} tokens`,
    `${formatSeconds(seconds)} or so`,
  ];
  if (cost !== undefined) parts.push(`about ${cost.toFixed(2)} ${settings?.price?.currency ?? ''}`);
  return parts.join(', ');
}

/** Tokenizes the splits that training needs, or finds them tokenized. */
async function prepareShards(job: Job, dataset: Dataset, model: Model): Promise<Inputs> {
  const { recipe, signal } = job;
  const { onProgress, worked } = watchWork(job);
  const format = createChatFormat(model);
  const { packing, max_length, overlong, train_on, max_examples_per_context } = recipe.data;
  const settings = { packing, max_length, overlong, train_on, max_examples_per_context };
  const key = hashJson({
    dataset: dataset.hash,
    tokenizer: model.tokenizer.hash,
    format: format.hash,
    settings,
  });
  const directory = join(dataset.directory, `tokens-${key.slice(0, 12)}`);
  const build = async (split: string, examples: readonly Example[]): Promise<Pool> => ({
    split,
    report: await buildShards({
      examples,
      split,
      format,
      tokenizer: model.tokenizer,
      directory,
      ...settings,
      onProgress,
      signal,
    }),
    shards: await openShards(directory, split, { vocabSize: model.config.vocabSize }),
  });
  const train = await dataset.examples('train');
  const { pools, parts } = recipe.stages
    ? await stagePools(recipe.stages, train, build)
    : { pools: [await build('train', train)], parts: undefined };
  const validation =
    dataset.counts.validation > 0
      ? (await build('validation', await dataset.examples('validation'))).shards
      : undefined;
  const shards: RunShards = {
    directory,
    train: joinShards(pools.map((pool) => pool.shards)),
    pools,
    ...(parts && { stageParts: parts }),
    validation,
  };
  job.note(stageLine('tokens', describePools(pools), !worked()));
  return { dataset, model, format, shards };
}

function describePools(pools: readonly Pool[]): string {
  if (pools.length === 1) return describeShards(pools[0]!.report);
  const sum = (figure: (report: ShardReport) => number): number =>
    pools.reduce((total, { report }) => total + figure(report), 0);
  const tooLong = sum(({ overlong }) => overlong.examples);
  return [
    `${pools.length} choices of examples`,
    `${sum(({ rows }) => rows)} rows`,
    `${sum(({ tokens }) => tokens)} tokens, ${sum(({ supervised_tokens }) => supervised_tokens)} supervised`,
    ...(tooLong > 0 ? [`${tooLong} too long (${pools[0]!.report.settings.overlong})`] : []),
  ].join(', ');
}

function describeShards({
  packing,
  rows,
  length,
  tokens,
  supervised_tokens,
  saved_share,
  overlong,
  settings,
}: ShardReport): string {
  const parts = [
    `${rows} rows of ${length} (${packing})`,
    `${tokens} tokens, ${supervised_tokens} supervised`,
  ];
  if (saved_share > 0) parts.push(`${Math.round(saved_share * 100)} % saved by shared beginnings`);
  if (overlong.examples > 0) parts.push(`${overlong.examples} too long (${settings.overlong})`);
  return parts.join(', ');
}

/** Data set, model and token shards of a recipe. */
export async function prepareInputs(job: Job): Promise<Inputs> {
  const dataset = await prepareData(job);
  return prepareShards(job, dataset, await openRecipeModel(job));
}
