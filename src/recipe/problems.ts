/**
 * What zod found wrong with a recipe, or another YAML file of a user, in words for the person who wrote it.
 * @module
 */
import type { z } from 'zod';
import { UsageError } from '../errors.js';
import { type JsonSchema, schemasAt } from './json-schema.js';
import { nearestName } from './nearest.js';

/** Something wrong with a recipe, or another YAML file of a user. */
export interface RecipeProblem {
  /** Path of the field, dots between names, as for `--set`. */
  field: string;
  message: string;
  fix?: string;
  /** 1-based place in the file; absent for a field that the file does not hold. */
  line?: number;
  column?: number;
}

/** A recipe, or another YAML file of a user, that cannot be used; carries every problem found, not only the first. */
export class RecipeError extends UsageError {
  constructor(
    readonly recipeFile: string,
    readonly problems: readonly RecipeProblem[],
  ) {
    const [first] = problems;
    super(problems.length === 1 ? first!.message : `${problems.length} problems in the file`, {
      file: recipeFile,
      line: first!.line,
      field: first!.field,
      fix: first!.fix,
    });
  }

  /** One paragraph a problem: `file:line:column: message`, and its fix below. */
  override describe(): string {
    return this.problems
      .map(({ line, column, message, fix }) => {
        const place = line ? `:${line}${column ? `:${column}` : ''}` : '';
        return `${this.recipeFile}${place}: ${message}${fix ? `\n  fix: ${fix}` : ''}`;
      })
      .join('\n');
  }
}

/** A problem before it has a place: `path` leads to the field, `atKey` says that its name is wrong, not its value. */
export interface FoundProblem {
  path: PropertyKey[];
  atKey: boolean;
  message: string;
  fix?: string;
}

/**
 * Puts zod's issues into words.
 *
 * @param issues what `safeParse` reported
 * @param input the value that was parsed
 * @param schema the file's JSON Schema, for the names and values that would have been right
 */
export function explainIssues(
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  schema: JsonSchema,
): FoundProblem[] {
  return issues.flatMap((issue) => explain(issue, [], input, schema));
}

function explain(
  issue: z.core.$ZodIssue,
  base: PropertyKey[],
  input: unknown,
  schema: JsonSchema,
): FoundProblem[] {
  const path = [...base, ...issue.path];
  const found = valueAt(input, path);
  const name = path.join('.');
  const problem = (message: string, fix?: string): FoundProblem[] => [{ path, atKey: false, message, fix }];
  const missing = found === undefined && issue.code !== 'custom';
  if (missing) return [{ ...missingField(path, schema), atKey: false }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(path, key, schema));
    case 'invalid_union':
      return explainUnion(issue, path, input, schema);
    case 'invalid_value':
      return problem(
        `${name}: ${wantedAndFound(issue.values.map(String), found)}`,
        meant(found, issue.values),
      );
    case 'invalid_type': {
      // the JSON Schema knows a whole number from a number where zod does not yet
      const wanted = schemasAt(schema, path).flatMap(wantedBy)[0] ?? typeName(issue.expected);
      return problem(`${name || 'the file'}: wanted ${wanted}, found ${valueName(found)}`);
    }
    case 'too_small':
      return problem(
        `${name}: wanted ${bound('more than', 'at least', issue.minimum, issue)}, found ${valueName(found)}`,
      );
    case 'too_big':
      return problem(
        `${name}: wanted ${bound('less than', 'at most', issue.maximum, issue)}, found ${valueName(found)}`,
      );
    default:
      return problem(name ? `${name}: ${issue.message}` : issue.message);
  }
}

function explainUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: PropertyKey[],
  input: unknown,
  schema: JsonSchema,
): FoundProblem[] {
  // A member whose own type fits says more than the list of all members.
  const fitting = issue.errors.find((errors) => errors.every((error) => error.path.length > 0));
  if (fitting) return fitting.flatMap((nested) => explain(nested, path, input, schema));
  const choices = [...new Set(schemasAt(schema, path).flatMap(wantedBy))];
  const found = valueAt(input, path);
  return [
    {
      path,
      atKey: false,
      message: `${path.join('.')}: ${wantedAndFound(choices, found)}`,
      fix: meant(found, choices),
    },
  ];
}

function unknownField(path: PropertyKey[], key: string, schema: JsonSchema): FoundProblem {
  const known = schemasAt(schema, path).flatMap((member) => Object.keys(member.properties ?? {}));
  const nearest = nearestName(key, known);
  const elsewhere =
    nearest === key ? undefined : sectionsWith(key, schema).find((section) => section !== path.join('.'));
  const where = path.length ? ` in \`${path.join('.')}\`` : '';
  const fix = elsewhere
    ? `move it to the section \`${elsewhere}\``
    : nearest
      ? `did you mean \`${nearest}\`?`
      : `the fields here are ${known.join(', ')}`;
  return { path: [...path, key], atKey: true, message: `unknown field \`${key}\`${where}`, fix };
}

function missingField(path: PropertyKey[], schema: JsonSchema): Omit<FoundProblem, 'atKey'> {
  const [wanted] = schemasAt(schema, path);
  const about = wanted?.description ? `: ${wanted.description}` : '';
  return { path, message: `\`${path.join('.')}\` is missing`, fix: `add it${about}` };
}

/** Top-level sections that have a field of this name (`''` is the recipe itself). */
function sectionsWith(key: string, schema: JsonSchema): string[] {
  return Object.entries(schema.properties ?? {})
    .filter(([section]) => schemasAt(schema, [section]).some((member) => member.properties?.[key]))
    .map(([section]) => section);
}

function wantedBy(schema: JsonSchema): string[] {
  if (schema.const !== undefined) return [String(schema.const)];
  if (schema.enum) return schema.enum.map(String);
  if (schema.type) return [typeName(schema.type)];
  return [];
}

function wantedAndFound(wanted: readonly string[], found: unknown): string {
  const list = wanted.length > 1 ? `one of ${wanted.join(', ')}` : (wanted[0] ?? 'something else');
  return `wanted ${list}; found ${valueName(found)}`;
}

function meant(found: unknown, choices: readonly unknown[]): string | undefined {
  if (typeof found !== 'string') return undefined;
  const nearest = nearestName(
    found,
    choices.filter((choice): choice is string => typeof choice === 'string' && !choice.includes(' ')),
  );
  return nearest ? `did you mean \`${nearest}\`?` : undefined;
}

function bound(
  strict: string,
  inclusive: string,
  limit: number | bigint,
  issue: { inclusive?: boolean; origin: string },
): string {
  const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : '';
  return `${issue.inclusive === false ? strict : inclusive} ${limit}${unit}`;
}

function typeName(type: string): string {
  const names: Record<string, string> = {
    string: 'text',
    int: 'a whole number',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
    object: 'a section with fields',
    array: 'a list',
    null: 'nothing (null)',
  };
  return names[type] ?? type;
}

function valueName(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a section with fields';
  if (typeof value === 'string')
    return `the text "${value.length > 60 ? `${value.slice(0, 57)}...` : value}"`;
  return String(value);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    input,
  );
}
