/**
 * A benchmark in Attune's own form.
 * @module
 */
import { dirname, resolve } from 'node:path';
import { spreadOverTasks } from '../../data/spread-over-tasks.js';
import { type BenchmarkFile, benchmarkFileSchema, benchmarkJsonSchema } from '../../recipe/benchmark.js';
import { explainIssues, type FoundProblem, RecipeError } from '../../recipe/problems.js';
import { locateProblem, locateProblems, parseYamlFile, type YamlFile } from '../../recipe/yaml-file.js';
import type { Benchmark } from './benchmark.js';
import { takeShots } from './few-shot.js';
import { TemplateReader } from './field-templates.js';
import type { BenchmarkItem } from './item.js';
import { checkIds, itemMaker } from './items-from-records.js';
import { keepRecords } from './keep.js';
import type { LoadBenchmarkOptions } from './load-options.js';
import { readBenchmarkRecords } from './records.js';
import { resolveMeasures, scorerSpecs } from './scorer-specs.js';
import { ownDialect } from './templates/dialect.js';

/** Makes the benchmark of a file's text, see `loadBenchmark`. */
export async function ownBenchmark(
  text: string,
  file: string,
  options: LoadBenchmarkOptions,
): Promise<Benchmark> {
  const yaml = parseYamlFile(text, file);
  const settings = checkFile(yaml);
  const reader = new TemplateReader(ownDialect, (path) => {
    const { line } = locateProblem(yaml, { path, atKey: false, message: '' });
    return `${file}:${line}`;
  });
  const make = itemMaker(settings, reader);
  const checkTemplates = (): void => {
    if (reader.problems.length > 0) throw new RecipeError(file, locateProblems(yaml, reader.problems));
  };
  checkTemplates();
  const folder = dirname(resolve(file));
  const source =
    options.itemsPath === undefined
      ? { path: settings.items, folder }
      : { path: options.itemsPath, folder: process.cwd() };
  const { rows, explode, split } = settings;
  const records = await readBenchmarkRecords({ ...source, rows, explode, split }, options);
  const kept = settings.keep ? await keepRecords(records, settings.keep, folder) : records;
  reader.knowFields(kept);
  checkTemplates();
  const all = kept.map(make);
  checkIds(all, kept);
  const { fewShot, items } = await takeShots(settings, all, make, file, folder, options);
  const measures = await resolveMeasures(
    scorerSpecs(settings.scorers, settings.output, file),
    { output: settings.output, labels: settings.labels?.map(String) ?? commonChoices(all), file },
    settings.metric,
    options.resolveScorers,
  );
  if ('path' in measures) throw new RecipeError(file, locateProblems(yaml, [measures]));
  const { stop, ...generation } = settings.generation;
  return {
    name: settings.name,
    output: settings.output,
    items: spreadOverTasks(items, options.maxItems ?? settings.max_items),
    fewShot,
    layout: {
      preamble: settings.preamble,
      targetDelimiter: settings.target_delimiter,
      fewShotDelimiter: settings.few_shot_delimiter,
    },
    ...measures,
    generation: {
      ...generation,
      ...(stop === undefined ? {} : { stop: typeof stop === 'string' ? [stop] : stop }),
    },
    ...(settings.source === undefined ? {} : { source: settings.source }),
    ...(settings.licence === undefined ? {} : { licence: settings.licence }),
  };
}

function checkFile(yaml: YamlFile): BenchmarkFile {
  const input: unknown = yaml.document.toJS() ?? {};
  const result = benchmarkFileSchema.safeParse(input);
  if (result.success) return result.data;
  const problems: FoundProblem[] = explainIssues(result.error.issues, input, benchmarkJsonSchema());
  throw new RecipeError(yaml.file, locateProblems(yaml, problems));
}

/** The choices where all items have the same. */
function commonChoices(items: readonly BenchmarkItem[]): readonly string[] | undefined {
  const [first] = items;
  const key = JSON.stringify(first?.choices);
  return first?.choices && items.every(({ choices }) => JSON.stringify(choices) === key)
    ? first.choices
    : undefined;
}
