/**
 * The models that help to prepare data, where the recipe asks for them: a teacher, a judge, the base model's losses and
 * answers.
 * @module
 */
import { join } from 'node:path';
import { createChatFormat } from '../../chat/template.js';
import type { DataModel } from '../../data/quality/data-model.js';
import type { Rehearser } from '../../data/replay/rehearser.js';
import { createCachedTeacher } from '../../data/teacher/cached-teacher.js';
import { createOpenAiTeacher } from '../../data/teacher/openai-teacher.js';
import type { Teacher } from '../../data/teacher/teacher.js';
import { createLikelihoodScorer } from '../../engine/onnx/likelihood.js';
import { createOnnxSystem } from '../../engine/onnx/system.js';
import { createCachedSystem } from '../../evaluate/systems/cached.js';
import { catalog } from '../../model/catalog.js';
import type { Model } from '../../model/model.js';
import { dataDirectory, type Job } from './job.js';
import { openRecipeModel } from './open-model.js';
import { engineSettings } from './settings.js';

/** What `prepareDataset` is given, and how it is put away. */
export interface DataHelpers {
  teacher?: Teacher;
  judge?: Teacher;
  model?: DataModel;
  rehearser?: Rehearser;
  close(): Promise<void>;
}

/** Opens what the recipe asks for. A teacher without an endpoint, and the base model, are the recipe's own model. */
export async function openDataHelpers(job: Job): Promise<DataHelpers> {
  const { teacher: settings, quality, sources } = job.recipe.data;
  const { precision } = engineSettings(job.recipe);
  const closing: (() => Promise<void>)[] = [];
  let opened: Promise<Model> | undefined;
  const ownModel = (): Promise<Model> => {
    opened ??= openRecipeModel(job);
    return opened;
  };
  const openTeacher = async (): Promise<Teacher> => {
    if (settings?.endpoint) return createOpenAiTeacher(settings);
    const { teacher, close } = await embeddedTeacher(await ownModel(), precision);
    closing.push(close);
    return teacher;
  };
  const asked = settings || quality.judge ? await openTeacher() : undefined;
  let model: DataModel | undefined;
  if (quality.difficulty) {
    const own = await ownModel();
    model = createLikelihoodScorer({ model: own, format: createChatFormat(own), precision });
    closing.push(model.close);
  }
  let rehearser: Rehearser | undefined;
  if (sources.some(({ type }) => type === 'replay')) {
    const opened = await ownRehearser(await ownModel(), precision, job.recipe.evaluation.batch_size);
    rehearser = opened.rehearser;
    closing.push(opened.close);
  }
  return {
    teacher: settings ? asked : undefined,
    judge: quality.judge && asked ? createCachedTeacher(asked, join(dataDirectory, '.answers')) : undefined,
    model,
    rehearser,
    close: async () => {
      for (const close of closing) await close();
    },
  };
}

/** The embedded engine as a teacher. It answers one request at a time. */
async function embeddedTeacher(
  model: Model,
  precision: ReturnType<typeof engineSettings>['precision'],
): Promise<{ teacher: Teacher; close: () => Promise<void> }> {
  const system = await createOnnxSystem({
    name: 'teacher',
    model,
    format: createChatFormat(model),
    precision,
    batchSize: 1,
  });
  let turn: Promise<unknown> = Promise.resolve();
  const answer: Teacher['complete'] = async ({ messages, max_tokens, temperature, seed }, signal) => {
    signal?.throwIfAborted();
    const settings = { max_new_tokens: max_tokens, temperature, top_p: 1, top_k: 0, seed };
    for await (const { text, stopped, promptTokens, newTokens } of system.answer(
      [{ id: 'request', messages }],
      settings,
    )) {
      return { text, promptTokens, completionTokens: newTokens, finish: stopped ? 'stop' : 'length' };
    }
    throw new Error('a system answers every prompt');
  };
  return {
    teacher: {
      name: model.name,
      hash: system.hash,
      complete: (request, signal) => {
        const mine = turn.then(() => answer(request, signal));
        turn = mine.catch(() => undefined);
        return mine;
      },
    },
    close: () => system.close(),
  };
}

/**
 * The untouched model in the precision of the training. Its answers are kept with those of evaluations, as they come, so
 * that a stopped run goes on.
 */
async function ownRehearser(
  model: Model,
  precision: ReturnType<typeof engineSettings>['precision'],
  batchSize: number,
): Promise<{ rehearser: Rehearser; close: () => Promise<void> }> {
  const format = createChatFormat(model);
  const system = createCachedSystem(
    await createOnnxSystem({ name: 'base', model, format, precision, batchSize }),
    join(dataDirectory, '.evaluation'),
  );
  return {
    rehearser: {
      name: model.name,
      hash: system.hash,
      licence: licenceOf(model),
      answer: (prompts, { max_new_tokens, signal }) =>
        system.answer(prompts, { max_new_tokens, temperature: 0, top_p: 1, top_k: 0, seed: 0 }, signal),
    },
    close: () => system.close(),
  };
}

/** The licence of a model of the catalog; of any other only that it has its own. */
function licenceOf({ name, hubId }: Model): string {
  const known = catalog.find((entry) => entry.name === name || entry.hubId === hubId);
  return known?.licence ?? `licence of ${hubId ?? name}`;
}
