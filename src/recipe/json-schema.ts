/**
 * The recipe's JSON Schema (draft 2020-12), for editors, for the nearest names in messages and for the field tables.
 * @module
 */
import { z } from 'zod';
import { recipeSchema } from './schema.js';

/** The parts of a JSON Schema that the recipe uses. */
export interface JsonSchema {
  type?: string;
  description?: string;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  additionalProperties?: boolean | JsonSchema;
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
}

/** The schema of the recipe as a user writes it. */
export function recipeJsonSchema(): JsonSchema {
  return z.toJSONSchema(recipeSchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // zod's bounds of safe integers say nothing to a reader
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  }) as JsonSchema;
}

/** All schemas that may apply at `path`, unions resolved into their members. */
export function schemasAt(root: JsonSchema, path: readonly PropertyKey[]): JsonSchema[] {
  let level = members(root);
  for (const key of path) {
    level = level
      .flatMap((schema) => (typeof key === 'number' ? [schema.items] : [schema.properties?.[String(key)]]))
      .filter((schema) => schema !== undefined)
      .flatMap(members);
  }
  return level;
}

function members(schema: JsonSchema): JsonSchema[] {
  const union = schema.anyOf ?? schema.oneOf;
  return union ? union.flatMap(members) : [schema];
}
