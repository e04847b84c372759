/**
 * Reads a recipe: YAML with line numbers, checked against the schema, every problem reported at once.
 * @module
 */
import { dirname, resolve } from 'node:path';
import { type Document, parse as parseYaml, stringify } from 'yaml';
import type { z } from 'zod';
import { UsageError } from '../errors.js';
import { type JsonSchema, recipeJsonSchema } from './json-schema.js';
import { rebaseRecipe } from './paths.js';
import { explainIssues, type FoundProblem, RecipeError, type RecipeProblem } from './problems.js';
import { type Recipe, recipeSchema, resolveRecipe } from './schema.js';
import { inOrder, locateProblem, parseYamlFile, readYamlText, type YamlFile } from './yaml-file.js';

/** How to read a recipe. */
export interface LoadOptions {
  /** Fields that replace those of the file, as `section.field=value`; the value is YAML. */
  overrides?: readonly string[];
}

/**
 * Reads, checks and resolves a recipe.
 *
 * Paths in a recipe are relative to its folder; in the result they are relative to the working directory.
 *
 * @param file path of the YAML file
 * @throws RecipeError with file, line, column and the nearest right name of every problem
 */
export async function loadRecipe(file: string, options: LoadOptions = {}): Promise<Recipe> {
  const text = await readYamlText(file);
  return rebaseRecipe(parseRecipe(text, file, options), dirname(resolve(file)), process.cwd());
}

/** {@link loadRecipe} for text that is at hand: `file` is only named in messages, paths stay as they are written. */
export function parseRecipe(text: string, file: string, options: LoadOptions = {}): Recipe {
  return resolveRecipe(checkYaml(openYaml(text, file, options), recipeSchema, recipeJsonSchema()));
}

/** A YAML file with the fields of the command line set in it. */
export interface OpenedYaml extends YamlFile {
  overridden: ReadonlySet<string>;
}

/** Parses the file and sets the fields of `options`. */
export function openYaml(text: string, file: string, { overrides = [] }: LoadOptions): OpenedYaml {
  const yaml = parseYamlFile(text, file);
  return { ...yaml, overridden: applyOverrides(yaml.document, overrides) };
}

/**
 * The content of a file as a schema reads it.
 *
 * @throws RecipeError with every problem and its place
 */
export function checkYaml<Schema extends z.ZodType>(
  yaml: OpenedYaml,
  schema: Schema,
  jsonSchema: JsonSchema,
): z.output<Schema> {
  const input: unknown = yaml.document.toJS() ?? {};
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = explainIssues(result.error.issues, input, jsonSchema).map((problem) =>
    locate(problem, yaml, yaml.overridden),
  );
  throw new RecipeError(yaml.file, inOrder(problems));
}

/**
 * The line of a field, as `stages.0.select`, or of the section around it; for what is found out after the recipe was read.
 *
 * @returns undefined where the file has neither, or the field came from the command line
 */
export async function lineOfField(
  file: string,
  field: string,
  options: LoadOptions = {},
): Promise<number | undefined> {
  const yaml = openYaml(await readYamlText(file), file, options);
  const path = field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  if (!yaml.document.has(path[0])) return undefined;
  return locate({ path, atKey: true, message: '' }, yaml, yaml.overridden).line;
}

/** The recipe as YAML, every default written out. */
export function formatRecipe(recipe: Recipe): string {
  return stringify(recipe, { lineWidth: 110 });
}

function applyOverrides(document: Document.Parsed, overrides: readonly string[]): Set<string> {
  const fields = new Set<string>();
  for (const override of overrides) {
    const equals = override.indexOf('=');
    const field = override.slice(0, equals).trim();
    if (equals < 1 || field === '') {
      throw new UsageError(`--set ${override}: wanted field=value`, {
        fix: 'write for example --set training.learning_rate=1e-4',
      });
    }
    const value = parseOverride(override.slice(equals + 1), field);
    const path = field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    try {
      document.setIn(path, document.createNode(value));
    } catch (error) {
      throw new UsageError(`--set ${field}: there is no such place in the recipe`, { field, cause: error });
    }
    fields.add(field);
  }
  return fields;
}

function parseOverride(text: string, field: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    throw new UsageError(`--set ${field}: the value is not valid YAML`, { field, cause: error });
  }
}

/** The place of a problem in the file, or that it came from the command line. */
function locate(problem: FoundProblem, yaml: YamlFile, overridden: ReadonlySet<string>): RecipeProblem {
  const field = problem.path.join('.');
  const isSet = [...overridden].some(
    (set) => field === set || set.startsWith(`${field}.`) || field.startsWith(`${set}.`),
  );
  if (isSet) return { field, message: `${problem.message} (given with --set)`, fix: problem.fix };
  return locateProblem(yaml, problem);
}
