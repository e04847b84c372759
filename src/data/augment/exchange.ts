/**
 * The parts of an item that augmentation works on: context, question and response of a single exchange.
 * @module
 */
import type { Message } from '../example.js';
import type { Item } from '../item.js';

/** One question and its answer, with the passage or table before the question where that is known. */
export interface Exchange {
  system?: string;
  /** The item's context; the empty text where it is unknown. */
  context: string;
  /** What stands between context and question. */
  separator: string;
  /** The last user turn without the context. */
  question: string;
  response: string;
}

/** Takes an item apart; undefined where it is not one question and one answer. */
export function readExchange(item: Item): Exchange | undefined {
  const messages = item.messages ?? [];
  const turns = messages.filter(({ role }) => role !== 'system');
  const [user, assistant] = turns;
  if (turns.length !== 2 || user?.role !== 'user' || assistant?.role !== 'assistant') return undefined;
  const system = messages.find(({ role }) => role === 'system')?.content;
  const known = item.context !== undefined && user.content.startsWith(item.context);
  const context = known ? item.context! : '';
  const rest = user.content.slice(context.length);
  const question = rest.trimStart();
  if (question.trim() === '') return undefined;
  return {
    ...(system === undefined ? {} : { system }),
    context,
    separator: rest.slice(0, rest.length - question.length),
    question,
    response: assistant.content,
  };
}

/** The turns of an exchange. */
export function exchangeMessages({ system, context, separator, question, response }: Exchange): Message[] {
  return [
    ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
    { role: 'user', content: `${context}${separator}${question}` },
    { role: 'assistant', content: response },
  ];
}

/** What a method changed, and what it did in words. */
export interface Change {
  exchange: Exchange;
  note: string;
  /** Set where it differs from the parent's; null where the child has none. */
  answer?: string | null;
  derivation?: string | null;
  task?: string;
}

/** Words that point at the only passage or table of a prompt, which a second one would make unclear. */
export const pointsAtContext =
  /\b(?:this|these|the|above|following|given|shown)\s+(?:table|document|text|passage|paragraph|excerpt|article|report|statement|section|abstract|study|context)s?\b|\b(?:years|figures) shown\b|\babove\b|\bbelow\b/i;
