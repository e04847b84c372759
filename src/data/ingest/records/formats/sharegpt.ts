/**
 * Conversations as ShareGPT has them: `conversations` with `from` and `value`.
 * @module
 */
import { readConversation, readTurns } from '../conversation.js';
import { type RecordFormat, systemField } from './format.js';

const names = ['conversations', 'conversation'];

export const sharegptFormat: RecordFormat = {
  name: 'sharegpt',
  fields: '`conversations`',
  needs: [{ role: 'messages', names }],
  also: [systemField],
  read(record) {
    const turns = record.find(...names)!;
    const system = record.optionalText(...systemField.names);
    return { messages: readConversation(readTurns(turns), turns.name, system) };
  },
};
