/**
 * Instruction/response pairs from documents, made by rules: every answer stands in the document or follows from it.
 * @module
 */
import { randomStream } from '../../../random.js';
import type { DocumentPairSettings } from '../../../recipe/data/document-pairs.js';
import { defaultPairTasks, type PairSettings } from '../../../recipe/data/tables.js';
import type { Item } from '../../item.js';
import { tableText } from '../../tables/statement.js';
import { checkAnswer } from '../answer-formats.js';
import { holds } from '../checks/words.js';
import { makePairs } from '../make-pairs.js';
import { fill } from '../phrasings.js';
import { absentAnswers, passageWords } from './absent-answers.js';
import { type DocumentTable, documentFacts, type PassageFacts, portableTasks } from './document-facts.js';
import type { PassageFact } from './passage-fact.js';
import { passagePhrasings } from './passage-phrasings.js';
import { carriedOf } from './passages.js';

/** Pairs of a part of the documents. */
export interface DocumentPairs {
  items: Item[];
  /** Pairs by task. */
  counts: Record<string, number>;
  /** Tables that could not be read safely, and why. */
  refused: { id: string; reason: string }[];
}

/** Tables that lend each other labels: comparing all with all would take a time that grows with the square. */
const tablesAtOnce = 256;
/** One question in so many that a passage answers is put beside it that it does not answer. */
const answeredPerDeclined = 4;

/**
 * Makes pairs from documents: questions on their statement tables (all the tasks of {@link makePairs}) and on their
 * passages. Table or passage, blank line and question are the user's turn; the passage is the item's `context`. No
 * question holds its answer (but for options to choose from), and each task's answers have one form
 * (`answer-formats.ts`). Questions that can't be answered are borrowed from other passages of the same part.
 *
 * Equal documents, settings and seed give equal pairs, in the order of the documents.
 *
 * @param documents items with `blocks`; others are passed over
 */
export function makeDocumentPairs(
  documents: readonly Item[],
  settings: DocumentPairSettings,
  seed: number,
): DocumentPairs {
  const read = documents
    .filter(({ blocks }) => blocks !== undefined)
    .map((document) => documentFacts(document, settings, seed));
  const asked = read
    .flatMap(({ passages }) => passages)
    .map((source) => new AskedPassage(source, settings, seed));
  const counts = new Map<string, number>();
  for (const passage of asked) passage.askAll(counts);
  if (settings.tasks.includes('unanswerable')) askInVain(asked, seed);

  const byDocument = new Map<Item, Item[]>(documents.map((document) => [document, []]));
  for (const [document, item] of tablePairs(
    read.flatMap(({ tables }) => tables),
    settings,
    seed,
  )) {
    byDocument.get(document)!.push(item);
  }
  for (const { document, items } of asked) byDocument.get(document)!.push(...items);
  const items = [...byDocument.values()].flat();
  return { items, counts: countTasks(items), refused: read.flatMap(({ refused }) => refused) };
}

/** A passage with the pairs that are made of it. */
class AskedPassage {
  readonly items: Item[] = [];
  readonly document: Item;
  readonly source: PassageFacts;
  readonly #settings: DocumentPairSettings;
  readonly #seed: number;
  readonly #questions = new Set<string>();

  constructor(source: PassageFacts, settings: DocumentPairSettings, seed: number) {
    this.source = source;
    this.document = source.document;
    this.#settings = settings;
    this.#seed = seed;
  }

  /** Asks what the passage answers, each time of the task that is rarest so far. */
  askAll(counts: Map<string, number>): void {
    const { tasks, max_per_passage } = this.#settings;
    const open = new Map(
      [...this.source.facts]
        .filter(([task]) => tasks.includes(task))
        .map(([task, facts]) => [task, [...facts]]),
    );
    while (open.size > 0 && this.items.length < max_per_passage) {
      const [task, facts] = [...open].reduce((rarest, entry) =>
        (counts.get(entry[0]) ?? 0) < (counts.get(rarest[0]) ?? 0) ? entry : rarest,
      );
      const asked = this.ask(facts.pop()!);
      if (facts.length === 0) open.delete(task);
      if (asked) counts.set(task, (counts.get(task) ?? 0) + 1);
    }
  }

  /** Puts a fact into words; whether that gave a pair. */
  ask(fact: PassageFact): boolean {
    const { passage } = this.source;
    const { phrasings, system_prompt } = this.#settings;
    const random = randomStream(this.#seed, 'document-pairs', passage.id, 'phrasing', this.items.length);
    const question = fill(random.pick(passagePhrasings[fact.phrasing].slice(0, phrasings)), fact.words);
    if (this.#questions.has(question) || namesAnswer(fact, question)) return false;
    const verdict = checkAnswer(fact.task, fact.response);
    if ('rejected' in verdict) return false;
    this.#questions.add(question);
    const context = fact.context ?? passage.text;
    this.items.push({
      id: `${passage.id}-${this.items.length + 1}`,
      messages: [
        ...(system_prompt === '' ? [] : [{ role: 'system' as const, content: system_prompt }]),
        { role: 'user', content: `${context}\n\n${question}` },
        { role: 'assistant', content: 'repaired' in verdict ? verdict.repaired : fact.response },
      ],
      task: fact.task,
      group: passage.group,
      source: passage.source,
      licence: passage.licence,
      origin: passage.origin,
      steps: passage.steps,
      context,
      ...(fact.answer === undefined ? {} : { answer: fact.answer }),
      derivation: fact.derivation,
      ...passage.carried,
    });
    return true;
  }
}

/**
 * Adds questions that passages can't answer, at most a quarter of those that they can: first to passages that answer
 * something, so that a passage alone does not tell whether there is an answer.
 */
function askInVain(asked: readonly AskedPassage[], seed: number): void {
  const candidates = asked.flatMap(({ source: { passage, facts } }) =>
    portableTasks.flatMap((task) => (facts.get(task) ?? []).map((fact) => ({ passage, fact }))),
  );
  const answered = asked.reduce((sum, { items }) => sum + items.length, 0);
  let left = Math.ceil(answered / answeredPerDeclined);
  const order = randomStream(seed, 'document-pairs', 'in vain').shuffle(asked);
  for (const one of [
    ...order.filter(({ items }) => items.length > 0),
    ...order.filter(({ items }) => items.length === 0),
  ]) {
    if (left <= 0) break;
    const { passage, facts } = one.source;
    const random = randomStream(seed, 'document-pairs', passage.id, 'in vain');
    const own = facts.get('extraction') ?? [];
    const made = random.shuffle(absentAnswers(passage, passageWords(passage), candidates, own, random));
    if (made[0] && one.ask(made[0])) left--;
  }
}

/** The pairs of all tables with their documents. */
function tablePairs(
  tables: readonly DocumentTable[],
  settings: DocumentPairSettings,
  seed: number,
): [Item, Item][] {
  const { max_per_table, max_table_characters, phrasings, system_prompt } = settings;
  const pairs: [Item, Item][] = [];
  for (let start = 0; start < tables.length; start += tablesAtOnce) {
    const some = tables.slice(start, start + tablesAtOnce);
    const owners = new Map(some.map((one) => [one.table.id, { ...one, text: tableText(one.table) }]));
    const pairSettings: PairSettings = {
      count: some.length * max_per_table,
      tasks: [...defaultPairTasks],
      forms: ['statement'],
      max_document_characters: Number.POSITIVE_INFINITY,
      phrasings,
      system_prompt,
      ...(max_table_characters === undefined ? {} : { max_table_characters }),
    };
    const made = makePairs(
      some.map(({ table }) => table),
      pairSettings,
      seed,
    );
    for (const { messages, ...pair } of made) {
      // The id of a pair is that of its table and a number.
      const { document, page, text } = owners.get(pair.id.slice(0, pair.id.lastIndexOf('-')))!;
      const item: Item = {
        ...pair,
        messages: system_prompt === '' ? messages!.slice(1) : messages!,
        origin: { ...document.origin, ...(page === undefined ? {} : { page }) },
        steps: document.steps,
        context: text,
        ...carriedOf(document),
      };
      pairs.push([document, item]);
    }
  }
  return pairs;
}

/** Whether a question holds its answer; those that offer options do, and that is meant. */
function namesAnswer({ task, response }: PassageFact, question: string): boolean {
  if (task === 'classification' || task === 'comparison' || task === 'unanswerable') return false;
  return holds(question, response);
}

function countTasks(items: readonly Item[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { task } of items) counts.set(task, (counts.get(task) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
