/**
 * JSON Schemas (draft 2020-12) of the recipe and of other files that users write, for editors, for the nearest names in
 * messages and for the field tables.
 * @module
 */
import { z } from 'zod';
import { recipeSchema } from './schema.js';

/** The parts of a JSON Schema that the schemas of these files use. */
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
  return jsonSchemaOf(recipeSchema);
}

/** The schema of a file as a user writes it. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
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
