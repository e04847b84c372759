/**
 * Ways of asking. `{name}` is replaced by the fact's words; the first phrasing is the plainest.
 * @module
 */

import { analysisPhrasings } from './analysis-phrasings.js';

/** Kinds of questions with their phrasings; some tasks ask for different things. */
export const phrasings = {
  look_up: [
    'What was {row} {in}?',
    'How much was {row} {in}?',
    'What is the figure for {row} {in}?',
    'State {row} {in}.',
    'Give the value of {row} {in}.',
    'Look up {row} {in}.',
    'Which figure does the table show for {row} {in}?',
    '{row} {in}?',
  ],
  change: [
    'What was the change in {row} from {from} to {to}?',
    'By how much did {row} change between {from} and {to}?',
    'What is the difference in {row} between {to} and {from}?',
    'Compute the change in {row} from {from} to {to}.',
    'How much did {row} go up or down from {from} to {to}?',
    'Compared with {from}, by what amount did {row} change in {to}?',
    'Give the change of {row} in {to} over {from}.',
    '{row}: change from {from} to {to}?',
  ],
  percentage_change: [
    'What was the percentage change in {row} from {from} to {to}?',
    'By what percentage did {row} change between {from} and {to}?',
    'By how many percent did {row} change from {from} to {to}?',
    'Compute the percentage change of {row} from {from} to {to}.',
    'In percent, how did {row} develop from {from} to {to}?',
    'Compared with {from}, by what percentage did {row} change in {to}?',
    'Give the growth rate of {row} in {to} over {from}.',
    '{row}: change from {from} to {to} in percent?',
  ],
  total: [
    'What is the total of {rows} {in}?',
    'What do {rows} add up to {in}?',
    'How much are {rows} together {in}?',
    'Add up {rows} {in}.',
    'Compute the sum of {rows} {in}.',
    'What was the combined amount of {rows} {in}?',
    'Taken together, what were {rows} {in}?',
    'Sum of {rows} {in}?',
  ],
  average: [
    'What was the average of {row} over {periods}?',
    'What was the mean of {row} for {periods}?',
    'Compute the average {row} across {periods}.',
    'On average, how much was {row} in {periods}?',
    'Averaged over {periods}, what was {row}?',
    'Give the average of {row} for {periods}.',
    'What is the mean value of {row} in {periods}?',
    '{row}: average of {periods}?',
  ],
  share: [
    'What share of {whole} was {row} {in}?',
    'What percentage of {whole} did {row} make up {in}?',
    'How many percent of {whole} came from {row} {in}?',
    'Compute the share of {row} in {whole} {in}.',
    'As a percentage of {whole}, how much was {row} {in}?',
    'Which part of {whole}, in percent, was {row} {in}?',
    'Give {row} as a percentage of {whole} {in}.',
    '{row} {in} in percent of {whole}?',
  ],
  ratio: [
    'What was the ratio of {row} to {other} {in}?',
    'How many times {other} was {row} {in}?',
    'Compute the ratio of {row} to {other} {in}.',
    'What do you get when you divide {row} by {other} {in}?',
    'Give {row} as a multiple of {other} {in}.',
    'In proportion to {other}, how large was {row} {in}?',
    'State the ratio between {row} and {other} {in}.',
    '{row} to {other} {in}: what ratio?',
  ],
  comparison_direction: [
    'Did {row} increase or decrease from {from} to {to}?',
    'From {from} to {to}, did {row} increase or decrease?',
    'Has {row} increased or decreased in {to} compared with {from}?',
    'Was there an increase or a decrease in {row} between {from} and {to}?',
    'Which way did {row} go from {from} to {to}: increased or decreased?',
    'Say whether {row} increased or decreased from {from} to {to}.',
    'Compared with {from}, had {row} increased or decreased in {to}?',
    '{row}, {from} to {to}: increased or decreased?',
  ],
  comparison_rows: [
    'Which was larger {in}, {first} or {second}?',
    '{in}, which was higher: {first} or {second}?',
    'Was {first} or {second} the larger amount {in}?',
    'Compare {first} and {second} {in}: which is larger?',
    'Which of the two was greater {in}: {first} or {second}?',
    'Of {first} and {second}, which was larger {in}?',
    'Name the larger one {in}: {first} or {second}.',
    '{first} or {second}: which was larger {in}?',
  ],
  ranking: [
    'Which of {items} was the {rank} {in}?',
    'Among {items}, which was the {rank} {in}?',
    'Name the {rank} of {items} {in}.',
    '{in}, which was the {rank} of {items}?',
    'Rank {items} {in}: which is the {rank}?',
    'Out of {items}, which one was the {rank} {in}?',
    'Looking at {items}, which was the {rank} {in}?',
    '{items}: which was the {rank} {in}?',
  ],
  ranking_periods: [
    'In which year was {row} the {rank}?',
    'Which year had the {rank} {row}?',
    'When was {row} the {rank}?',
    'Name the year with the {rank} {row}.',
    'Of the years shown, in which was {row} the {rank}?',
    'In what year did {row} have its {rank} value?',
    'Rank the years by {row}: which one is the {rank}?',
    '{row}: which year was the {rank}?',
  ],
  unit_conversion: [
    'What was {row} {in}, expressed in {unit}?',
    'Express {row} {in} in {unit}.',
    'How many {unit} was {row} {in}?',
    'Convert {row} {in} to {unit}.',
    'State {row} {in} in {unit}.',
    'What is {row} {in} when it is given in {unit}?',
    'In {unit}, how much was {row} {in}?',
    '{row} {in} in {unit}?',
  ],
  statement_type: [
    'What kind of table is this: {options}?',
    'Which of these is the table: {options}?',
    'Classify the table as {options}.',
    'Is this table from {options}?',
    'What does the table belong to: {options}?',
    'Choose what fits the table: {options}.',
    'Where in a report would this table stand: {options}?',
    'Type of this table: {options}?',
  ],
  ...analysisPhrasings,
} as const;

/** A list of phrasings. */
export type Phrasing = keyof typeof phrasings;

/** Names in a question, joined as people write them. */
export function enumerate(items: readonly string[], conjunction: 'and' | 'or'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`;
}

/** Fills a template and begins it with a capital. */
export function fill(template: string, words: Readonly<Record<string, string>>): string {
  const text = template.replace(/\{(\w+)\}/g, (_match, name: string) => words[name]!);
  return text[0]!.toUpperCase() + text.slice(1);
}
