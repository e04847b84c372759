/**
 * The recipe's fields as rows, for `attune help recipe` and the table in the documentation.
 * @module
 */
import { type JsonSchema, recipeJsonSchema } from './json-schema.js';

/** One field of the recipe. */
export interface RecipeField {
  /** Top-level section, or `''` for the fields outside of sections. */
  section: string;
  /** Path below the section; `[]` stands for an entry of a list. */
  name: string;
  /** Type or choices, with bounds. */
  type: string;
  /** Default as YAML would write it; absent where the field is optional without one, or required. */
  default?: string;
  required: boolean;
  description: string;
}

/** Every field that a recipe may hold, in the order of the schema. */
export function recipeFields(): RecipeField[] {
  const root = recipeJsonSchema();
  return Object.entries(root.properties ?? {}).flatMap(([name, schema]) =>
    schema.properties
      ? fieldsBelow(name, '', schema)
      : [field('', name, schema, root.required?.includes(name) ?? false)],
  );
}

function fieldsBelow(section: string, prefix: string, parent: JsonSchema): RecipeField[] {
  return Object.entries(parent.properties ?? {}).flatMap(([key, schema]) => {
    const name = `${prefix}${key}`;
    const required = parent.required?.includes(key) ?? false;
    if (schema.properties) return fieldsBelow(section, `${name}.`, schema);
    const entries = schema.items ? alternatives(schema.items).filter(({ properties }) => properties) : [];
    const below = entries.flatMap((entry) => fieldsBelow(section, `${name}[${kindOf(entry)}].`, entry));
    return [field(section, name, schema, required), ...below];
  });
}

const alternatives = (schema: JsonSchema): JsonSchema[] => schema.anyOf ?? schema.oneOf ?? [schema];

/** What distinguishes one kind of entry from another: the value of its `type`. */
function kindOf(schema: JsonSchema): string {
  const kind = schema.properties?.type?.const;
  return kind === undefined ? '' : String(kind);
}

function field(section: string, name: string, schema: JsonSchema, required: boolean): RecipeField {
  return {
    section,
    name,
    type: typeOf(schema),
    ...(schema.default === undefined ? {} : { default: JSON.stringify(schema.default) }),
    required,
    description: schema.description ?? '',
  };
}

function typeOf(schema: JsonSchema): string {
  if (schema.anyOf ?? schema.oneOf) return alternatives(schema).map(typeOf).join(' or ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return schema.enum.join(', ');
  if (schema.type === 'array') {
    const entry = schema.items && alternatives(schema.items).some(({ properties }) => properties);
    return entry ? 'list' : `list of ${typeOf(schema.items ?? {})}`;
  }
  const names: Record<string, string> = { string: 'text', integer: 'whole number', boolean: 'true or false' };
  const limits = [
    schema.minimum === undefined ? '' : `≥ ${schema.minimum}`,
    schema.exclusiveMinimum === undefined ? '' : `> ${schema.exclusiveMinimum}`,
    schema.maximum === undefined ? '' : `≤ ${schema.maximum}`,
    schema.exclusiveMaximum === undefined ? '' : `< ${schema.exclusiveMaximum}`,
  ].filter((limit) => limit !== '');
  return [names[schema.type ?? ''] ?? schema.type ?? 'anything', ...limits].join(' ');
}
