/**
 * The known forms of records.
 * @module
 */
import type { RecordFields } from '../record-fields.js';
import { alpacaFormat } from './alpaca.js';
import type { RecordFormat } from './format.js';
import { messagesFormat } from './messages.js';
import { preferenceFormat } from './preference.js';
import { promptCompletionFormat } from './prompt-completion.js';
import { questionAnswerFormat } from './question-answer.js';
import { sharegptFormat } from './sharegpt.js';
import { textFormat } from './text.js';

/**
 * The more telling forms first: Alpaca's `text` repeats the record, and UltraFeedback's `prompt` and `chosen` stand
 * beside `messages` that hold both.
 */
export const formats: readonly RecordFormat[] = [
  messagesFormat,
  preferenceFormat,
  sharegptFormat,
  alpacaFormat,
  promptCompletionFormat,
  questionAnswerFormat,
  textFormat,
];

/** Whether a record has all fields that a form needs. */
export function fits(format: RecordFormat, record: RecordFields): boolean {
  return format.needs.every(({ names }) => record.find(...names) !== undefined);
}
