/**
 * Instruction/response pairs from statement tables.
 * @module
 */
import { randomStream } from '../../random.js';
import type { DocumentForm, PairSettings, PairTask } from '../../recipe/data/tables.js';
import type { UnsplitExample } from '../example.js';
import type { StatementTable } from '../tables/statement.js';
import type { Fact } from './fact.js';
import { askedFacts } from './forms/asked-facts.js';
import { type FormDocument, formAspects, formNouns, sourceOf } from './forms/form.js';
import { statedPhrasings } from './forms/stated-phrasings.js';
import { writeDocuments } from './forms/write-document.js';
import { fill, phrasings } from './phrasings.js';
import { viewTable } from './table-view.js';

interface DocumentQueue {
  /** Unique among the documents of all tables; the id of the table for the table itself. */
  id: string;
  table: StatementTable;
  document: FormDocument;
  /** Facts that have not been asked yet, by task. */
  facts: Map<PairTask, Fact[]>;
  questions: Set<string>;
  made: number;
}

/** The documents of one form, taking turns. */
interface Lane {
  queues: DocumentQueue[];
  at: number;
  made: number;
  counts: Map<PairTask, number>;
}

const waysOfAsking = { ...phrasings, ...statedPhrasings };

/**
 * Makes up to `settings.count` pairs, spread evenly over forms, tables and tasks: the form of which there are fewest takes
 * its turn, in it document after document, which asks the kind of question of which its form has fewest so far. Every
 * question of a document is asked in one way only, and no two are equal. The document stands before the question, so that
 * the prompts of one document begin with the same tokens.
 *
 * Equal tables, settings and seed give equal pairs, in the order of the tables. Where there are other forms than the
 * table itself, `aspects` and `source` of an example tell its form.
 */
export function makePairs(
  tables: readonly StatementTable[],
  settings: PairSettings,
  seed: number,
): UnsplitExample[] {
  const queues = tables.flatMap((table) => queuesOf(table, settings, seed));
  const used = [...new Set(queues.map(({ table }) => table))];
  const foreign = new Map<string, string[]>();
  for (const queue of queues) {
    const { group } = queue.table;
    if (!foreign.has(group)) foreign.set(group, labelsOfOthers(used, group));
    const view = viewTable(queue.table);
    for (const task of settings.tasks) {
      const random = randomStream(seed, 'pairs', queue.id, task);
      const facts = askedFacts(queue.document, task, { view, foreignLabels: foreign.get(group)!, random });
      if (facts.length > 0) queue.facts.set(task, facts);
    }
  }

  const lanes = settings.forms.map((form): Lane => {
    const order = randomStream(seed, 'pairs', 'order', ...(form === 'statement' ? [] : [form]));
    return {
      queues: order.shuffle(queues.filter(({ document }) => document.form === form)),
      at: 0,
      made: 0,
      counts: new Map(settings.tasks.map((task) => [task, 0])),
    };
  });
  const examples: { queue: DocumentQueue; example: UnsplitExample }[] = [];
  while (examples.length < settings.count) {
    const open = lanes.filter(({ queues: left }) => left.length > 0);
    if (open.length === 0) break;
    const lane = open.reduce((rarest, other) => (other.made < rarest.made ? other : rarest));
    const queue = nextQueue(lane);
    const example = queue && next(queue, lane.counts, settings, seed);
    if (!example) continue;
    lane.made++;
    examples.push({ queue, example });
  }
  const position = new Map(queues.map((queue, index) => [queue, index]));
  return examples
    .toSorted((a, b) => position.get(a.queue)! - position.get(b.queue)!)
    .map(({ example }) => example);
}

function queuesOf(table: StatementTable, settings: PairSettings, seed: number): DocumentQueue[] {
  const view = viewTable(table);
  const longest = settings.max_table_characters;
  return settings.forms.flatMap((form) =>
    writeDocuments(view, form, seed, settings.max_document_characters)
      .filter(({ text }) => form !== 'statement' || longest === undefined || text.length <= longest)
      .map((document, index) => ({
        id: form === 'statement' ? table.id : `${table.id}-${form}-${index + 1}`,
        table,
        document,
        facts: new Map(),
        questions: new Set(),
        made: 0,
      })),
  );
}

/** The document whose turn it is; those without questions leave the lane after each round. */
function nextQueue(lane: Lane): DocumentQueue | undefined {
  if (lane.at >= lane.queues.length) {
    lane.queues = lane.queues.filter(({ facts }) => facts.size > 0);
    lane.at = 0;
  }
  return lane.queues[lane.at++];
}

/** The next pair of a document, of the task that is rarest so far. */
function next(
  queue: DocumentQueue,
  counts: Map<PairTask, number>,
  settings: PairSettings,
  seed: number,
): UnsplitExample | undefined {
  const { table, document } = queue;
  while (queue.facts.size > 0) {
    const [task, facts] = [...queue.facts].reduce((rarest, entry) =>
      counts.get(entry[0])! < counts.get(rarest[0])! ? entry : rarest,
    );
    const fact = facts.pop()!;
    if (facts.length === 0) queue.facts.delete(task);
    const random = randomStream(seed, 'pairs', queue.id, 'phrasing', queue.made);
    const template = random.pick(waysOfAsking[fact.phrasing].slice(0, settings.phrasings));
    const question = fill(inWordsOf(template, document.form), fact.words);
    if (queue.questions.has(question)) continue;
    queue.questions.add(question);
    queue.made++;
    counts.set(task, counts.get(task)! + 1);
    return {
      id: `${queue.id}-${queue.made}`,
      messages: [
        { role: 'system', content: systemPrompt(settings) },
        { role: 'user', content: `${document.text}\n\n${question}` },
        { role: 'assistant', content: fact.response },
      ],
      task,
      group: table.group,
      source: sourceOf(table, document.form),
      licence: table.licence,
      ...(fact.answer === undefined ? {} : { answer: fact.answer }),
      derivation: fact.derivation,
      ...(isPlain(settings) ? {} : { aspects: [formAspects[document.form]] }),
    };
  }
  return undefined;
}

/** Whether the tables themselves are the only documents. */
function isPlain({ forms }: PairSettings): boolean {
  return forms.every((form) => form === 'statement');
}

function systemPrompt(settings: PairSettings): string {
  if (settings.system_prompt !== undefined) return settings.system_prompt;
  const noun = isPlain(settings) ? 'table' : 'document';
  return `Answer from the ${noun}. For a calculation, write the expression.`;
}

/** A way of asking that calls the document what it is; prose has no rows. */
function inWordsOf(template: string, form: DocumentForm): string {
  const named = template.replace(/\btable\b/g, formNouns[form]);
  return form === 'statement' ? named : named.replace(/(?<!\{)\brows\b/g, 'items');
}

/** Labels of amounts in other groups' tables, long enough to mean one thing. */
function labelsOfOthers(tables: readonly StatementTable[], group: string): string[] {
  const labels = tables
    .filter((table) => table.group !== group)
    .flatMap(({ rows }) => rows.filter(({ kind }) => kind === 'amount').map(({ label }) => label));
  return [...new Set(labels)].filter(
    (label) => label.length >= 10 && label.length <= 50 && !/\d|\btotal\b/i.test(label),
  );
}
