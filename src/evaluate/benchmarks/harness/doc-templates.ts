/**
 * `doc_to_text`, `doc_to_target`, `doc_to_choice` and the prompt made of them, character by character as
 * lm-evaluation-harness 0.4.13 makes it (`lm_eval/api/task.py`: `ConfigurableTask`).
 * @module
 */
import type { FoundProblem } from '../../../recipe/problems.js';
import { recordError } from '../field-templates.js';
import { harnessDialect } from '../templates/dialect.js';
import { readLiteral } from '../templates/literal.js';
import { compileTemplate, type Template } from '../templates/template.js';
import { kindOf, TemplateError, textOf, type Value } from '../templates/values.js';
import type { TaskDocument } from './documents.js';
import type { HarnessTask } from './task-file.js';

/** What of a task writes documents; worked examples may have their own. */
export interface DocSettings {
  doc_to_text: HarnessTask['doc_to_text'];
  doc_to_target: HarnessTask['doc_to_target'];
  doc_to_choice?: HarnessTask['doc_to_choice'];
  gen_prefix?: string | null;
  target_delimiter: string;
}

/** A document written out. */
export interface WrittenDoc {
  question: string;
  /** Text before the answer, empty where there is none. */
  prefix: string;
  choices?: string[];
  target: Value;
}

/** Writes documents by the settings of a task. */
export class DocWriter {
  readonly problems: FoundProblem[] = [];
  private readonly templates = new Map<string, Template>();

  /** @param columns of the documents that are asked: a template that is the name of one stands for its value */
  constructor(
    private readonly settings: DocSettings,
    private readonly columns: ReadonlySet<string>,
    private readonly path: readonly string[] = [],
  ) {
    for (const [name, source] of Object.entries(settings)) {
      const isTemplate = typeof source === 'string' && name !== 'target_delimiter' && !columns.has(source);
      if (!isTemplate) continue;
      try {
        this.templates.set(source, compileTemplate(source, harnessDialect));
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        this.problems.push({
          path: [...path, name],
          atKey: false,
          message: `${[...path, name].join('.')}: ${error.message}`,
          fix: "write the template without this, or the benchmark as Attune's own YAML",
        });
      }
    }
  }

  /** @throws AttuneError with the record's place when a template does not go with it */
  write(doc: TaskDocument): WrittenDoc {
    const { doc_to_text, doc_to_target, doc_to_choice, gen_prefix } = this.settings;
    const question = this.at('doc_to_text', doc, () => this.question(doc_to_text, doc));
    const prefix = this.at('gen_prefix', doc, () => (gen_prefix ? textOf(this.column(gen_prefix, doc)) : ''));
    const choices =
      doc_to_choice === undefined
        ? undefined
        : this.at('doc_to_choice', doc, () => this.choices(doc_to_choice, doc));
    const target = this.at('doc_to_target', doc, () => this.target(doc_to_target, doc));
    return { question, prefix, choices, target };
  }

  /** The text of a worked example up to its answer, and the answer. */
  example(doc: TaskDocument): { question: string; answer: string } {
    const { question, prefix, choices, target } = this.write(doc);
    const answer = this.at('doc_to_target', doc, () => answerOf(target, choices));
    const delimiter = this.settings.target_delimiter;
    if (answer === '') return { question: question + prefixed(question, prefix, delimiter), answer: '' };
    if (prefix === '') return { question: question + delimiter, answer };
    const before = needsDelimiter(question, prefix) ? delimiter : '';
    return {
      question: question + before,
      answer: prefix + (needsDelimiter(prefix, answer) ? ' ' : '') + answer,
    };
  }

  /** The question as it is put. */
  prompt({ question, prefix }: WrittenDoc): string {
    return question + prefixed(question, prefix, this.settings.target_delimiter);
  }

  private at<T>(field: string, { record }: TaskDocument, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof TemplateError
        ? recordError(record, [...this.path, field].join('.'), error)
        : error;
    }
  }

  /** The value of a column, or the text of a template. */
  private column(source: string, { values }: TaskDocument): Value {
    return this.columns.has(source)
      ? (values.get(source) ?? null)
      : this.templates.get(source)!.render(values);
  }

  private question(source: DocSettings['doc_to_text'], doc: TaskDocument): string {
    const value = typeof source === 'number' ? source : this.column(source, doc);
    const isIndex =
      typeof value === 'number' ||
      (typeof value === 'string' && /^\d+$/.test(value) && !this.columns.has(String(source)));
    if (isIndex && this.settings.doc_to_choice !== undefined) {
      throw new TemplateError('gives a number: tasks whose choices are different questions cannot be read');
    }
    if (typeof value !== 'string') throw new TemplateError(`gives ${kindOf(value)} and no text`);
    return value;
  }

  private target(source: DocSettings['doc_to_target'], doc: TaskDocument): Value {
    if (typeof source !== 'string') return source;
    const value = this.column(source, doc);
    if (this.columns.has(source) || typeof value !== 'string') return value;
    if (/^\d+$/.test(value) && this.settings.doc_to_choice !== undefined) return Number(value);
    if (value.length < 2 || !value.startsWith('[') || !value.endsWith(']')) return value;
    try {
      return readLiteral(value);
    } catch {
      return value;
    }
  }

  private choices(source: NonNullable<DocSettings['doc_to_choice']>, doc: TaskDocument): string[] {
    let list: Value | readonly unknown[];
    if (typeof source === 'string') {
      const value = this.column(source, doc);
      list = this.columns.has(source) ? value : readLiteral(textOf(value).replace(/^[ \t]+/, ''));
    } else {
      list = Array.isArray(source) ? source : Object.values(source);
    }
    if (!Array.isArray(list)) throw new TemplateError('gives no list');
    return list.map((choice: Value) => {
      if (typeof choice === 'string') return choice;
      throw new TemplateError(
        `gives ${kindOf(choice)} as a choice${typeof choice === 'boolean' ? ' (a bare yes or no is a truth value in YAML 1.1: write it in quotes)' : ''}`,
      );
    });
  }
}

/** The right answer of a worked example as text. */
function answerOf(target: Value, choices: readonly string[] | undefined): string {
  const index = typeof target === 'boolean' ? Number(target) : target;
  const value =
    choices && typeof index === 'number' ? choices.at(index) : Array.isArray(target) ? target[0] : target;
  if (typeof value === 'string') return value;
  throw new TemplateError(
    `gives ${value === undefined ? 'an index beyond the choices' : `${kindOf(value)} and no text`}`,
  );
}

const blank = /\s/;

/** Whether no white space stands where two texts meet. */
function needsDelimiter(before: string, after: string): boolean {
  return before !== '' && !blank.test(before.at(-1)!) && !blank.test(after[0] ?? '');
}

function prefixed(question: string, prefix: string, delimiter: string): string {
  if (prefix === '') return '';
  return (needsDelimiter(question, prefix) ? delimiter : '') + prefix;
}
