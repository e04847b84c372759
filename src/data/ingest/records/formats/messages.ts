/**
 * Conversations as OpenAI has them: `messages` with `role` and `content`.
 * @module
 */
import { readConversation, readTurns } from '../conversation.js';
import { contextField, passage, type RecordFormat, systemField } from './format.js';

export const messagesFormat: RecordFormat = {
  name: 'messages',
  fields: '`messages`',
  needs: [{ role: 'messages', names: ['messages'] }],
  also: [systemField, contextField],
  read(record) {
    const turns = record.find('messages')!;
    const system = record.optionalText(...systemField.names);
    const messages = readConversation(readTurns(turns), turns.name, system);
    const context = passage(record.find('context'));
    if (context === undefined) return { messages };
    const question = messages.at(-2)!.content;
    return question.startsWith(context) ? { messages, context } : { messages, groupedBy: context };
  },
};
