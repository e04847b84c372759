/**
 * What a question about a passage is made of, before it is put into words.
 * @module
 */
import type { RandomStream } from '../../../random.js';
import type { DocumentTask } from '../../../recipe/data/document-pairs.js';
import type { Item } from '../../item.js';
import type { PassagePhrasing } from './passage-phrasings.js';
import type { Passage } from './passages.js';

/** A question about a passage, not yet in words. */
export interface PassageFact {
  task: Exclude<DocumentTask, 'tables'>;
  /** The list of phrasings that fits. */
  phrasing: PassagePhrasing;
  /** Words for the phrasing's names. */
  words: Record<string, string>;
  /** What a model should say. */
  response: string;
  /** The value of the response, where that is an expression. */
  answer?: string;
  derivation: string;
  /** The text that the question is about, where it is not the passage as it stands. */
  context?: string;
  /** What the question asks for, where it makes sense of other passages too. */
  subject?: string;
}

/** A passage with what makers of facts need to know of its surroundings. */
export interface PassageContext {
  passage: Passage;
  document: Item;
  /** All passages of the document, in order. */
  siblings: readonly Passage[];
  random: RandomStream;
}

/** Finds the questions of one task on one passage. */
export type PassageMaker = (context: PassageContext) => PassageFact[];
