/**
 * Whether an answer is JSON that keeps to a schema.
 * @module
 */
import { Ajv, type AnySchema, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { AttuneError } from '../../errors.js';
import { parseJson, withoutFence } from './json-text.js';
import type { Scorer } from './scorer.js';

/**
 * 1 where an answer is JSON that is valid under a schema: the whole answer, or what stands in its first code fence, which every
 * program that reads answers takes off. JSON within prose scores 0. Draft 7 unless `$schema` names 2019-09 or 2020-12; `format` is not
 * checked, other documents are not loaded.
 *
 * @throws AttuneError when the schema is none, or refers to another document
 */
export function jsonSchema(schema: unknown): Scorer {
  const isValid = compile(schema);
  return {
    name: 'json_valid',
    score({ text }) {
      const value = parseJson(withoutFence(text));
      if (value === undefined) return 0;
      try {
        return isValid(value) ? 1 : 0;
      } catch (error) {
        // A recursive schema follows the answer as deep as it goes.
        if (error instanceof RangeError) return 0;
        throw error;
      }
    },
  };
}

function compile(schema: unknown): ValidateFunction {
  const problem = (message: string, cause?: unknown): AttuneError =>
    new AttuneError(`the JSON Schema of json_valid ${message}`, {
      field: 'json_schema',
      fix: 'write a JSON Schema whose references stay within it',
      cause,
    });
  if (
    typeof schema !== 'boolean' &&
    (schema === null || typeof schema !== 'object' || Array.isArray(schema))
  ) {
    throw problem('is no object');
  }
  if (typeof schema === 'object' && '$async' in schema) throw problem('is asynchronous');
  const draft = typeof schema === 'object' && '$schema' in schema ? String(schema.$schema) : '';
  const Validator = draft.includes('2020-12') ? Ajv2020 : draft.includes('2019-09') ? Ajv2019 : Ajv;
  const validator = new Validator({
    strict: false,
    logger: false,
    validateFormats: false,
    addUsedSchema: false,
  });
  try {
    return validator.compile(schema as AnySchema);
  } catch (error) {
    throw problem(`cannot be used: ${(error as Error).message}`, error);
  }
}
