/**
 * Instruction/response pairs from statement tables.
 * @module
 */
import { randomStream } from '../../random.js';
import type { PairSettings, PairTask } from '../../recipe/data/tables.js';
import type { UnsplitExample } from '../example.js';
import { type StatementTable, tableText } from '../tables/statement.js';
import type { Fact } from './fact.js';
import { factMakers } from './facts.js';
import { fill, phrasings } from './phrasings.js';
import { viewTable } from './table-view.js';

interface TableQueue {
  table: StatementTable;
  text: string;
  /** Facts that have not been asked yet, by task. */
  facts: Map<PairTask, Fact[]>;
  questions: Set<string>;
  made: number;
}

/**
 * Makes up to `settings.count` pairs, spread evenly over tables and tasks: table after table takes its turn, and asks
 * the kind of question of which there are fewest so far. Every question of a table is asked in one way only, and no two
 * are equal. The table stands before the question, so that the prompts of one table begin with the same tokens.
 *
 * Equal tables, settings and seed give equal pairs, in the order of the tables.
 */
export function makePairs(
  tables: readonly StatementTable[],
  settings: PairSettings,
  seed: number,
): UnsplitExample[] {
  const queues = tables
    .map(
      (table): TableQueue => ({
        table,
        text: tableText(table),
        facts: new Map(),
        questions: new Set(),
        made: 0,
      }),
    )
    .filter(
      ({ text }) =>
        settings.max_table_characters === undefined || text.length <= settings.max_table_characters,
    );
  for (const queue of queues) {
    const view = viewTable(queue.table);
    const foreignLabels = labelsOfOthers(queues, queue.table.group);
    for (const task of settings.tasks) {
      const random = randomStream(seed, 'pairs', queue.table.id, task);
      const facts = random.shuffle(factMakers[task]({ view, foreignLabels, random }));
      if (facts.length > 0) queue.facts.set(task, facts);
    }
  }

  const counts = new Map<PairTask, number>(settings.tasks.map((task) => [task, 0]));
  const examples: UnsplitExample[] = [];
  let open = randomStream(seed, 'pairs', 'order').shuffle(queues);
  while (open.length > 0 && examples.length < settings.count) {
    for (const queue of open) {
      if (examples.length >= settings.count) break;
      const example = next(queue, counts, settings, seed);
      if (example) examples.push(example);
    }
    open = open.filter(({ facts }) => facts.size > 0);
  }
  const position = new Map(queues.map(({ table }, index) => [table.source, index]));
  return examples.toSorted((a, b) => position.get(a.source)! - position.get(b.source)!);
}

/** The next pair of a table, of the task that is rarest so far. */
function next(
  queue: TableQueue,
  counts: Map<PairTask, number>,
  settings: PairSettings,
  seed: number,
): UnsplitExample | undefined {
  while (queue.facts.size > 0) {
    const [task, facts] = [...queue.facts].reduce((rarest, entry) =>
      counts.get(entry[0])! < counts.get(rarest[0])! ? entry : rarest,
    );
    const fact = facts.pop()!;
    if (facts.length === 0) queue.facts.delete(task);
    const random = randomStream(seed, 'pairs', queue.table.id, 'phrasing', queue.made);
    const question = fill(random.pick(phrasings[fact.phrasing].slice(0, settings.phrasings)), fact.words);
    if (queue.questions.has(question)) continue;
    queue.questions.add(question);
    queue.made++;
    counts.set(task, counts.get(task)! + 1);
    return {
      id: `${queue.table.id}-${queue.made}`,
      messages: [
        { role: 'system', content: settings.system_prompt },
        { role: 'user', content: `${queue.text}\n\n${question}` },
        { role: 'assistant', content: fact.response },
      ],
      task,
      group: queue.table.group,
      source: queue.table.source,
      licence: queue.table.licence,
      ...(fact.answer === undefined ? {} : { answer: fact.answer }),
      derivation: fact.derivation,
    };
  }
  return undefined;
}

/** Labels of amounts in other groups' tables, long enough to mean one thing. */
function labelsOfOthers(queues: readonly TableQueue[], group: string): string[] {
  const labels = queues
    .filter(({ table }) => table.group !== group)
    .flatMap(({ table }) => table.rows.filter(({ kind }) => kind === 'amount').map(({ label }) => label));
  return [...new Set(labels)].filter(
    (label) => label.length >= 10 && label.length <= 50 && !/\d|\btotal\b/i.test(label),
  );
}
