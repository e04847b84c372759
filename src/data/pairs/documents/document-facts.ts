/**
 * What a document can be asked: the facts of its passages and its statement tables.
 * @module
 */
import { randomStream } from '../../../random.js';
import type { DocumentPairSettings } from '../../../recipe/data/document-pairs.js';
import { blockText } from '../../document.js';
import type { Item } from '../../item.js';
import type { StatementTable } from '../../tables/statement.js';
import { definition } from './definitions.js';
import { extraction } from './details.js';
import type { PassageFact, PassageMaker } from './passage-fact.js';
import { makePassages, type Passage } from './passages.js';
import { classification, summary, title } from './sections.js';
import { comparison, json_extraction, numeric } from './stated-figures.js';
import { readStatement } from './table-text.js';

/** A task whose facts stand in the passage itself. */
export type MadeTask = Exclude<PassageFact['task'], 'unanswerable'>;

/** A passage and what it can be asked. */
export interface PassageFacts {
  document: Item;
  passage: Passage;
  facts: ReadonlyMap<MadeTask, readonly PassageFact[]>;
}

/** A statement table of a document, with its page where the document has pages. */
export interface DocumentTable {
  document: Item;
  table: StatementTable;
  page?: number;
}

/** What a document can be asked, and the tables that could not be read safely. */
export interface DocumentFacts {
  passages: PassageFacts[];
  tables: DocumentTable[];
  refused: { id: string; reason: string }[];
}

const makers: readonly [MadeTask, PassageMaker][] = [
  ['definition', definition],
  ['extraction', extraction],
  ['json_extraction', json_extraction],
  ['classification', classification],
  ['title', title],
  ['summary', summary],
  ['comparison', comparison],
  ['numeric', numeric],
];

/** Tasks whose questions make sense of other passages too. */
export const portableTasks: readonly MadeTask[] = ['definition', 'extraction'];

/** The facts of a document, those of each task in an order drawn by the seed. */
export function documentFacts(document: Item, settings: DocumentPairSettings, seed: number): DocumentFacts {
  const lends = settings.tasks.includes('unanswerable');
  const siblings = makePassages(document, settings);
  const passages = siblings
    .filter(({ body }) => body !== '')
    .map((passage): PassageFacts => {
      const facts = new Map<MadeTask, PassageFact[]>();
      for (const [task, make] of makers) {
        // Facts of tasks that are not asked for still lend questions that other passages can't answer.
        if (!settings.tasks.includes(task) && !(lends && portableTasks.includes(task))) continue;
        const random = randomStream(seed, 'document-pairs', passage.id, task);
        const made = make({ passage, document, siblings, random });
        if (made.length > 0) facts.set(task, random.shuffle(made));
      }
      return { document, passage, facts };
    });
  const { tables, refused } = settings.tasks.includes('tables')
    ? documentTables(document)
    : { tables: [], refused: [] };
  return { passages, tables, refused };
}

function documentTables(document: Item): Pick<DocumentFacts, 'tables' | 'refused'> {
  const tables: DocumentTable[] = [];
  const refused: DocumentFacts['refused'] = [];
  const blocks = document.blocks ?? [];
  let number = 0;
  for (const [index, block] of blocks.entries()) {
    if (block.type !== 'table') continue;
    number++;
    const id = `${document.id}#t${number}`;
    const before = blocks[index - 1];
    const read = readStatement(block, before && before.type !== 'table' ? blockText(before) : undefined);
    if ('reason' in read) {
      refused.push({ id, reason: read.reason });
      continue;
    }
    const { group, licence } = document;
    const page = block.page === undefined ? '' : `, page ${block.page}`;
    const source = `${document.source}${page}, table ${number}`;
    tables.push({
      document,
      table: { id, group, source, licence, ...read.table },
      ...(block.page === undefined ? {} : { page: block.page }),
    });
  }
  return { tables, refused };
}
