/**
 * The contexts of TAT-QA as documents: a table and the paragraphs around it, from annual reports. The data set lies
 * beside the repository, so tests that use it skip where it is absent.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Item } from '../../item.js';

const file = '../shared/data/finance/tatqa_dataset_dev.json';

/** Whether the data set is there. */
export const hasTatqa = existsSync(file);

/** A question of the data set that is answered from the context. */
export interface TatqaQuestion {
  document: string;
  question: string;
  answer: string;
  /** `span`, `multi-span`, `arithmetic` or `count`. */
  type: string;
  scale: string;
}

interface Context {
  table: { uid: string; table: string[][] };
  paragraphs: { order: number; text: string }[];
  questions: { question: string; answer: unknown; answer_type: string; scale: string }[];
}

/** Documents and the questions on them. */
export function readTatqa(): { documents: Item[]; questions: TatqaQuestion[] } {
  const contexts = JSON.parse(readFileSync(file, 'utf8')) as Context[];
  const documents = contexts.map(({ table, paragraphs }, index): Item => {
    const [first, ...others] = paragraphs.toSorted((a, b) => a.order - b.order);
    return {
      id: `tatqa-${index + 1}`,
      blocks: [
        { type: 'paragraph', text: first!.text, page: 1 },
        { type: 'table', rows: table.table, page: 1 },
        ...others.map(({ text }) => ({ type: 'paragraph' as const, text, page: 2 })),
      ],
      task: 'document',
      group: `report-${index + 1}`,
      source: `report ${index + 1}`,
      licence: 'CC-BY-4.0',
      origin: { file: `report-${index + 1}.pdf` },
      steps: [],
    };
  });
  const questions = contexts.flatMap(({ questions: asked }, index) =>
    asked.map(({ question, answer, answer_type, scale }) => ({
      document: `tatqa-${index + 1}`,
      question,
      answer: Array.isArray(answer) ? answer.join(', ') : String(answer),
      type: answer_type,
      scale,
    })),
  );
  return { documents, questions };
}
