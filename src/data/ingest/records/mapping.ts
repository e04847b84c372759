/**
 * A mapping in a recipe: which field of a record means what.
 * @module
 */
import type { RecordMapping } from '../../../recipe/data/records.js';
import { type Field, missing, plainText, RecordFields } from './record-fields.js';

/** A template as texts and names of fields in turns, beginning with a text. */
type Template = { texts: string[]; names: string[] };

const contentRoles = ['prompt', 'completion', 'messages', 'text'] as const;
/** What a form would read besides; under a mapping of the content only what it names is read. */
const besides = ['system', 'system_prompt', 'context', 'answer'];

/**
 * The value of a field by its name; a name that is not there itself may be a path into objects, as in `answers.text`.
 */
export function fieldAt(record: RecordFields, name: string): Field | undefined {
  const field = record.find(name);
  if (field) return field;
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const outer = record.find(name.slice(0, dot));
    if (typeof outer?.value !== 'object') continue;
    return fieldAt(new RecordFields(outer.value as object), name.slice(dot + 1));
  }
  return undefined;
}

/** The record with what the mapping names under the names that the known forms have. */
export interface MappedRecord {
  record: RecordFields;
  /** The final value, where the mapping names it: apart, as `answer` is the answer itself in some forms. */
  answer?: Field;
}

/** Whether a mapping says where prompt and answer, the conversation or the text are. */
export function mapsContent(mapping: RecordMapping): boolean {
  return contentRoles.some((role) => mapping[role] !== undefined);
}

/**
 * Applies a mapping to records. Templates are filled in and nothing in them is executed; `{{` and `}}` stand for braces.
 *
 * @returns throws a RecordFlaw where the record lacks a field of its content, its group, or of a template
 */
export function recordMapper(mapping: RecordMapping): (record: RecordFields) => MappedRecord {
  const roles = (Object.keys(mapping) as (keyof RecordMapping)[]).filter(
    (role) => mapping[role] !== undefined,
  );
  const templates = new Map(roles.map((role) => [role, parseTemplate(mapping[role]!)]));
  const wholeContent = mapsContent(mapping);
  return (original) => {
    let record = wholeContent
      ? besides.reduce((rest, name) => rest.with(name, undefined), original)
      : original;
    let answer: Field | undefined;
    for (const role of roles) {
      const name = mapping[role]!;
      const template = templates.get(role)!;
      const field = fieldAt(original, name) ?? (template && fill(template, name, original));
      if (!field && (role === 'group' || (contentRoles as readonly string[]).includes(role)))
        throw missing(name);
      if (!field) continue;
      if (role === 'answer') answer = field;
      else record = record.with(role, field);
    }
    return { record, ...(answer ? { answer } : {}) };
  };
}

function parseTemplate(text: string): Template | undefined {
  const texts: string[] = [];
  const names: string[] = [];
  let rest = 0;
  let current = '';
  for (const { 0: found, 1: name, index } of text.matchAll(/\{\{|\}\}|\{([^{}]{1,200})\}/g)) {
    current += text.slice(rest, index);
    rest = index + found.length;
    if (name === undefined) current += found[0];
    else {
      texts.push(current);
      names.push(name.trim());
      current = '';
    }
  }
  texts.push(current + text.slice(rest));
  return names.length > 0 ? { texts, names } : undefined;
}

function fill({ texts, names }: Template, template: string, record: RecordFields): Field {
  const value = texts.reduce((filled, text, index) => {
    const name = names[index - 1]!;
    const field = fieldAt(record, name);
    // A table's empty cell is an empty text; a name that no field has is a mistake.
    if (!field && !record.has(name)) throw missing(name);
    return filled + inText(field?.value ?? '') + text;
  });
  return { name: template, value };
}

/** Lists line by line, everything else that is no text as JSON. */
function inText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(inText).join('\n');
  return plainText(value) ?? JSON.stringify(value);
}
