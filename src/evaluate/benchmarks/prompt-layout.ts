/**
 * What is put to a system: worked examples, then the question.
 * @module
 */
import type { Message } from '../../data/example.js';
import type { PromptBody } from '../system.js';
import type { TextLayout } from './benchmark.js';
import type { BenchmarkItem } from './item.js';

/** How plain text is put together where a benchmark says nothing. */
export const defaultLayout: TextLayout = { preamble: '', targetDelimiter: ' ', fewShotDelimiter: '\n\n' };

/**
 * The prompt of an item behind the worked examples. In a conversation these are turns of user and assistant after the
 * item's own system text, so all prompts with one system text begin with the same tokens; plain text is joined by the layout.
 */
export function layOutPrompt(
  item: BenchmarkItem,
  fewShot: readonly BenchmarkItem[],
  layout: TextLayout,
): PromptBody {
  const { messages, text } = item.prompt;
  if (messages) {
    const shots = fewShot.flatMap((shot): Message[] => [
      ...turns(shot.prompt.messages ?? []),
      { role: 'assistant', content: shot.reference.text },
    ]);
    return { messages: [...messages.filter(({ role }) => role === 'system'), ...shots, ...turns(messages)] };
  }
  const shots = fewShot.map(
    (shot) =>
      `${shot.prompt.text ?? ''}${layout.targetDelimiter}${shot.reference.text}${layout.fewShotDelimiter}`,
  );
  return { text: `${layout.preamble}${shots.join('')}${text ?? ''}` };
}

const turns = (messages: readonly Message[]): Message[] => messages.filter(({ role }) => role !== 'system');
