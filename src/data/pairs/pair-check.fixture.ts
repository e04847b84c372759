/**
 * Whole pairs, read and computed again from the text of their prompts.
 * @module
 */
import type { UnsplitExample } from '../example.js';
import type { StatementTable } from '../tables/statement.js';
import { checkResponse } from './answer-check.fixture.js';
import { checkDerivation } from './derivation-check.fixture.js';
import { type ReadDocument, readDocument } from './forms/told-table.fixture.js';
import { QuestionReader } from './question-text.fixture.js';

/** A pair as a reader sees it. */
export interface ReadPair {
  document: ReadDocument;
  questions: QuestionReader;
  question: string;
  said: string;
}

/** Checks pairs; each document is read once. */
export class PairChecker {
  readonly #tables: ReadonlyMap<string, StatementTable>;
  readonly #read = new Map<string, { document: ReadDocument; questions: QuestionReader }>();

  /** @param tables behind the documents, for the names of rows and columns in prose */
  constructor(tables: readonly StatementTable[]) {
    this.#tables = new Map(tables.map((one) => [one.source, one]));
  }

  read({ messages, source }: UnsplitExample): ReadPair {
    const prompt = messages![1]!.content;
    const end = prompt.lastIndexOf('\n\n');
    const text = prompt.slice(0, end);
    if (!this.#read.has(text)) {
      const table = this.#tables.get(source.replace(/ \((?:report|analysis)\)$/, ''))!;
      const document = readDocument(text, table);
      this.#read.set(text, { document, questions: new QuestionReader(document.told) });
    }
    return { ...this.#read.get(text)!, question: prompt.slice(end + 2), said: messages![2]!.content };
  }

  /** What is wrong with the answer of a pair, or with another one in its place; undefined where nothing is. */
  fault(pair: UnsplitExample, said = pair.messages![2]!.content): string | undefined {
    const { document, questions, question } = this.read(pair);
    try {
      const asked = questions.read(pair.task!, question);
      if (!asked) throw new Error('the question was not read');
      checkResponse(document, pair.task!, asked, said, pair.answer);
      checkDerivation(document.told, pair.task!, pair.derivation!, said);
      return undefined;
    } catch (error) {
      return `${pair.id}: ${question} → ${said}; ${(error as Error).message}`;
    }
  }

  /** The faults of many pairs. */
  faults(pairs: readonly UnsplitExample[]): string[] {
    return pairs.flatMap((pair) => this.fault(pair) ?? []);
  }
}
