/**
 * What a run is made from: data set, model and token shards. Each is made once and found again by its content.
 * @module
 */
import { join } from 'node:path';
import { buildShards } from '../../chat/build-shards.js';
import { type OpenedShards, openShards } from '../../chat/open-shards.js';
import type { ShardReport } from '../../chat/shard-index.js';
import { type ChatFormat, createChatFormat } from '../../chat/template.js';
import type { Dataset } from '../../data/dataset.js';
import { prepareDataset } from '../../data/prepare.js';
import { hashJson } from '../../files.js';
import type { Model } from '../../model/model.js';
import { openModel } from '../../model/open.js';
import { dataDirectory, type Job, shownPath, stageLine, watchWork } from './job.js';

/** Token shards of the splits that training needs. */
export interface RunShards {
  /** Folder with the shards and their index. */
  directory: string;
  train: OpenedShards;
  /** Absent when the validation split is empty. */
  validation?: OpenedShards;
  /** Figures of the training split. */
  report: ShardReport;
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
  const dataset = await prepareDataset(recipe.data, {
    baseDirectory: '.',
    cacheDirectory: dataDirectory,
    seed: recipe.seed,
    onProgress,
    signal,
  });
  for (const warning of dataset.card.warnings) job.note(`note: ${warning}`);
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

/** Opens the recipe's model, fetching it if need be. */
async function openRecipeModel(job: Job): Promise<Model> {
  const { recipe, onProgress, signal } = job;
  const { name, revision } = recipe.model;
  const model = await openModel(name, { revision, onProgress, signal });
  job.note(stageLine('model', `${model.name} from ${shownPath(model.path)}`));
  return model;
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
  const build = async (split: 'train' | 'validation'): Promise<ShardReport> =>
    buildShards({
      examples: await dataset.examples(split),
      split,
      format,
      tokenizer: model.tokenizer,
      directory,
      ...settings,
      onProgress,
      signal,
    });
  const open = (split: 'train' | 'validation'): Promise<OpenedShards> =>
    openShards(directory, split, { vocabSize: model.config.vocabSize });
  const report = await build('train');
  const hasValidation = dataset.counts.validation > 0;
  if (hasValidation) await build('validation');
  const shards = {
    directory,
    report,
    train: await open('train'),
    validation: hasValidation ? await open('validation') : undefined,
  };
  job.note(stageLine('tokens', describeShards(report), !worked()));
  return { dataset, model, format, shards };
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
