/**
 * Held-out items in the parts that training items are compared with.
 * @module
 */
import { basename, extname } from 'node:path';
import type { ContaminationSettings } from '../../recipe/data/contamination.js';
import type { Item } from '../item.js';
import { itemText } from '../item.js';

/** One item of a benchmark or of the test split. */
export interface HeldOutItem {
  id: string;
  /** Name of the benchmark, or `test`. */
  name: string;
  kind: 'benchmark' | 'test';
  /** What is asked; empty for plain text. */
  question: string;
  answer: string;
  /** The passage, table or earlier turns that the question is about; the whole of a plain text. */
  context: string;
  /** Given for items of the test split only: a benchmark's groups have nothing to do with the data set's. */
  group?: string;
  /** The document that it comes from, for formats with pages. */
  document?: string;
}

/** A conversation taken apart. */
export interface ConversationParts {
  question: string;
  answer: string;
  context: string;
}

/** Words of a paragraph that can still be a question by itself. */
const longestQuestion = 60;
/** Words from which on the paragraphs beside a question are taken as what it is about. */
const shortestContext = 12;

/**
 * Question, answer and context of a conversation. The system text is left out, since all items share it. Where the
 * context isn't known, a prompt of several paragraphs is taken apart: its last paragraph is the question, or its first
 * where the last is too long for one.
 */
export function conversationParts({ messages = [], context }: Item): ConversationParts {
  const turns = messages.filter(({ role }) => role !== 'system');
  const lastUser = turns.findLastIndex(({ role }) => role === 'user');
  const prompt = turns[lastUser]?.content ?? '';
  const answer = turns
    .slice(lastUser + 1)
    .map(({ content }) => content)
    .join('\n\n');
  const earlier = turns.slice(0, Math.max(lastUser, 0)).map(({ content }) => content);
  if (context !== undefined) {
    const known = prompt.startsWith(context);
    const question = known ? prompt.slice(context.length).trim() : prompt;
    return { question, answer, context: [...earlier, context].join('\n\n') };
  }
  const apart = questionApart(prompt);
  return { question: apart.question, answer, context: [...earlier, apart.rest].join('\n\n').trim() };
}

function questionApart(prompt: string): { question: string; rest: string } {
  const paragraphs = prompt.split(/\n[^\S\n]*\n/).filter((paragraph) => paragraph.trim());
  const last = paragraphs.at(-1) ?? '';
  const first = paragraphs[0] ?? '';
  const others = (kept: string[]): string => kept.join('\n\n');
  if (paragraphs.length < 2) {
    return countWords(prompt) <= longestQuestion * 2
      ? { question: prompt, rest: '' }
      : { question: '', rest: prompt };
  }
  if (countWords(last) <= longestQuestion && countWords(others(paragraphs.slice(0, -1))) >= shortestContext) {
    return { question: last, rest: others(paragraphs.slice(0, -1)) };
  }
  if (countWords(first) <= longestQuestion && countWords(others(paragraphs.slice(1))) >= shortestContext) {
    return { question: first, rest: others(paragraphs.slice(1)) };
  }
  return countWords(prompt) <= longestQuestion * 2
    ? { question: prompt, rest: '' }
    : { question: '', rest: prompt };
}

/** Words by white space; enough to tell a question from a passage. */
function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** The document that an item comes from, where its format has pages: then the file is one document. */
export function originDocument({ origin }: Item): string | undefined {
  return origin.page === undefined ? undefined : origin.file;
}

/** An item of the test split, or of the benchmark `benchmark`, as it is compared. */
export function heldOutItem(item: Item, benchmark?: string): HeldOutItem {
  const name = benchmark ?? 'test';
  const parts = item.messages
    ? conversationParts(item)
    : { question: '', answer: '', context: itemText(item) };
  if (benchmark !== undefined) return { id: item.id, name, kind: 'benchmark', ...parts };
  return { id: item.id, name, kind: 'test', ...parts, group: item.group, document: originDocument(item) };
}

/**
 * The items of the settings' benchmarks, one file after the other.
 *
 * @param readItems turns the records of a file into items; paths are given as in the settings
 */
export async function* benchmarkItems(
  { benchmarks }: ContaminationSettings,
  readItems: (path: string) => AsyncIterable<Item> | Iterable<Item> | Promise<Iterable<Item>>,
): AsyncGenerator<HeldOutItem> {
  for (const { path, name = basename(path, extname(path)) } of benchmarks) {
    for await (const item of await readItems(path)) yield heldOutItem(item, name);
  }
}
