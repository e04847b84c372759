/**
 * Paths in a recipe are relative to the recipe's folder.
 * @module
 */
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { builtinPrompts } from './data/replay.js';
import type { EvaluationSettings } from './evaluation.js';
import type { EvaluationRecipe } from './evaluation-recipe.js';
import type { Recipe } from './schema.js';

/** Whether a model is named by its path: it begins with `.`, `/` or a drive letter. */
function isModelPath(name: string): boolean {
  return name.startsWith('.') || isAbsolute(name);
}

/** Beginning of the path of a source that is a data set of the hub: `hub:owner/name`. */
export const hubPrefix = 'hub:';

/** Whether the path of a source names a data set of the hub. */
export function isHubPath(path: string): boolean {
  return path.startsWith(hubPrefix);
}

/** Whether a source takes the prompts that come with Attune: its path is no path then. */
export function hasBuiltinPrompts({ type, path }: Recipe['data']['sources'][number]): boolean {
  return type === 'replay' && path === builtinPrompts;
}

/**
 * The same recipe with its relative paths rewritten for another folder.
 *
 * @param from folder that the paths are relative to now
 * @param to folder that they shall be relative to
 */
export function rebaseRecipe(recipe: Recipe, from: string, to: string): Recipe {
  const { path: rebase, model: rebaseModel } = rebaser(from, to);
  const { model, data, evaluation } = recipe;
  return {
    ...recipe,
    model: { ...model, name: rebaseModel(model.name) },
    data: {
      ...data,
      sources: data.sources.map((source) =>
        hasBuiltinPrompts(source) ? source : { ...source, path: rebase(source.path) },
      ),
      privacy: data.privacy.names
        ? { ...data.privacy, names: { ...data.privacy.names, model: rebase(data.privacy.names.model) } }
        : data.privacy,
      contamination: {
        ...data.contamination,
        benchmarks: data.contamination.benchmarks.map((one) => ({ ...one, path: rebase(one.path) })),
      },
    },
    evaluation: rebaseEvaluation(evaluation, { path: rebase, model: rebaseModel }),
  };
}

/** An evaluation by itself with its paths rewritten, as {@link rebaseRecipe} does. */
export function rebaseEvaluationRecipe(recipe: EvaluationRecipe, from: string, to: string): EvaluationRecipe {
  const rebase = rebaser(from, to);
  const { model, evaluation } = recipe;
  return {
    ...recipe,
    ...(model ? { model: { ...model, name: rebase.model(model.name) } } : {}),
    evaluation: rebaseEvaluation(evaluation, rebase),
  };
}

/** How a path, and the name of a model that may be one, are rewritten. */
interface Rebase {
  path(path: string): string;
  model(name: string): string;
}

function rebaser(from: string, to: string): Rebase {
  const path = (name: string): string =>
    isAbsolute(name) || isHubPath(name) ? name : relative(to, resolve(from, name)).split(sep).join('/');
  return {
    path,
    model: (name) => {
      if (!isModelPath(name)) return name;
      const moved = path(name);
      return isModelPath(moved) ? moved : `./${moved}`;
    },
  };
}

/** The evaluation section with its paths rewritten: of systems, benchmarks, their items and scorers. */
function rebaseEvaluation(evaluation: EvaluationSettings, rebase: Rebase): EvaluationSettings {
  const system = (entry: SystemEntry): SystemEntry => {
    if (typeof entry === 'string') return entry;
    if (entry.type === 'gguf' && entry.adapter !== undefined) {
      return { ...entry, path: rebase.path(entry.path), adapter: rebase.path(entry.adapter) };
    }
    if ('path' in entry) return { ...entry, path: rebase.path(entry.path) };
    return entry.type === 'model' ? { ...entry, model: rebase.model(entry.model) } : entry;
  };
  const benchmark = (name: string): string => (isBenchmarkPath(name) ? rebase.path(name) : name);
  const { systems, benchmarks, forgetting, judge } = evaluation;
  return {
    ...evaluation,
    systems: systems.map(system),
    benchmarks: benchmarks.map((entry) => ({
      ...entry,
      ...(entry.benchmark === undefined ? {} : { benchmark: benchmark(entry.benchmark) }),
      ...(entry.items === undefined ? {} : { items: rebase.path(entry.items) }),
      ...(entry.facts === undefined ? {} : { facts: rebase.path(entry.facts) }),
      ...(entry.scorers === undefined
        ? {}
        : { scorers: entry.scorers.map((scorer) => rebaseScorer(scorer, rebase)) }),
    })),
    forgetting: forgetting && { ...forgetting, benchmark: benchmark(forgetting.benchmark) },
    ...(judge ? { judge: { ...judge, system: system(judge.system) } } : {}),
  };
}

type SystemEntry = EvaluationSettings['systems'][number];
type ScorerEntry = NonNullable<EvaluationSettings['benchmarks'][number]['scorers']>[number];

function rebaseScorer(scorer: ScorerEntry, { path }: Rebase): ScorerEntry {
  return typeof scorer !== 'string' && typeof scorer.file === 'string'
    ? { ...scorer, file: path(scorer.file) }
    : scorer;
}

/** Whether a benchmark is named by the path of its file: everything else is the name of a built-in one. */
export function isBenchmarkPath(name: string): boolean {
  return /[/\\]|\.ya?ml$/i.test(name);
}
