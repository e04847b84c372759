/**
 * What an evaluation works with: that of a recipe, or one without any training.
 * @module
 */
import { join, resolve } from 'node:path';
import { type ChatFormat, createChatFormat } from '../../../chat/template.js';
import type { Example, Split } from '../../../data/example.js';
import { AttuneError } from '../../../errors.js';
import type { Model } from '../../../model/model.js';
import type { FactsSource } from '../../../recipe/data/facts.js';
import type { DataSettings } from '../../../recipe/data.js';
import type { EvaluationSettings } from '../../../recipe/evaluation.js';
import type { EvaluationRecipe } from '../../../recipe/evaluation-recipe.js';
import type { EngineSettings } from '../../../train/settings.js';
import type { Inputs } from '../inputs.js';
import type { Job } from '../job.js';
import { openNamedModel } from '../open-model.js';
import { engineSettings, resultKind } from '../settings.js';
import { stageSystem } from '../stages/stage-system.js';

/** How to report, and when to stop. */
export type Reporting = Pick<Job, 'onProgress' | 'note' | 'signal'>;

/** A model with the format of its conversations. */
export interface OpenedModel {
  model: Model;
  format: ChatFormat;
}

/** All that evaluation needs of its surroundings. */
export interface EvaluationSetting extends Reporting {
  evaluation: EvaluationSettings;
  seed: number;
  runDirectory: string;
  precision: EngineSettings['precision'];
  /** Whether the recipe names a model. */
  namesModel: boolean;
  /** The model that the recipe names; opened when it is first asked for. */
  openModel(): Promise<OpenedModel>;
  /** A split of the recipe's data set. */
  examples(split: Split): Promise<Example[]>;
  /** The recipe's source of the facts in a file, where it trains them. */
  factsSource(path: string): FactsSource | undefined;
  /** How the tuned model is kept in the run folder; `name` where it is another one's, that of a stage. */
  tuned?: { kind: 'adapter' | 'model'; directory: string; name?: string };
  /** Names of the models that stages leave and that are asked too. */
  stageSystems: readonly string[];
}

/** The evaluation of a recipe's run. */
export function settingOfRun(
  job: Job,
  { dataset, model, format }: Inputs,
  runDirectory: string,
): EvaluationSetting {
  const { recipe, onProgress, note, signal } = job;
  const { precision } = engineSettings(recipe);
  const kind = resultKind(recipe);
  return {
    onProgress,
    note,
    signal,
    evaluation: recipe.evaluation,
    seed: recipe.seed,
    runDirectory,
    precision,
    namesModel: true,
    openModel: async () => ({ model, format }),
    examples: (split) => dataset.examples(split),
    factsSource: (path) => findFactsSource(recipe.data.sources, path),
    tuned: { kind, directory: join(runDirectory, kind) },
    stageSystems: (recipe.stages ?? [])
      .filter(({ evaluate, gate }) => evaluate.length > 0 || gate?.benchmark !== undefined)
      .map(({ name }) => stageSystem(name)),
  };
}

/** An evaluation by itself: systems and benchmarks, nothing trained. */
export function settingOfEvaluation(
  { evaluation, seed, output_dir, model, precision }: EvaluationRecipe,
  reporting: Reporting,
): EvaluationSetting {
  let opened: Promise<OpenedModel> | undefined;
  return {
    ...reporting,
    evaluation,
    seed,
    runDirectory: output_dir,
    precision,
    namesModel: model !== undefined,
    stageSystems: [],
    openModel: () => {
      if (!model) {
        throw new AttuneError('the systems need a model, and the file names none', {
          field: 'model.name',
          fix: 'name the model that base and adapters stand for',
        });
      }
      opened ??= openNamedModel(model, reporting).then((one) => ({
        model: one,
        format: createChatFormat(one),
      }));
      return opened;
    },
    factsSource: () => undefined,
    examples: async () => {
      throw new AttuneError(
        'a benchmark without `benchmark` is a split of a data set, and there is none here',
        {
          field: 'evaluation.benchmarks',
          fix: 'name a built-in benchmark or the path of one as `benchmark`, or evaluate a recipe with `data`',
        },
      );
    },
  };
}

function findFactsSource(sources: DataSettings['sources'], path: string): FactsSource | undefined {
  return sources.find(
    (source): source is FactsSource => source.type === 'facts' && resolve(source.path) === resolve(path),
  );
}
