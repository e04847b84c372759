/**
 * Items with and without held-out ones in them, made from random words and from real questions.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import type { RandomStream } from '../../random.js';
import type { Item } from '../item.js';

/** A question with what belongs to it. */
export interface Question {
  id: string;
  question: string;
  answer: string;
  context?: string;
}

const system = 'You are a careful analyst. Answer from what you are given, and say so when it is not there.';

/** A training item that asks `question`; `known` tells the item its context, as records with a context do. */
export function makeItem(
  id: string,
  { question, answer, context }: Omit<Question, 'id'>,
  known = true,
): Item {
  return {
    id,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: context === undefined ? question : `${context}\n\n${question}` },
      { role: 'assistant', content: answer },
    ],
    ...(context !== undefined && known ? { context } : {}),
    task: 'general',
    group: `group of ${id}`,
    source: 'made',
    licence: 'own work',
    origin: { file: 'made.jsonl' },
    steps: [],
    split: 'train',
  };
}

/** A training item of plain text. */
export function makeText(id: string, text: string): Item {
  const { messages, ...rest } = makeItem(id, { question: '', answer: '' });
  return { ...rest, text };
}

const fillers = [
  'really',
  'exactly',
  'please',
  'then',
  'overall',
  'given',
  'here',
  'actually',
  'reported',
  'stated',
];

/** Changes, inserts and drops words: about `share` of them, one at least. */
export function editWords(text: string, share: number, random: RandomStream): string {
  const words = text.split(' ');
  const edits = Math.max(1, Math.round(words.length * share));
  for (let i = 0; i < edits; i++) {
    const place = random.integer(words.length);
    const how = random.integer(3);
    if (how === 0) words[place] = random.pick(fillers);
    else if (how === 1) words.splice(place, 0, random.pick(fillers));
    else if (words.length > 3) words.splice(place, 1);
  }
  return words.join(' ');
}

/** Writes the same differently: case, punctuation, marks in numbers, white space. */
export function rewrite(text: string, random: RandomStream): string {
  let result = text;
  const how = random.integer(5);
  if (how === 0) result = result.toUpperCase();
  if (how === 1) result = result.toLowerCase();
  if (random.integer(2)) result = result.replaceAll(/[?.!;:](?!\d)/g, '');
  else result = result.replaceAll(/[?.](?!\d)/g, ' ...');
  if (random.integer(2)) result = result.replaceAll(/(\d),(\d{3})/g, '$1$2');
  else
    result = result.replaceAll(/(?<![\d.,])(\d{1,3})(\d{3})(?![\d,])/g, (all, a, b) =>
      /^(19|20)\d\d$/.test(all) ? all : `${a},${b}`,
    );
  return result.replaceAll(' ', random.integer(3) === 0 ? '  ' : ' ').replaceAll("'", '’');
}

const frames: [before: string, after: string][] = [
  ['Please answer the following question as precisely as you can: ', ''],
  ['A colleague asked me this today and I could not help. ', ' Could you tell me, and keep it short?'],
  ['Question: ', '\nThink step by step and give the final answer on the last line.'],
  ['### Instruction\nBelow is a task taken from an exam.\n', '\n### Response'],
  ['', ' Explain in one sentence how you know.'],
];

/** The question within other words. */
export function reframe(question: string, random: RandomStream): string {
  const [before, after] = random.pick(frames);
  return `${before}${question}${after}`;
}

/** Words that look like words; a few are frequent, most are rare. */
export function makeWords(random: RandomStream, count: number): string[] {
  const syllables = 'ba co du fe gi ka lo mu ne pi ra so tu ve wi za tri sto ple nor'.split(' ');
  return Array.from({ length: count }, () =>
    Array.from({ length: 2 + random.integer(3) }, () => random.pick(syllables)).join(''),
  );
}

/** Running text over `words`. */
export function makeProse(words: readonly string[], count: number, random: RandomStream): string {
  const glue = ['the', 'of', 'and', 'in', 'to', 'a', 'is', 'for', 'was', 'with'];
  return Array.from({ length: count }, () => {
    if (random.next() < 0.4) return random.pick(glue);
    return words[Math.floor(words.length * random.next() ** 2)]!;
  }).join(' ');
}

/** A statement table of another report: labels that all reports share, figures of its own. */
export function makeTable(random: RandomStream): {
  text: string;
  questions: Omit<Question, 'id' | 'context'>[];
} {
  const labels = random
    .shuffle([
      'Revenue from contracts with customers',
      'Cost of goods sold',
      'Selling, general and administrative expenses',
      'Research and development',
      'Income before provision for income taxes',
      'Net income attributable to common shareholders',
      'Total current assets',
      'Deferred tax assets, net of valuation allowance',
    ])
    .slice(0, 4);
  const figure = (): number => 100 + random.integer(900_000);
  const rows = labels.map((label) => ({ label, values: [figure(), figure()] as const }));
  const text = [
    'Table: Years ended December 31 (thousands of dollars)',
    ...rows.map(({ label, values }) => `${label} | 2019 ${values[0]} | 2018 ${values[1]}`),
  ].join('\n');
  const questions = rows.flatMap(({ label, values: [now, before] }) => [
    { question: `How much was ${label} in 2019?`, answer: String(now) },
    {
      question: `What is the percentage change in ${label} in 2019 from 2018?`,
      answer: `(${now} - ${before}) / ${before} in %`,
    },
    { question: `Did ${label} go up or down in 2019?`, answer: now > before ? 'increased' : 'decreased' },
  ]);
  return { text, questions };
}

interface TatqaContext {
  table: { table: string[][] };
  paragraphs: { text: string }[];
  questions: { uid: string; question: string; answer: unknown; scale: string }[];
}

const tatqaFile = '../shared/data/finance/tatqa_dataset_dev.json';
const pubmedqaFile = '../shared/data/medicine/pubmedqa_ori_pqal.json';

/** Whether the real questions lie beside the repository. */
export const hasRealQuestions = existsSync(tatqaFile) && existsSync(pubmedqaFile);

/** TAT-QA's development questions, by table. */
export function readTatqa(): Question[][] {
  const contexts = JSON.parse(readFileSync(tatqaFile, 'utf8')) as TatqaContext[];
  return contexts.map(({ table, paragraphs, questions }) => {
    const context = [
      ...table.table.map((row) => row.join(' | ')),
      ...paragraphs.map(({ text }) => text),
    ].join('\n');
    return questions.map(({ uid, question, answer, scale }) => ({
      id: uid,
      question,
      answer: `${Array.isArray(answer) ? answer.join(', ') : String(answer)}${scale ? ` ${scale}` : ''}`,
      context,
    }));
  });
}

/** PubMedQA's labelled questions. */
export function readPubmedqa(): Question[] {
  const records = JSON.parse(readFileSync(pubmedqaFile, 'utf8')) as Record<
    string,
    { QUESTION: string; CONTEXTS: string[]; final_decision: string }
  >;
  return Object.entries(records).map(([id, { QUESTION, CONTEXTS, final_decision }]) => ({
    id,
    question: QUESTION,
    answer: final_decision,
    context: CONTEXTS.join('\n'),
  }));
}

const factTemplates: ((thing: string, other: string) => string)[] = [
  (thing, other) => `What is the melting point of ${thing} under a pressure of ${other}?`,
  (thing, other) => `Which of the rivers of ${thing} flows through the valley of ${other}?`,
  (thing, other) => `Who was the founder of ${thing} and why did he move to ${other}?`,
  (thing, other) => `In what year did the treaty of ${thing} end the war over ${other}?`,
];

/** Questions that need no passage: a few templates, names and answers of their own; some answers are common. */
export function makeFacts(random: RandomStream, count: number): Question[] {
  const names = [...new Set(makeWords(random, count * 6))];
  const name = (): string => random.pick(names);
  return Array.from({ length: count }, (_, i) => ({
    id: `fact ${i}`,
    question: random.pick(factTemplates)(`${name()} ${name()}`, name()),
    answer: random.pick(['yes', '1848', 'none of these', `${name()} ${name()}`]),
  }));
}
