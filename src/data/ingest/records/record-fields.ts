/**
 * The fields of one record, by name, and what can be wrong with them.
 * @module
 */

/** What is wrong with a record, and what to do about it. */
export interface Flaw {
  message: string;
  /** Field, as the record spells it. */
  field?: string;
  fix: string;
}

/** Thrown where a record cannot be read; it is caught where records are read one by one. */
export class RecordFlaw extends Error {
  constructor(readonly flaw: Flaw) {
    super(flaw.message);
  }
}

/** A field that is there. */
export interface Field {
  /** As the record spells it. */
  name: string;
  value: unknown;
}

/**
 * Fields by name, whatever their case and whether words are separated by blanks, `-` or `_`: a spreadsheet's `Long Answer`
 * is `LONG_ANSWER` and `long_answer`. A field that holds null counts as missing, as a table has every column in every row.
 */
export class RecordFields {
  private readonly fields = new Map<string, Field>();
  private readonly exact = new Map<string, unknown>();
  private readonly empty = new Set<string>();

  constructor(record: object) {
    for (const [name, value] of Object.entries(record)) {
      if (value === null || value === undefined) {
        this.empty.add(normalName(name));
        continue;
      }
      this.exact.set(name, value);
      const key = normalName(name);
      // The exact spelling wins where names differ in case only.
      if (!this.fields.has(key) || name === key) this.fields.set(key, { name, value });
    }
  }

  /** Names as the record spells them. */
  names(): string[] {
    return [...this.exact.keys()];
  }

  /** The first of `names` that is there. */
  find(...names: string[]): Field | undefined {
    for (const name of names) {
      if (this.exact.has(name)) return { name, value: this.exact.get(name) };
      const field = this.fields.get(normalName(name));
      if (field) return field;
    }
    return undefined;
  }

  /** Whether there is a field of this name, be it null. */
  has(name: string): boolean {
    return this.find(name) !== undefined || this.empty.has(normalName(name));
  }

  /** The same fields with another one of this name, or without it. */
  with(name: string, field: Field | undefined): RecordFields {
    const copy = new RecordFields({});
    for (const [key, value] of this.fields) copy.fields.set(key, value);
    for (const [key, value] of this.exact) copy.exact.set(key, value);
    copy.exact.delete(name);
    copy.fields.delete(name);
    if (field) copy.fields.set(name, field);
    return copy;
  }

  /** A text that has to be there and not to be blank. */
  text(...names: string[]): string {
    const field = this.find(...names);
    if (!field) throw missing(names[0]!);
    return requireText(field);
  }

  /** A text that may be missing or empty; numbers are taken as they are written. */
  optionalText(...names: string[]): string | undefined {
    const field = this.find(...names);
    if (!field || field.value === '') return undefined;
    return plainText(field.value) ?? requireText(field);
  }
}

/** Numbers and truth values as text; `undefined` for everything else. */
export function plainText(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** The name in small letters with `_` between its words. */
function normalName(name: string): string {
  if (/^[a-z\d_]*$/.test(name)) return name;
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
}

/** The value of a field as a text that is not blank. */
export function requireText({ name, value }: Field): string {
  if (typeof value !== 'string') {
    throw new RecordFlaw({
      message: `\`${name}\` has to be a text`,
      field: name,
      fix: 'write it as a text in quotes, or name another field in `mapping`',
    });
  }
  if (value.trim() === '') {
    throw new RecordFlaw({
      message: `\`${name}\` is empty`,
      field: name,
      fix: 'fill it in or remove the record',
    });
  }
  // Half of a surrogate pair has no UTF-8 form: it would come back from the disk as another character.
  // The first, plain search is fast and finds none of either kind in most texts.
  if (/[\ud800-\udfff]/.test(value) && /\p{Surrogate}/u.test(value)) {
    throw new RecordFlaw({
      message: `\`${name}\` holds half of a character (a single surrogate)`,
      field: name,
      fix: 'write the text again from its source, it was cut inside a character',
    });
  }
  return value;
}

/** That a field is missing. */
export function missing(name: string): RecordFlaw {
  return new RecordFlaw({
    message: `\`${name}\` is missing`,
    field: name,
    fix: `add \`${name}\`, the text that belongs to the record`,
  });
}
