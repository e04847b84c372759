/**
 * Jinja templates over the fields of a record. Nothing of a template or a record is executed as code.
 * @module
 */
import { parse, tokenize } from '@huggingface/jinja';
import type { Dialect } from './dialect.js';
import { Evaluator } from './evaluator.js';
import type { Expression, Statement } from './nodes.js';
import { defined, TemplateError, type Value } from './values.js';

/** Longest template, in characters. */
const maximumSource = 200_000;

/** A template that was read. */
export interface Template {
  /**
   * The text for a record.
   *
   * @throws TemplateError for a missing field, a filter that does not go with a value, or too much work
   */
  render(fields: ReadonlyMap<string, Value>): string;
  /** The value where the template is one expression (`{{ ... }}` and nothing else), otherwise its text. */
  value(fields: ReadonlyMap<string, Value>): Value;
}

/** @throws TemplateError when the text is no template */
export function compileTemplate(source: string, dialect: Dialect): Template {
  const body = parseBody(source, dialect);
  const only = body.length === 1 ? body[0]! : undefined;
  const run = <T>(fields: ReadonlyMap<string, Value>, work: (evaluator: Evaluator) => T): T => {
    try {
      return work(new Evaluator(fields, dialect));
    } catch (error) {
      if (error instanceof RangeError)
        throw new TemplateError('the template needs too much memory or is nested too deeply');
      throw error;
    }
  };
  const render: Template['render'] = (fields) => run(fields, (evaluator) => evaluator.render(body));
  const expression = only && isExpression(only) ? only : undefined;
  return {
    render,
    value: (fields) =>
      expression ? run(fields, (evaluator) => defined(evaluator.value(expression))) : render(fields),
  };
}

const statements = [
  'If',
  'For',
  'Set',
  'Macro',
  'FilterStatement',
  'CallStatement',
  'Comment',
  'Break',
  'Continue',
];
const isExpression = (node: Statement): node is Expression => !statements.includes(node.type);

function parseBody(source: string, { trimBlocks, keepTrailingNewline }: Dialect): Statement[] {
  if (source.length > maximumSource) throw new TemplateError(`is longer than ${maximumSource} characters`);
  const lines = source.replace(/\r\n?/g, '\n');
  // The tokenizer takes one line break from the end.
  const text = keepTrailingNewline && lines.endsWith('\n') ? `${lines}\n` : lines;
  try {
    const tokens = tokenize(text, { trim_blocks: trimBlocks, lstrip_blocks: trimBlocks });
    return (parse(tokens) as unknown as { body: Statement[] }).body;
  } catch (error) {
    // The parser runs past the end of a template whose last block is not closed.
    const why = error instanceof TypeError ? 'a block is not closed' : (error as Error).message;
    throw new TemplateError(`is not valid Jinja: ${why}`, { cause: error });
  }
}
