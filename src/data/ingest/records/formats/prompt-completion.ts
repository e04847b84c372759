/**
 * One question and its answer, as texts or, as TRL has it, as lists of turns.
 * @module
 */
import type { Message } from '../../../example.js';
import { readConversation, readTurns } from '../conversation.js';
import { type Field, requireText } from '../record-fields.js';
import { contextField, passage, type RecordFormat, systemField, withContext } from './format.js';

const prompts = ['prompt', 'query', 'input'];
const completions = ['completion', 'response', 'output'];

export const promptCompletionFormat: RecordFormat = {
  name: 'prompt_completion',
  fields: '`prompt` and `completion`',
  needs: [
    { role: 'prompt', names: prompts },
    { role: 'completion', names: completions },
  ],
  also: [contextField, systemField],
  read(record) {
    const turns = [
      ...readSide(record.find(...prompts)!, 'user'),
      ...readSide(record.find(...completions)!, 'assistant'),
    ];
    const system = record.optionalText(...systemField.names);
    const messages = readConversation(turns, 'prompt', system);
    const question = messages.at(-2)!;
    const { prompt, ...context } = withContext(question.content, passage(record.find('context')));
    return { messages: messages.with(-2, { ...question, content: prompt }), ...context };
  },
};

function readSide(field: Field, role: Message['role']): Message[] {
  return Array.isArray(field.value) ? readTurns(field) : [{ role, content: requireText(field) }];
}
