/**
 * One question of a benchmark.
 * @module
 */
import type { PromptBody } from '../system.js';
import type { Reference } from './reference.js';

/** One question of a benchmark. */
export interface BenchmarkItem {
  /** Unique in the benchmark and stable between runs. */
  id: string;
  /** Kind of task, for tables and filters. */
  task: string;
  /** Items of one group (document, company, patient) are not independent: statistics draw whole groups. */
  group: string;
  /** What is asked, worked examples left out. */
  prompt: PromptBody;
  reference: Reference;
  /** Of multiple choice: the answers to choose from. */
  choices?: readonly string[];
  /** What the answer has to rest on (passage, table, document), where there is such a thing. */
  context?: string;
  /** Whether the right answer is to decline, because the context does not hold it. */
  unanswerable?: boolean;
  /** The record that the item was made from, for scorers that need more of it; never changed. */
  fields: Readonly<Record<string, unknown>>;
}
