/**
 * A task of lm-evaluation-harness as a benchmark.
 * @module
 */

import { spreadOverTasks } from '../../../data/spread-over-tasks.js';
import type { AttuneError } from '../../../errors.js';
import type { Benchmark, OutputType } from '../benchmark.js';
import { recordError } from '../field-templates.js';
import type { BenchmarkItem } from '../item.js';
import type { LoadBenchmarkOptions } from '../load-options.js';
import { layOutPrompt } from '../prompt-layout.js';
import { textReference } from '../reference.js';
import { resolveMeasures } from '../scorer-specs.js';
import { harnessDialect } from '../templates/dialect.js';
import { compileTemplate } from '../templates/template.js';
import { TemplateError, textOf, type Value } from '../templates/values.js';
import { type DocSettings, DocWriter, type WrittenDoc } from './doc-templates.js';
import { readSplit, type TaskDocument } from './documents.js';
import { type TaskMeasures, taskMeasures } from './measures.js';
import { type HarnessTask, looksLikeTask, readTaskFile, type TaskFile } from './task-file.js';
import { exampleChooser } from './worked-examples.js';

/** Whether the text of a file is a task of the harness and not a benchmark in Attune's own form. */
export const isHarnessTask = looksLikeTask;

const outputs: Record<HarnessTask['output_type'], OutputType> = {
  generate_until: 'generate',
  multiple_choice: 'multiple_choice',
  loglikelihood: 'perplexity',
  loglikelihood_rolling: 'perplexity',
};

/**
 * Reads a task of lm-evaluation-harness (0.4). Its prompts are those that the harness builds, byte for byte, without worked
 * examples and with those of `first_n`. Python code in it is never executed.
 *
 * @throws RecipeError for fields that cannot be read; AttuneError for records that cannot be read or asked
 */
export async function loadHarnessTask(file: string, options: LoadBenchmarkOptions): Promise<Benchmark> {
  const taskFile = await readTaskFile(file);
  const { task } = taskFile;
  if (taskFile.leftOut.length > 0) options.onNotice?.(`not used: ${taskFile.leftOut.join(', ')}`);
  const measures = taskMeasures(task);
  if (measures.problems.length > 0) taskFile.fail(measures.problems);
  const split = task.test_split ?? task.validation_split;
  if (!split) {
    taskFile.fail([
      {
        path: ['test_split'],
        atKey: false,
        message: 'neither `test_split` nor `validation_split` is named',
        fix: 'name the split whose documents are asked',
      },
    ]);
  }
  const docs = await readSplit(task, split!, file, options);
  const chooser = await exampleChooser(task, file, options);
  const columns = new Set(docs[0]!.values.keys());
  const settings: DocSettings = task;
  const writer = new DocWriter(settings, columns);
  const { sampler: _, split: __, samples: ___, fewshot_delimiter, ...own } = task.fewshot_config ?? {};
  const exampleWriter = new DocWriter({ ...settings, ...own } as DocSettings, columns, ['fewshot_config']);
  const problems = [...writer.problems, ...(task.fewshot_config ? exampleWriter.problems : [])];
  if (problems.length > 0) taskFile.fail(problems);
  const between = fewshot_delimiter ?? task.fewshot_delimiter;
  const describe = descriptions(task, taskFile, columns);
  const built = docs.map((doc, index) => {
    const written = writer.write(doc);
    const shots = chooser(doc).map((shot) => ({ doc: shot, ...exampleWriter.example(shot) }));
    const examples = shots.map(({ question, answer }) => question + answer + (answer === '' ? '' : between));
    return {
      item: itemOf(task, doc, index, written, writer.prompt(written)),
      shots,
      preamble: describe(doc),
      whole: `${describe(doc)}${examples.join('')}${writer.prompt(written)}`,
    };
  });
  const resolved = await resolveParts(measures, task, file, options, taskFile);
  const layout = {
    preamble: built[0]!.preamble,
    targetDelimiter: task.target_delimiter,
    fewShotDelimiter: between,
  };
  const fewShot = built[0]!.shots.map(({ doc, question, answer }, index): BenchmarkItem => {
    const text = question.endsWith(layout.targetDelimiter)
      ? question.slice(0, question.length - layout.targetDelimiter.length)
      : question;
    return {
      id: `example-${index}`,
      task: task.task,
      group: `example-${index}`,
      prompt: { text },
      reference: textReference(answer),
      fields: doc.record.fields,
    };
  });
  // Where the parts do not come to the harness's prompt (examples or a description that differ by document, a rolling text
  // that has none), the whole prompt is the question.
  const isRolling = task.output_type === 'loglikelihood_rolling';
  const inParts =
    !isRolling && built.every(({ item, whole }) => layOutPrompt(item, fewShot, layout).text === whole);
  const items = built.map(({ item, whole }) =>
    inParts ? item : { ...item, prompt: { text: isRolling ? '' : whole } },
  );
  return {
    name: task.task
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/^[^a-z0-9]+/, ''),
    output: outputs[task.output_type],
    items: spreadOverTasks(items, options.maxItems ?? null),
    fewShot: inParts ? fewShot : [],
    layout: inParts ? layout : { ...layout, preamble: '' },
    ...resolved,
    generation: task.output_type === 'generate_until' ? generationOf(task, options) : {},
    source: `${task.dataset_path}${task.dataset_name ? ` (${task.dataset_name})` : ''}, ${split}`,
  };
}

/** The description before a document: the same for all, or a template over it. */
function descriptions(
  { description }: HarnessTask,
  { fail }: TaskFile,
  columns: ReadonlySet<string>,
): (doc: TaskDocument) => string {
  if (description === '') return () => '';
  if (columns.has(description)) return ({ values }) => textOf(values.get(description) ?? '');
  try {
    const template = compileTemplate(description, harnessDialect);
    return (doc) => {
      try {
        return template.render(doc.values);
      } catch (error) {
        throw error instanceof TemplateError ? recordError(doc.record, 'description', error) : error;
      }
    };
  } catch (error) {
    return fail([
      {
        path: ['description'],
        atKey: false,
        message: `description: ${(error as Error).message}`,
        fix: 'mend the template',
      },
    ]);
  }
}

function itemOf(
  task: HarnessTask,
  { record }: TaskDocument,
  index: number,
  { choices, target }: WrittenDoc,
  prompt: string,
): BenchmarkItem {
  const id = String(index);
  const fail = (message: string): AttuneError =>
    recordError(record, 'doc_to_target', new TemplateError(message));
  const item = { id, task: task.task, group: id, prompt: { text: prompt }, fields: record.fields };
  if (task.output_type === 'multiple_choice') {
    if (!choices)
      throw recordError(record, 'doc_to_choice', new TemplateError('is missing for multiple_choice'));
    if (Array.isArray(target)) throw fail('gives several right choices, which cannot be read');
    const choice = typeof target === 'string' ? choices.indexOf(target) : Number(target);
    const text = Number.isInteger(choice) && choice >= 0 ? choices[choice] : undefined;
    if (text === undefined)
      throw fail(`gives ${textOf(target)}, which is none of the ${choices.length} choices`);
    return { ...item, reference: textReference(text, { choice }), choices };
  }
  const [text = '', ...alternatives] = rightTexts(target, choices, fail);
  return { ...item, reference: textReference(text, alternatives.length > 0 ? { alternatives } : {}) };
}

/** Every right text; with choices the one that the index names. */
function rightTexts(
  target: Value,
  choices: readonly string[] | undefined,
  fail: (message: string) => AttuneError,
): string[] {
  if (Array.isArray(target)) return target.map(textOf);
  if (!choices) return [textOf(target)];
  const text = typeof target === 'number' ? choices.at(target) : undefined;
  if (text === undefined)
    throw fail(`gives ${textOf(target)}, which is no index of the ${choices.length} choices`);
  return [text];
}

async function resolveParts(
  { parts }: TaskMeasures,
  { output_type }: HarnessTask,
  file: string,
  { resolveScorers }: LoadBenchmarkOptions,
  { fail }: TaskFile,
): Promise<Pick<Benchmark, 'scorers' | 'metrics' | 'metric'>> {
  const scorers: Benchmark['scorers'][number][] = [];
  const metrics: Benchmark['metrics'][number][] = [];
  for (const part of parts) {
    if ('settings' in part) {
      const output = outputs[output_type];
      const measured = await resolveMeasures([part], { output, file }, undefined, resolveScorers);
      if ('path' in measured) return fail([{ ...measured, path: ['metric_list'] }]);
      scorers.push(...measured.scorers);
      metrics.push(...measured.metrics);
    } else {
      scorers.push(...part.scorers);
      metrics.push(...part.metrics);
    }
  }
  return { scorers, metrics, metric: metrics[0]!.name };
}

/** Settings of generation; the harness's defaults are greedy, 256 tokens, and the delimiter of examples as the end. */
function generationOf(
  { generation_kwargs: kwargs, fewshot_delimiter }: HarnessTask,
  { onNotice }: LoadBenchmarkOptions,
): Benchmark['generation'] {
  const { until, max_gen_toks = 256, do_sample, temperature = 0, top_p, top_k, ...rest } = kwargs ?? {};
  const unused = Object.keys(rest);
  if (unused.length > 0) onNotice?.(`not used: generation_kwargs.${unused.join(', generation_kwargs.')}`);
  const stop = (until === undefined ? [fewshot_delimiter] : [until].flat()).filter((text) => text !== '');
  return {
    max_new_tokens: max_gen_toks,
    temperature: do_sample === false ? 0 : temperature,
    ...(top_p === undefined ? {} : { top_p }),
    ...(top_k === undefined ? {} : { top_k }),
    ...(stop.length > 0 ? { stop } : {}),
  };
}
