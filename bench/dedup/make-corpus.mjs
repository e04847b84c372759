/**
 * A corpus with planted near-duplicates, made like that of the published figures: documents of 200 to 1,500 characters
 * spliced from runs of one to three sentences, four fifths of them originals, the rest copies of one in which 5 to
 * 10 % of the words are replaced.
 *
 * The sentences are generated: invented words, as frequent as Zipf's law has it, a fourteenth of them numbers.
 * Originals share sentences, but never more than 30 % of their text, so that the labels are the truth.
 * @module
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { randomStream } from '../../dist/random.js';

const shareOfCopies = 0.2;
const mostShared = 0.3;
const vocabularySize = 30_000;

/**
 * Writes `documents` lines `{id, text, dup_of}`; `dup_of` is the line of the original, or null.
 *
 * @param {string} file
 * @param {{ documents: number; edits: 'scattered' | 'span' }} options `span`: the replaced words stand together
 */
export async function makeCorpus(file, { documents, edits }) {
  const random = randomStream(20_261_123, 'corpus', edits);
  const pickWord = wordPicker(random);
  const copies = Math.round(documents * shareOfCopies);
  const originals = makeOriginals(documents - copies, random, pickWord);
  const order = random.shuffle([
    ...originals.keys(),
    ...Array.from({ length: copies }, () => -1 - random.integer(originals.length)),
  ]);
  const lineOf = new Map(order.map((entry, line) => [entry, line]));
  const out = createWriteStream(file);
  for (const [id, entry] of order.entries()) {
    const original = entry < 0 ? -1 - entry : undefined;
    const text =
      original === undefined ? originals[entry] : edited(originals[original], edits, random, pickWord);
    const line = JSON.stringify({ id, text, dup_of: original === undefined ? null : lineOf.get(original) });
    if (!out.write(`${line}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

function wordPicker(random) {
  const syllables = [
    'ba',
    'co',
    'der',
    'est',
    'fi',
    'gan',
    'hul',
    'in',
    'ju',
    'kor',
    'lam',
    'mer',
    'no',
    'or',
  ];
  const words = Array.from({ length: vocabularySize }, (_, rank) => {
    const length = 1 + Math.floor(Math.log(rank + 1) / 3.5);
    return Array.from({ length }, () => random.pick(syllables)).join('');
  });
  let total = 0;
  const cumulative = words.map((_, rank) => {
    total += 1 / (rank + 2.7);
    return total;
  });
  return () => {
    if (random.integer(14) === 0) return String(random.integer(10 ** (1 + random.integer(4))));
    const target = random.next() * total;
    let low = 0;
    let high = words.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < target) low = middle + 1;
      else high = middle;
    }
    return words[low];
  };
}

function makeOriginals(count, random, pickWord) {
  const sentences = Array.from({ length: Math.max(1000, Math.round(count * 0.4)) }, () => {
    const words = Array.from({ length: 8 + random.integer(32) }, pickWord).join(' ');
    return `${words[0].toUpperCase()}${words.slice(1)}.`;
  });
  const holders = sentences.map(() => []);
  const originals = [];
  while (originals.length < count) {
    const target = 200 + random.integer(1301);
    const used = [];
    let length = 0;
    while (length < target) {
      const start = random.integer(sentences.length);
      for (let i = start; i < Math.min(start + 1 + random.integer(3), sentences.length); i++) {
        used.push(i);
        length += sentences[i].length + 1;
      }
    }
    while (used.length > 2 && length > 1501) length -= sentences[used.pop()].length + 1;
    const text = used.map((i) => sentences[i]).join(' ');
    if (text.length < 200 || text.length > 1500) continue;
    const shared = new Map();
    for (const i of new Set(used))
      for (const other of holders[i]) shared.set(other, (shared.get(other) ?? 0) + sentences[i].length);
    const overlaps = ([other, length]) =>
      length > mostShared * (text.length + originals[other].length - length);
    if ([...shared].some(overlaps)) continue;
    for (const i of new Set(used)) holders[i].push(originals.length);
    originals.push(text);
  }
  return originals;
}

function edited(text, edits, random, pickWord) {
  const words = text.split(' ');
  const count = Math.max(1, Math.round((0.05 + 0.05 * random.next()) * words.length));
  const first = random.integer(words.length - count + 1);
  const places =
    edits === 'span'
      ? Array.from({ length: count }, (_, i) => first + i)
      : random.shuffle([...words.keys()]).slice(0, count);
  for (const place of places) {
    const before = words[place];
    while (words[place] === before) words[place] = pickWord();
  }
  return words.join(' ');
}
