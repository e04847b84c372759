/**
 * The worked examples of a task, as the harness's samplers choose them (`lm_eval/api/samplers.py`).
 * @module
 */
import { AttuneError } from '../../../errors.js';
import { randomStream } from '../../../random.js';
import type { LoadBenchmarkOptions } from '../load-options.js';
import { documents, readSplit, type TaskDocument } from './documents.js';
import type { HarnessTask } from './task-file.js';

/** Chooses the worked examples of a document. */
export type ChooseExamples = (doc: TaskDocument) => readonly TaskDocument[];

/**
 * What chooses the worked examples: with `first_n` the first of the split, as in the harness. Its default draws anew for every
 * document with Python's random numbers; here the same are drawn for all, by our own.
 *
 * @throws AttuneError when there are too few documents or the sampler is not known
 */
export async function exampleChooser(
  task: HarnessTask,
  file: string,
  options: LoadBenchmarkOptions,
): Promise<ChooseExamples> {
  const count = task.num_fewshot ?? 0;
  if (count === 0) return () => [];
  const sampler = task.fewshot_config?.sampler ?? 'default';
  if (sampler !== 'default' && sampler !== 'first_n') {
    throw new AttuneError(`\`fewshot_config.sampler: ${sampler}\` is not known`, {
      file,
      field: 'fewshot_config.sampler',
      fix: 'use first_n or default',
    });
  }
  const configured = task.fewshot_config?.split ?? task.fewshot_split ?? undefined;
  const samples = task.fewshot_config?.samples;
  const split = configured ?? task.training_split ?? task.validation_split ?? task.test_split ?? '';
  const { signal, onProgress } = options;
  const all =
    configured === undefined && samples
      ? documents(
          samples.map((fields, index) => ({ fields, file, place: `fewshot_config.samples[${index}]` })),
        )
      : await readSplit(task, split, file, { signal, onProgress });
  if (sampler === 'default') {
    options.onNotice?.(
      'the worked examples are the same for all questions and not those of the harness, which draws them with Python; `fewshot_config: {sampler: first_n}` gives the same in both',
    );
  }
  const pool = sampler === 'first_n' ? all : randomStream(1234, 'few-shot', task.task).shuffle(all);
  // The harness leaves the document itself out where both come from one split, or neither is named.
  const sameSplit = (configured ?? null) === (task.test_split ?? null);
  const keys = sameSplit ? new Map(pool.map((doc) => [doc, keyOf(doc)])) : undefined;
  const check = (chosen: readonly TaskDocument[]): readonly TaskDocument[] => {
    if (chosen.length === count) return chosen;
    throw new AttuneError(`\`num_fewshot: ${count}\`: there are ${chosen.length} worked examples`, {
      file,
      field: 'num_fewshot',
      fix: 'set it lower, or name a larger `fewshot_split`',
    });
  };
  const first = check(pool.slice(0, count));
  if (!keys) return () => first;
  return (doc) => {
    const own = keyOf(doc);
    const chosen: TaskDocument[] = [];
    for (const one of pool) {
      if (chosen.length === count) break;
      if (keys.get(one) !== own) chosen.push(one);
    }
    return check(chosen);
  };
}

const keyOf = ({ record }: TaskDocument): string => JSON.stringify(record.fields);
