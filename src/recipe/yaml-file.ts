/**
 * YAML files of users, with the place of every field, so that what is wrong with them can be pointed at.
 * @module
 */
import { readFile } from 'node:fs/promises';
import {
  type Document,
  type DocumentOptions,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  type ParseOptions,
  parseDocument,
  type SchemaOptions,
} from 'yaml';
import { UsageError } from '../errors.js';
import { fileError } from '../files.js';
import { type FoundProblem, RecipeError, type RecipeProblem } from './problems.js';

/** A YAML file that was read. */
export interface YamlFile {
  file: string;
  document: Document.Parsed;
  lines: LineCounter;
}

/** @throws UsageError when the file cannot be read */
export async function readYamlText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error) => {
    const { message, fix } = fileError(error, file);
    throw new UsageError(message, { file, fix, cause: error });
  });
}

/**
 * Parses YAML.
 *
 * @param options of the parser; by default YAML 1.2
 * @throws RecipeError with line and column of every mistake
 */
export function parseYamlFile(
  text: string,
  file: string,
  options: ParseOptions & DocumentOptions & SchemaOptions = {},
): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...options, lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new RecipeError(
      file,
      document.errors.map((error) => ({ field: '', ...explainYaml(error), ...place(lines, error.pos[0]) })),
    );
  }
  return { file, document, lines };
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

/** Problems with their places, in the order of the file. */
export function locateProblems(yaml: YamlFile, problems: readonly FoundProblem[]): RecipeProblem[] {
  return inOrder(problems.map((problem) => locateProblem(yaml, problem)));
}

/** The problems by line and column. */
export function inOrder(problems: RecipeProblem[]): RecipeProblem[] {
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

/** Finds the place of a problem: the field's own, else that of the nearest section around it. */
export function locateProblem({ document, lines }: YamlFile, problem: FoundProblem): RecipeProblem {
  const field = problem.path.join('.');
  const { message, fix } = problem;
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
