/**
 * What a form of record is: the fields that tell it, and how they become a conversation or a text.
 * @module
 */
import type { RecordFormatName, RecordMapping } from '../../../../recipe/data/records.js';
import type { Message } from '../../../example.js';
import { type Field, plainText, type RecordFields, RecordFlaw, requireText } from '../record-fields.js';

/** What a record says, without the fields that every form may have. */
export interface Content {
  messages?: Message[];
  text?: string;
  /** Passage that begins the last question. */
  context?: string;
  /** What records are grouped by, where it is not the context or the first question. */
  groupedBy?: string;
  answer?: string;
  /** Answers of the record that are not learned: the worse one of a pair, further right ones. */
  unusedAnswers?: number;
}

/** Fields that mean the same. */
export interface FieldRole {
  role: keyof RecordMapping;
  /** Names in small letters, the usual one first. */
  names: readonly string[];
}

/** A form of record. */
export interface RecordFormat {
  name: RecordFormatName;
  /** Its fields, for messages. */
  fields: string;
  /** Each is needed, by one of its names. */
  needs: readonly FieldRole[];
  /** What it reads besides. */
  also: readonly FieldRole[];
  /** @throws {RecordFlaw} when a field does not hold what it should */
  read(record: RecordFields): Content;
}

export const systemField: FieldRole = { role: 'system', names: ['system', 'system_prompt'] };
export const contextField: FieldRole = { role: 'context', names: ['context'] };

/** A conversation of one question and its answer. */
export function oneTurn(system: string | undefined, user: string, assistant: string): Message[] {
  return [
    ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
    { role: 'user', content: user },
    { role: 'assistant', content: assistant },
  ];
}

/**
 * A question with its passage before it, so that the questions on one passage share the beginning of their prompts. A
 * passage that the question holds already is not repeated.
 */
export function withContext(
  prompt: string,
  context: string | undefined,
): { prompt: string; context?: string; groupedBy?: string } {
  if (context === undefined) return { prompt };
  if (prompt.startsWith(context)) return { prompt, context };
  if (prompt.includes(context)) return { prompt, groupedBy: context };
  return { prompt: `${context}\n\n${prompt}`, context };
}

/** A passage as one text: lists are joined by blank lines, and `{contexts: [...]}` is what PubMedQA has on the hub. */
export function passage(field: Field | undefined): string | undefined {
  if (!field || field.value === '') return undefined;
  const { name, value } = field;
  if (Array.isArray(value)) {
    const parts = value.map((part, index) => requireText({ name: `${name}[${index}]`, value: part }));
    return parts.length > 0 ? parts.join('\n\n') : undefined;
  }
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'contexts')) {
    return passage({ name: `${name}.contexts`, value: (value as { contexts: unknown }).contexts ?? '' });
  }
  return requireText(field);
}

/**
 * A right answer, and how many others there are: a text, a number, a list of texts, SQuAD's `{text: [...]}` or
 * TriviaQA's `{value: ...}`.
 */
export function rightAnswer({ name, value }: Field): { text: string; others: number } {
  if (Array.isArray(value)) {
    if (value.length === 0) {
      throw new RecordFlaw({
        message: `\`${name}\` holds no answer`,
        field: name,
        fix: 'write what should be answered, for example that the passage does not say, or remove the record',
      });
    }
    const { text } = rightAnswer({ name: `${name}[0]`, value: value[0] });
    const others = new Set(value.map((one) => JSON.stringify(one))).size - 1;
    return { text, others };
  }
  if (typeof value === 'object' && value !== null) {
    for (const key of ['text', 'value']) {
      const inner = (value as Record<string, unknown>)[key];
      if (Object.hasOwn(value, key) && inner != null)
        return rightAnswer({ name: `${name}.${key}`, value: inner });
    }
  }
  return { text: plainText(value) ?? requireText({ name, value }), others: 0 };
}
