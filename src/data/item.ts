/**
 * What travels through the preparation of data: a document, a conversation or a text, with its whole story.
 * @module
 */
import { type Block, blockTexts, documentText, mapBlock } from './document.js';
import type { Message, Origin, Split, StepNote } from './example.js';

export type { Origin, StepNote } from './example.js';

/** One unit on its way through preparation. Exactly one of `messages`, `text` and `blocks` is set. */
export interface Item {
  /** Unique in the data set and stable between runs. */
  id: string;
  /** A conversation that ends with the wanted answer. */
  messages?: Message[];
  /** Plain text of the domain. */
  text?: string;
  /** A document, from which passages and pairs are made. */
  blocks?: Block[];
  /** Title of a document. */
  title?: string;
  /** Kind of task, for example `percentage_change`; `text` for plain text. */
  task: string;
  /** Items of one group (document, company, patient) never stand in two splits. */
  group: string;
  /** Where the content comes from, precise enough to find it again, for people. */
  source: string;
  /** SPDX identifier or short name of the licence of the source. */
  licence: string;
  origin: Origin;
  /** Every step that touched the item, in order. */
  steps: StepNote[];
  /** The passage or table that the question is about, where it is known: the beginning of the last user turn. */
  context?: string;
  answer?: string;
  derivation?: string;
  /** Id of the item that this one was made from by augmentation. */
  parent?: string;
  split?: Split;
  /** Aspects of the domain (topics, kinds of documents, tasks) that the item belongs to. */
  aspects?: string[];
  /** Measured properties by name, for example `hardness`. */
  scores?: Record<string, number>;
}

/** Every text of an item, in reading order. */
export function itemTexts({ messages, text, blocks }: Item): string[] {
  if (messages) return messages.map(({ content }) => content);
  if (blocks) return blocks.flatMap(blockTexts);
  return [text ?? ''];
}

/**
 * The item with every text replaced by what `change` makes of it: title, messages, text, blocks, context, answer and
 * derivation alike. Equal texts must give equal results, so that `context` still begins its turn.
 */
export function mapItemTexts(item: Item, change: (text: string) => string): Item {
  const { title, messages, text, blocks, context, answer, derivation } = item;
  return {
    ...item,
    ...(title === undefined ? {} : { title: change(title) }),
    ...(messages ? { messages: messages.map((turn) => ({ ...turn, content: change(turn.content) })) } : {}),
    ...(text === undefined ? {} : { text: change(text) }),
    ...(blocks ? { blocks: blocks.map((block) => mapBlock(block, change)) } : {}),
    ...(context === undefined ? {} : { context: change(context) }),
    ...(answer === undefined ? {} : { answer: change(answer) }),
    ...(derivation === undefined ? {} : { derivation: change(derivation) }),
  };
}

/** The item as one plain text: a conversation's turns or a document's blocks are separated by blank lines. */
export function itemText({ messages, text, blocks }: Item): string {
  if (messages) return messages.map(({ content }) => content).join('\n\n');
  if (blocks) return documentText(blocks);
  return text ?? '';
}
