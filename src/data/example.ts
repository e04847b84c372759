/**
 * The canonical form of one training or test item.
 * @module
 */

/** One turn of a conversation. */
export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** The part of a data set that an example belongs to. */
export type Split = 'train' | 'validation' | 'test';

/** All splits. */
export const splits: readonly Split[] = ['train', 'validation', 'test'];

/** One item of a data set: a conversation, or plain text for continued pre-training. */
export interface Example {
  /** Unique in the data set and stable between runs. */
  id: string;
  /** A conversation that ends with the wanted answer; exactly one of `messages` and `text` is set. */
  messages?: Message[];
  /** Plain text of the domain. */
  text?: string;
  /** Kind of task, for example `percentage_change`. */
  task: string;
  /** Examples of one group (document, company, patient) never stand in two splits. */
  group: string;
  split: Split;
  /** Where the content comes from, precise enough to find it again. */
  source: string;
  /** SPDX identifier or short name of the licence of the source. */
  licence: string;
  /** The final answer when it differs from the assistant's text, for example the value of its expression. */
  answer?: string;
  /** How the answer follows from the source, for people. */
  derivation?: string;
}

/** An example that does not belong to a split yet. */
export type UnsplitExample = Omit<Example, 'split'>;
