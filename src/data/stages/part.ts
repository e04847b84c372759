/**
 * Parts: the items of a stage in files of a bounded size, one item a line, so that a part can be worked on by itself.
 * @module
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AttuneError } from '../../errors.js';
import { fileError, writeFileAtomically } from '../../files.js';
import type { Split } from '../example.js';
import { type Item, itemTexts } from '../item.js';
import { answerKey } from '../quality/conflicts.js';

/** A part is closed when it holds so many items, or so many characters of JSON. */
export const partLimits = { items: 2000, characters: 4 * 2 ** 20 };

/** What the steps that see all items at once need of one: everything but its texts. */
export interface Row {
  id: string;
  group: string;
  task: string;
  licence: string;
  /** The source's file. */
  file: string;
  /** Digest of the prompt as {@link answerKey} makes it, or of the whole text where there is no prompt. */
  prompt: string;
  /** Digest of the answer, made alike; empty where there is none. */
  answer: string;
  /** Characters of all texts. */
  characters: number;
  parent?: string;
  split?: Split;
  aspects?: string[];
  scores?: Record<string, number>;
}

/** The row of an item. */
export function rowOf(item: Item): Row {
  const { id, group, task, licence, origin, parent, split, aspects, scores } = item;
  const key = answerKey(item);
  return {
    id,
    group,
    task,
    licence,
    file: origin.file,
    prompt: key?.prompt ?? digest(itemTexts(item).join('\n')),
    answer: key?.answer ?? '',
    characters: charactersOf(item),
    ...(parent === undefined ? {} : { parent }),
    ...(split === undefined ? {} : { split }),
    ...(aspects === undefined ? {} : { aspects }),
    ...(scores === undefined ? {} : { scores }),
  };
}

/** Characters of all texts of an item. */
export function charactersOf(item: Item): number {
  return itemTexts(item).reduce((sum, text) => sum + text.length, 0);
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 16);

/** Values as JSON lines. */
export function jsonLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

/** Writes values as JSON lines, atomically. */
export function writeLines(file: string, values: readonly unknown[]): Promise<void> {
  return writeFileAtomically(file, jsonLines(values));
}

/**
 * Reads a file of JSON lines that {@link writeLines} wrote.
 *
 * @throws AttuneError that names file and line where it is damaged
 */
export async function readLines<T>(file: string): Promise<T[]> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fileError(error, file);
  });
  const values: T[] = [];
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? undefined : end);
    try {
      values.push(JSON.parse(line) as T);
    } catch (cause) {
      throw new AttuneError('is damaged', {
        file,
        line: values.length + 1,
        fix: 'delete the folder that it lies in and run the same command again',
        cause,
      });
    }
    if (end < 0) break;
    start = end + 1;
  }
  return values;
}
