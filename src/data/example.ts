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

/** Where an example was read from. */
export interface Origin {
  /** The source's file, as the recipe's sources name it. */
  file: string;
  /** 1-based page of the document. */
  page?: number;
  /** 1-based line of a text format, or row of a table. */
  row?: number;
}

/** What a step of the preparation did to an example. */
export interface StepNote {
  /** Name of the step, for example `privacy`. */
  step: string;
  /** In words, for example `2 e-mail addresses masked`; never a value that was removed for privacy. */
  note: string;
}

/** One item of a data set: a conversation, or plain text for continued pre-training. */
export interface Example {
  /** Unique in the data set and stable between runs. */
  id: string;
  /** A conversation that ends with the wanted answer; exactly one of `messages` and `text` is set. */
  messages?: Message[];
  /** Plain text of the domain. */
  text?: string;
  /** Kind of task, for example `percentage_change`; `text` for plain text. */
  task: string;
  /** Examples of one group (document, company, patient) never stand in two splits. */
  group: string;
  split: Split;
  /** Where the content comes from, precise enough to find it again, for people. */
  source: string;
  /** SPDX identifier or short name of the licence of the source. */
  licence: string;
  origin?: Origin;
  /** Every step that touched the example, in order. */
  steps?: StepNote[];
  /** The final answer when it differs from the assistant's text, for example the value of its expression. */
  answer?: string;
  /** How the answer follows from the source, for people. */
  derivation?: string;
  /** Id of the example that this one was made from by augmentation. */
  parent?: string;
  /** Aspects of the domain (topics, kinds of documents, tasks) that the example belongs to. */
  aspects?: string[];
  /** Measured properties by name, for example `hardness`. */
  scores?: Record<string, number>;
}

/** An example that does not belong to a split yet. */
export type UnsplitExample = Omit<Example, 'split'>;
