/**
 * The parts of a conversation that are compared on their own.
 * @module
 */
import type { Item } from '../item.js';

/** A conversation as what is given, what is asked and what is answered. */
export interface ConversationParts {
  /** System text, earlier turns, and the beginning of the last user turn. */
  context: string;
  question: string;
  answer: string;
}

/**
 * Takes a conversation apart. The question is what follows `context` in the last user turn; without a known context,
 * the last paragraph of the turn.
 */
export function conversationParts({ messages = [], context }: Item): ConversationParts {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const turn = messages[asked]?.content ?? '';
  const start = context && turn.startsWith(context) ? context.length : lastParagraph(turn);
  const before = messages.slice(0, Math.max(asked, 0)).map(({ content }) => content);
  const after = messages.slice(asked + 1).map(({ content }) => content);
  return {
    context: [...before, turn.slice(0, start)].join('\n\n'),
    question: turn.slice(start),
    answer: after.join('\n\n'),
  };
}

/** Where the last paragraph of a text begins: after its last blank line that text follows. */
function lastParagraph(text: string): number {
  let lineEnd = text.trimEnd().length;
  while (lineEnd > 0) {
    const lineStart = text.lastIndexOf('\n', lineEnd - 1) + 1;
    if (lineStart === 0) return 0;
    const previousStart = text.lastIndexOf('\n', lineStart - 2) + 1;
    if (text.slice(previousStart, lineStart).trim() === '') return lineStart;
    lineEnd = lineStart - 1;
  }
  return 0;
}
