/**
 * Reads a recipe: YAML with line numbers, checked against the schema, every problem reported at once.
 * @module
 */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  type Document,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  parse as parseYaml,
  stringify,
} from 'yaml';
import { UsageError } from '../errors.js';
import { fileError } from '../files.js';
import { recipeJsonSchema } from './json-schema.js';
import { rebaseRecipe } from './paths.js';
import { explainIssues, type FoundProblem, RecipeError, type RecipeProblem } from './problems.js';
import { type Recipe, recipeSchema, resolveRecipe } from './schema.js';

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
  const text = await readFile(file, 'utf8').catch((error) => {
    const { message, fix } = fileError(error, file);
    throw new UsageError(message, { file, fix, cause: error });
  });
  return rebaseRecipe(parseRecipe(text, file, options), dirname(resolve(file)), process.cwd());
}

/** {@link loadRecipe} for text that is at hand: `file` is only named in messages, paths stay as they are written. */
export function parseRecipe(text: string, file: string, options: LoadOptions = {}): Recipe {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new RecipeError(
      file,
      document.errors.map((error) => ({ field: '', ...explainYaml(error), ...place(lines, error.pos[0]) })),
    );
  }
  const overridden = applyOverrides(document, options.overrides ?? []);
  const input: unknown = document.toJS() ?? {};
  const result = recipeSchema.safeParse(input);
  if (result.success) return resolveRecipe(result.data);
  const problems = explainIssues(result.error.issues, input, recipeJsonSchema())
    .map((problem) => locate(problem, document, lines, overridden))
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  throw new RecipeError(file, problems);
}

/** The recipe as YAML, every default written out. */
export function formatRecipe(recipe: Recipe): string {
  return stringify(recipe, { lineWidth: 110 });
}

function explainYaml(error: { code: string; message: string }): { message: string; fix?: string } {
  if (error.code === 'DUPLICATE_KEY') {
    return { message: 'this field is there twice', fix: 'keep one of the two' };
  }
  const fixes: Record<string, string> = {
    TAB_AS_INDENT: 'indent with spaces',
    BAD_INDENT: 'align the line with its neighbours',
  };
  return { message: `is not valid YAML: ${error.message}`, fix: fixes[error.code] };
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

/** Finds the place of a problem: the field's own, else that of the nearest section around it. */
function locate(
  problem: FoundProblem,
  document: Document.Parsed,
  lines: LineCounter,
  overridden: ReadonlySet<string>,
): RecipeProblem {
  const field = problem.path.join('.');
  const { message, fix } = problem;
  if (
    [...overridden].some((set) => field === set || set.startsWith(`${field}.`) || field.startsWith(`${set}.`))
  ) {
    return { field, message: `${message} (given with --set)`, fix };
  }
  for (let depth = problem.path.length; depth > 0; depth--) {
    const offset = offsetAt(document, problem.path.slice(0, depth), problem.atKey);
    if (offset !== undefined) return { field, message, fix, ...place(lines, offset) };
  }
  return { field, message, fix, line: 1 };
}

function offsetAt(document: Document.Parsed, path: PropertyKey[], atKey: boolean): number | undefined {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  const last = path.at(-1);
  const pair = isMap(parent)
    ? (parent.items as Pair[]).find(({ key }) => String(isScalar(key) ? key.value : key) === String(last))
    : undefined;
  const value = pair?.value ?? document.getIn(path, true);
  return rangeStart(atKey ? pair?.key : value) ?? rangeStart(pair?.key);
}

const rangeStart = (node: unknown): number | undefined => (node as Node | undefined)?.range?.[0];

function place(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
