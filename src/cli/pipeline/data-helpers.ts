/**
 * The models that help to prepare data, where the recipe asks for them: a teacher, a judge, the base model's losses.
 * @module
 */
import { join } from 'node:path';
import { createChatFormat } from '../../chat/template.js';
import type { DataModel } from '../../data/quality/data-model.js';
import { createCachedTeacher } from '../../data/teacher/cached-teacher.js';
import { createOpenAiTeacher } from '../../data/teacher/openai-teacher.js';
import type { Teacher } from '../../data/teacher/teacher.js';
import { createLikelihoodScorer } from '../../engine/onnx/likelihood.js';
import { createOnnxSystem } from '../../engine/onnx/system.js';
import type { Model } from '../../model/model.js';
import { dataDirectory, type Job } from './job.js';
import { openRecipeModel } from './open-model.js';
import { engineSettings } from './settings.js';

/** What `prepareDataset` is given, and how it is put away. */
export interface DataHelpers {
  teacher?: Teacher;
  judge?: Teacher;
  model?: DataModel;
  close(): Promise<void>;
}

/** Opens what the recipe asks for. A teacher without an endpoint, and the base model, are the recipe's own model. */
export async function openDataHelpers(job: Job): Promise<DataHelpers> {
  const { teacher: settings, quality } = job.recipe.data;
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
  return {
    teacher: settings ? asked : undefined,
    judge: quality.judge && asked ? createCachedTeacher(asked, join(dataDirectory, '.answers')) : undefined,
    model,
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
