/**
 * What an item gave to whoever answers: its document and its question.
 * @module
 */
import type { BenchmarkItem } from '../benchmarks/item.js';

/** The last question of the user, or the prompt as plain text. */
export function questionOf({ prompt }: BenchmarkItem): string {
  return prompt.messages?.findLast(({ role }) => role === 'user')?.content ?? prompt.text ?? '';
}

/** Begins like a question that is put as a command. */
const command =
  /^(?:quote|cite|copy|name|list|give|state|find|write|answer|which|what|who|when|where|how)\b/i;

/**
 * The text that an answer has to rest on, without the question; undefined where there is none. In the items of a split the document
 * stands in the user's message, before a blank line and the question: of it the last paragraph is left out where it asks.
 */
export function documentOf(item: BenchmarkItem): string | undefined {
  const { context } = item;
  if (context === undefined || context !== questionOf(item)) return context;
  const at = context.trimEnd().lastIndexOf('\n\n');
  const last = context.slice(at + 2).trim();
  return at > 0 && (last.endsWith('?') || command.test(last)) ? context.slice(0, at) : context;
}
