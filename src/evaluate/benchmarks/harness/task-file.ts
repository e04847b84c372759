/**
 * A task file of lm-evaluation-harness with the files that it includes
 * (https://github.com/EleutherAI/lm-evaluation-harness/blob/main/docs/task_guide.md).
 * @module
 */
import { dirname, isAbsolute, join, normalize, resolve, sep } from 'node:path';
import type { ScalarTag } from 'yaml';
import * as z from 'zod';
import { jsonSchemaOf } from '../../../recipe/json-schema.js';
import { explainIssues, type FoundProblem, RecipeError } from '../../../recipe/problems.js';
import { locateProblems, parseYamlFile, readYamlText, type YamlFile } from '../../../recipe/yaml-file.js';

/** Python code that a file names with `!function`; it is never executed. */
class FunctionName {
  constructor(readonly name: string) {}
}

const functionTag: ScalarTag = {
  tag: '!function',
  identify: (value) => value instanceof FunctionName,
  resolve: (name) => new FunctionName(name),
};

/** Truth values as PyYAML reads them: `y` and `n` are texts. */
const truthTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  resolve: (text) => /^(?:yes|true|on)$/i.test(text),
};

const source = z.union([z.string(), z.int()]);
const choices = z.union([
  z.array(z.union([z.string(), z.number(), z.boolean()])),
  z.string(),
  z.record(z.string(), z.string()),
]);
const metric = z.looseObject({
  metric: z.string(),
  aggregation: z.string().optional(),
  higher_is_better: z.boolean().optional(),
});
const filterStep = z.looseObject({ function: z.string() });

/** The fields of a task that say what is measured. */
const taskSchema = z.strictObject({
  task: z.string(),
  dataset_path: z.string(),
  dataset_name: z.string().nullish(),
  dataset_kwargs: z
    .looseObject({ data_files: z.unknown().optional(), field: z.string().optional() })
    .nullish(),
  training_split: z.string().nullish(),
  validation_split: z.string().nullish(),
  test_split: z.string().nullish(),
  fewshot_split: z.string().nullish(),
  output_type: z
    .enum(['generate_until', 'multiple_choice', 'loglikelihood', 'loglikelihood_rolling'])
    .default('generate_until'),
  doc_to_text: source.default(''),
  doc_to_target: z.union([source, z.array(z.string())]).default(''),
  doc_to_choice: choices.optional(),
  description: z.string().default(''),
  target_delimiter: z.string().default(' '),
  fewshot_delimiter: z.string().default('\n\n'),
  gen_prefix: z.string().nullish(),
  num_fewshot: z.int().min(0).nullish(),
  fewshot_config: z
    .strictObject({
      sampler: z.string().default('default'),
      split: z.string().nullish(),
      samples: z.array(z.record(z.string(), z.unknown())).nullish(),
      doc_to_text: source.optional(),
      doc_to_target: source.optional(),
      doc_to_choice: choices.optional(),
      target_delimiter: z.string().optional(),
      fewshot_delimiter: z.string().optional(),
      gen_prefix: z.string().nullish(),
    })
    .nullish(),
  generation_kwargs: z
    .looseObject({
      until: z.union([z.string(), z.array(z.string())]).optional(),
      max_gen_toks: z.int().min(1).optional(),
      do_sample: z.boolean().optional(),
      temperature: z.coerce.number().optional(),
      top_p: z.number().optional(),
      top_k: z.int().optional(),
    })
    .nullish(),
  metric_list: z.array(metric).min(1).nullish(),
  filter_list: z.array(z.strictObject({ name: z.string(), filter: z.array(filterStep).min(1) })).nullish(),
});

/** A task whose fields are known and of the right kinds. */
export type HarnessTask = z.output<typeof taskSchema>;

/** Fields that say nothing about what is measured. */
const ignored = [
  'tag',
  'group',
  'group_alias',
  'task_alias',
  'metadata',
  'should_decontaminate',
  'doc_to_decontamination_query',
  'aggregate_metric_list',
];
/** Fields that need Python code or another modality. */
const unreadable = new Map([
  ['process_docs', 'changes the records with Python code'],
  ['process_results', 'scores with Python code'],
  ['custom_dataset', 'makes the records with Python code'],
  ['class', 'is a task in Python code'],
  ['use_prompt', 'takes its prompt from promptsource'],
  ['doc_to_image', 'asks about pictures'],
  ['doc_to_audio', 'asks about sound'],
]);
const rewrite =
  "write the benchmark as Attune's own YAML (docs/benchmarks.md): `prompt`, `target` and `choices` as templates, and a scorer of your own in TypeScript where one is needed";

/** A task, and where each of its fields stands. */
export interface TaskFile {
  task: HarnessTask;
  /** Fields that were left out. */
  leftOut: string[];
  /** @throws RecipeError that points at the fields, in the file that sets them */
  fail: (problems: readonly FoundProblem[]) => never;
}

/** Whether a text is a task of the harness and not a benchmark of Attune's own, by the fields that only one of them has. */
export function looksLikeTask(text: string): boolean {
  const has = (...names: string[]): boolean => new RegExp(`^(?:${names.join('|')})\\s*:`, 'm').test(text);
  if (has('output_type', 'doc_to_text', 'doc_to_target', 'dataset_path', 'include')) return true;
  return has('task') && !has('name', 'items', 'target', 'output');
}

/**
 * Reads a task with its includes; the file's own fields go before those that it includes.
 *
 * @throws RecipeError with file and line of every field that cannot be read
 */
export async function readTaskFile(file: string): Promise<TaskFile> {
  const fields = new Map<string, { value: unknown; yaml: YamlFile }>();
  const main = await readInto(fields, file, []);
  const fail: TaskFile['fail'] = (problems) => {
    const [first] = problems;
    const owner = (problem: FoundProblem | undefined): YamlFile =>
      fields.get(String(problem?.path[0]))?.yaml ?? main;
    const yaml = owner(first);
    throw new RecipeError(
      yaml.file,
      locateProblems(
        yaml,
        problems.filter((problem) => owner(problem) === yaml),
      ),
    );
  };
  if (Array.isArray(fields.get('task')?.value)) {
    fail([
      {
        path: ['task'],
        atKey: true,
        message: 'this is a group of tasks, not a task',
        fix: 'name the file of one of its tasks',
      },
    ]);
  }
  const code = [...fields].flatMap(([name, { value }]) => codeProblems(name, value));
  if (code.length > 0) fail(code);
  const { repeats } = Object.fromEntries([...fields].map(([name, { value }]) => [name, value]));
  if (repeats !== undefined && repeats !== 1) {
    fail([
      {
        path: ['repeats'],
        atKey: true,
        message: 'repeats: every question is asked once',
        fix: 'set it to 1',
      },
    ]);
  }
  const leftOut = ignored.filter((name) => fields.has(name));
  const input = Object.fromEntries(
    [...fields]
      .filter(([name]) => !ignored.includes(name) && !['repeats', 'unsafe_code'].includes(name))
      .map(([name, { value }]) => [name, value]),
  );
  const result = taskSchema.safeParse(input);
  if (!result.success) return fail(explainIssues(result.error.issues, input, jsonSchemaOf(taskSchema)));
  return { task: result.data, leftOut, fail };
}

function codeProblems(name: string, value: unknown): FoundProblem[] {
  const why = unreadable.get(name);
  const found = findFunction(value, [name]);
  if (found) {
    const message = `\`${found.path.join('.')}\` is Python code (${found.name}), which is never executed`;
    return [{ path: found.path, atKey: false, message, fix: rewrite }];
  }
  if (why === undefined || value === null) return [];
  return [{ path: [name], atKey: true, message: `\`${name}\` ${why}, which cannot be read`, fix: rewrite }];
}

function findFunction(
  value: unknown,
  path: PropertyKey[],
): { path: PropertyKey[]; name: string } | undefined {
  if (value instanceof FunctionName) return { path, name: value.name };
  if (typeof value !== 'object' || value === null) return undefined;
  const entries: [PropertyKey, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  for (const [key, inner] of entries) {
    const found = findFunction(inner, [...path, key]);
    if (found) return found;
  }
  return undefined;
}

async function readInto(
  fields: Map<string, { value: unknown; yaml: YamlFile }>,
  file: string,
  above: readonly string[],
): Promise<YamlFile> {
  // The harness reads YAML 1.1, where a bare `yes` is true, and takes the last of fields that are there twice.
  const yaml = parseYamlFile(await readYamlText(file), file, {
    version: '1.1',
    uniqueKeys: false,
    customTags: (tags) => [
      functionTag,
      truthTag,
      ...tags.filter((tag) => typeof tag === 'string' || tag.tag !== truthTag.tag),
    ],
  });
  const content: unknown = yaml.document.toJS();
  const problem = (path: PropertyKey[], message: string, fix: string): RecipeError =>
    new RecipeError(file, locateProblems(yaml, [{ path, atKey: false, message, fix }]));
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw problem(
      [],
      'is no task: its fields are missing',
      'write `task: name` and the other fields of a task',
    );
  }
  const { include, ...own } = content as Record<string, unknown>;
  for (const path of Array.isArray(include) ? include : include === undefined ? [] : [include]) {
    const climbs = normalize(String(path))
      .split(sep)
      .filter((part) => part === '..').length;
    if (typeof path !== 'string' || isAbsolute(path) || climbs > 3) {
      throw problem(
        ['include'],
        `include: ${String(path)} is no path near this file`,
        'name a file relative to this one, at most three folders up',
      );
    }
    const included = join(dirname(file), path);
    if (included === file || above.includes(resolve(included)) || above.length > 10) {
      throw problem(['include'], `include: ${path} leads back to itself`, 'remove one of the includes');
    }
    await readInto(fields, included, [...above, resolve(file)]);
  }
  for (const [name, value] of Object.entries(own)) fields.set(name, { value, yaml });
  return yaml;
}
