/**
 * Items that give different answers to the same prompt.
 * @module
 */
import { createHash } from 'node:crypto';
import type { Item } from '../item.js';

/** What is compared of an item: 16 hex digits each. */
export interface AnswerKey {
  id: string;
  prompt: string;
  answer: string;
}

/** The items of one prompt that do not agree. */
export interface Conflict {
  /** In the order in which they came. */
  ids: string[];
  /** Number of different answers. */
  answers: number;
}

/** Keys of an item's prompt and answer, without regard to case, white space and final marks; undefined without an answer. */
export function answerKey({ id, messages }: Item): AnswerKey | undefined {
  const answer = messages?.at(-1);
  if (answer?.role !== 'assistant') return undefined;
  const prompt = messages!
    .slice(0, -1)
    .map(({ role, content }) => `${role}:${normalised(content)}`)
    .join('\n');
  return { id, prompt: digest(prompt), answer: digest(normalised(answer.content)) };
}

function normalised(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  return plain.replace(/[.!?]{1,3}$/, '');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Finds prompts with several answers, in the order of their first item. */
export function findConflicts(keys: Iterable<AnswerKey>): Conflict[] {
  const members = new Map<string, AnswerKey[]>();
  for (const key of keys) {
    const others = members.get(key.prompt);
    if (others) others.push(key);
    else members.set(key.prompt, [key]);
  }
  return [...members.values()].flatMap((same) => {
    const answers = new Set(same.map(({ answer }) => answer)).size;
    return answers > 1 ? [{ ids: same.map(({ id }) => id), answers }] : [];
  });
}
