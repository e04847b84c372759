/**
 * The templates of a benchmark's file, each with the field that it stands in.
 * @module
 */
import { AttuneError } from '../../errors.js';
import { nearestName } from '../../recipe/nearest.js';
import type { FoundProblem } from '../../recipe/problems.js';
import { type BenchmarkRecord, fieldNames } from './records.js';
import type { Dialect } from './templates/dialect.js';
import { compileTemplate, type Template } from './templates/template.js';
import { TemplateError, textOf, toValue, type Value } from './templates/values.js';

/** A record's fields as templates see them. */
export type TemplateFields = ReadonlyMap<string, Value>;

/** A template of a field. */
export interface FieldTemplate {
  /** @throws AttuneError with the record's file and line */
  text(record: PreparedRecord): string;
  /** @throws AttuneError with the record's file and line */
  value(record: PreparedRecord): Value;
}

/** A record whose fields were turned into values once, for all templates. */
export interface PreparedRecord extends BenchmarkRecord {
  values: TemplateFields;
}

/** Prepares a record for templates. */
export function prepareRecord(record: BenchmarkRecord): PreparedRecord {
  return {
    ...record,
    values: new Map(Object.entries(record.fields).map(([name, value]) => [name, toValue(value)])),
  };
}

/** Reads templates, gathering what is wrong with them. */
export class TemplateReader {
  readonly problems: FoundProblem[] = [];
  /** Bare names, each of which stands for a field where any record has it. */
  private readonly bare: { name: string; path: PropertyKey[] }[] = [];
  private fields: ReadonlySet<string> = new Set();

  /** @param placeOf file and line of a field, for messages */
  constructor(
    private readonly dialect: Dialect,
    private readonly placeOf: (path: PropertyKey[]) => string,
  ) {}

  /** @param options.orField a template that is the name of a field stands for that field */
  read(source: string, path: PropertyKey[], { orField = false } = {}): FieldTemplate {
    const field = path.join('.');
    let template: Template;
    try {
      template = compileTemplate(source, this.dialect);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const fix = 'see https://jinja.palletsprojects.com/en/stable/templates/ for how templates are written';
      this.problems.push({ path, atKey: false, message: `${field}: ${error.message}`, fix });
      template = compileTemplate('', this.dialect);
    }
    const evaluate = <T>(record: PreparedRecord, work: (values: TemplateFields) => T): T => {
      try {
        return work(record.values);
      } catch (error) {
        throw error instanceof TemplateError ? recordError(record, field, error, this.placeOf(path)) : error;
      }
    };
    if (orField && /^\w{3,}$/.test(source)) this.bare.push({ name: source, path });
    const own = (record: PreparedRecord): Value | undefined => {
      if (!orField) return undefined;
      const value = record.values.get(source);
      if (value === undefined && this.fields.has(source)) {
        throw new TemplateError(`\`${source}\` is not a field of the record`);
      }
      return value;
    };
    return {
      text: (record) => evaluate(record, (values) => asText(own(record)) ?? template.render(values)),
      value: (record) => evaluate(record, (values) => own(record) ?? template.value(values)),
    };
  }

  /**
   * Says which fields the records have: a bare name among them is that field in every record, and one that is nearly one of
   * them is a problem, because as a text it would be the same in all records.
   */
  knowFields(records: readonly BenchmarkRecord[]): void {
    this.fields = new Set(records.flatMap(({ fields }) => Object.keys(fields)));
    for (const { name, path } of this.bare) {
      const nearest = this.fields.has(name) ? undefined : nearestName(name, this.fields);
      if (nearest === undefined) continue;
      this.problems.push({
        path,
        atKey: false,
        message: `${path.join('.')}: no record has a field \`${name}\``,
        fix: `did you mean \`${nearest}\`? A text of its own is written \`{{ "${name}" }}\``,
      });
    }
  }
}

/** The text of a field; undefined where there is none. */
function asText(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) throw new TemplateError('the field is null');
  return textOf(value);
}

/**
 * That a template cannot be written for a record.
 *
 * @param place where the template stands, where that is known
 */
export function recordError(
  { file, line, place: recordPlace, fields }: BenchmarkRecord,
  field: string,
  error: Error,
  place?: string,
): AttuneError {
  const name = /^`([^`]+)` is not a field/.exec(error.message)?.[1];
  const nearest = name === undefined ? undefined : nearestName(name, Object.keys(fields));
  const where = place === undefined ? '' : ` (${place})`;
  const known = nearest
    ? `did you mean \`${nearest}\`?`
    : `the fields of the record are ${fieldNames(fields)}`;
  return new AttuneError(
    `\`${field}\`${where} cannot be written for the record ${recordPlace}: ${error.message}`,
    {
      file,
      line,
      field,
      fix: name === undefined ? `change the template or the record; ${known}` : known,
      cause: error,
    },
  );
}
