/**
 * Items of a benchmark from records, by the templates of its file.
 * @module
 */
import type { Message } from '../../data/example.js';
import { AttuneError } from '../../errors.js';
import type { BenchmarkFile } from '../../recipe/benchmark.js';
import {
  type FieldTemplate,
  type PreparedRecord,
  prepareRecord,
  recordError,
  type TemplateReader,
} from './field-templates.js';
import type { BenchmarkItem } from './item.js';
import type { BenchmarkRecord } from './records.js';
import { textReference } from './reference.js';
import { isTrue, TemplateError, textOf, type Value } from './templates/values.js';

/** Makes an item of a record. */
export type ItemMaker = (record: BenchmarkRecord) => BenchmarkItem;

/** The right answer as a template gives it. */
interface Target {
  text: string;
  alternatives: string[];
  choice?: number;
}

/** Texts for no, in templates that answer whether an item is unanswerable. */
const falseTexts = ['', 'false', 'no', '0', 'none', 'null'];

/**
 * What makes items by the templates of a benchmark's file; mistakes in the templates themselves are gathered by `reader`.
 *
 * @returns throws an AttuneError with the record's place for a template that does not go with the record
 */
export function itemMaker(settings: BenchmarkFile, reader: TemplateReader): ItemMaker {
  const { name, output } = settings;
  const optional = (source: string | undefined, field: string): FieldTemplate | undefined =>
    source === undefined ? undefined : reader.read(source, [field], { orField: true });
  const id = optional(settings.id, 'id');
  const task = optional(settings.task, 'task');
  const group = optional(settings.group, 'group');
  const context = optional(settings.context, 'context');
  const unanswerable = optional(settings.unanswerable, 'unanswerable');
  const ask = promptMaker(settings, reader);
  const choicesOf = listMaker(settings.choices, 'choices', reader);
  const alternativesOf = listMaker(settings.alternatives, 'alternatives', reader);
  const targetOf = targetMaker(settings.target, reader);
  return (record) => {
    const prepared = prepareRecord(record);
    const itemId = id?.text(prepared) ?? ownId(record);
    const choices = choicesOf?.(prepared);
    if (choices && choices.length < 2) {
      throw recordError(record, 'choices', new TemplateError('gives fewer than two choices'));
    }
    const isUnanswerable = unanswerable && isYes(unanswerable.value(prepared));
    const target = targetOf(prepared, choices);
    if (target.text === '' && !isUnanswerable) {
      throw recordError(record, 'target', new TemplateError('the right answer is empty'));
    }
    const alternatives = [...target.alternatives, ...(alternativesOf?.(prepared) ?? [])];
    return {
      id: itemId,
      task: task?.text(prepared) ?? name,
      group: group?.text(prepared) ?? itemId,
      prompt: ask(prepared),
      reference: textReference(target.text, {
        ...(alternatives.length > 0 ? { alternatives } : {}),
        ...(target.choice === undefined ? {} : { choice: target.choice }),
      }),
      ...(choices && output !== 'perplexity' ? { choices } : {}),
      ...(context ? { context: context.text(prepared) } : {}),
      ...(unanswerable ? { unanswerable: isUnanswerable ?? false } : {}),
      fields: record.fields,
    };
  };
}

function ownId({ fields, place }: BenchmarkRecord): string {
  const own = Object.hasOwn(fields, 'id') ? fields.id : undefined;
  if (typeof own === 'string' && own !== '') return own;
  if (typeof own === 'number' && Number.isSafeInteger(own)) return String(own);
  return typeof fields._key === 'string' && !Object.hasOwn(fields, '_parent') ? fields._key : place;
}

function promptMaker(
  { prompt, text, output }: BenchmarkFile,
  reader: TemplateReader,
): (record: PreparedRecord) => BenchmarkItem['prompt'] {
  if (prompt === undefined) {
    const template = reader.read(text ?? '', ['text']);
    return (record) => {
      const written = template.text(record);
      if (written === '' && output !== 'perplexity') {
        throw recordError(record, 'text', new TemplateError('the question is empty'));
      }
      return { text: written };
    };
  }
  const system = prompt.system === undefined ? undefined : reader.read(prompt.system, ['prompt', 'system']);
  const user = reader.read(prompt.user, ['prompt', 'user']);
  return (record) => {
    const question = user.text(record);
    if (question.trim() === '') {
      throw recordError(record, 'prompt.user', new TemplateError('the question is empty'));
    }
    const messages: Message[] = [{ role: 'user', content: question }];
    return { messages: system ? [{ role: 'system', content: system.text(record) }, ...messages] : messages };
  };
}

/** Texts from a list of templates, or from a template or field that gives a list. */
function listMaker(
  source: BenchmarkFile['choices'] | BenchmarkFile['alternatives'],
  field: string,
  reader: TemplateReader,
): ((record: PreparedRecord) => string[]) | undefined {
  if (source === undefined) return undefined;
  if (Array.isArray(source)) {
    const templates = source.map((one, index) => reader.read(String(one), [field, index]));
    return (record) => templates.map((template) => template.text(record));
  }
  const template = reader.read(String(source), [field], { orField: true });
  return (record) => {
    const value = template.value(record);
    if (!Array.isArray(value)) {
      const message =
        'gives no list; write a list, or a template with one expression such as `{{ options }}`';
      throw recordError(record, field, new TemplateError(message));
    }
    return value.map(textOf);
  };
}

function targetMaker(
  source: BenchmarkFile['target'],
  reader: TemplateReader,
): (record: PreparedRecord, choices: readonly string[] | undefined) => Target {
  const template =
    typeof source === 'number' ? undefined : reader.read(source, ['target'], { orField: true });
  return (record, choices) => {
    const value = template ? template.value(record) : (source as number);
    if (value === null) throw recordError(record, 'target', new TemplateError('the right answer is null'));
    try {
      if (!choices) return written(value);
      // A number that stands in the file is an index; one that a template gives may be a choice.
      return template ? chosen(value, choices) : atIndex(source as number, choices);
    } catch (error) {
      throw error instanceof TemplateError ? recordError(record, 'target', error) : error;
    }
  };
}

function written(value: Value): Target {
  const [text = '', ...alternatives] = Array.isArray(value) ? value.map(textOf) : [textOf(value)];
  return { text, alternatives };
}

function atIndex(index: number, choices: readonly string[]): Target {
  const text = choices[index];
  if (text === undefined)
    throw new TemplateError(`there is no choice ${index} among ${choices.length}, from 0`);
  return { text, alternatives: [], choice: index };
}

/** The choice that a target names: by its text, or by its index from 0. */
function chosen(value: Value, choices: readonly string[]): Target {
  const text = textOf(value);
  const byText = choices.indexOf(text);
  // Where the choices are numbers themselves, a number is one of them.
  const isIndex = /^\d{1,6}$/.test(text) && !choices.every((choice) => /^\d+$/.test(choice));
  const byIndex = isIndex && Number(text) < choices.length ? Number(text) : -1;
  if (byText >= 0 && byIndex >= 0 && byText !== byIndex) {
    throw new TemplateError(
      `${text} may be the choice "${choices[byText]}" or the one with index ${byIndex} ("${choices[byIndex]}"); write the target so that it can be only one of them`,
    );
  }
  const choice = byText >= 0 ? byText : byIndex;
  if (choice < 0) {
    const list = choices.map((one) => JSON.stringify(one)).join(', ');
    throw new TemplateError(`${JSON.stringify(text)} is none of the choices ${list}, nor an index from 0`);
  }
  return { text: choices[choice]!, alternatives: [], choice };
}

function isYes(value: Value): boolean {
  return typeof value === 'string' ? !falseTexts.includes(value.trim().toLowerCase()) : isTrue(value);
}

/**
 * Checks that every item can be told from the others.
 *
 * @throws AttuneError that names both places
 */
export function checkIds(items: readonly BenchmarkItem[], records: readonly BenchmarkRecord[]): void {
  const seen = new Map<string, number>();
  for (const [index, { id }] of items.entries()) {
    const earlier = seen.get(id);
    if (earlier !== undefined) {
      const record = records[index]!;
      throw new AttuneError(`two items have the id ${id}: ${records[earlier]!.place} and ${record.place}`, {
        file: record.file,
        line: record.line,
        field: 'id',
        fix: 'write an `id` that differs for all records, for example `{{ _key }}` or `{{ uid }}`',
      });
    }
    seen.set(id, index);
  }
}
