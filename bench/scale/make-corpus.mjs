/**
 * Short documents in any number: words of made-up syllables with the frequencies of a natural vocabulary, one in
 * twenty a copy of an earlier document with a few words changed, one in fifty with an address or a telephone number.
 * @module
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const syllables =
  'ba be bi bo da de di do fa fi ga go la le li lo ma me mi mo na ne no pa pe ra re ri ro sa se si ta te ti to va ve vi'.split(
    ' ',
  );

/** A small generator of numbers (mulberry32): the same seed gives the same corpus on every machine. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function makeVocabulary(random, size) {
  const words = new Set();
  while (words.size < size) {
    const length = 1 + Math.floor(random() * 4);
    words.add(Array.from({ length }, () => syllables[Math.floor(random() * syllables.length)]).join(''));
  }
  return [...words];
}

/**
 * Writes `count` documents as JSON lines with `id` and `text`.
 *
 * @param {string} file
 * @param {number} count
 */
export async function makeCorpus(file, count) {
  const random = generator(20261124);
  const vocabulary = makeVocabulary(random, 30_000);
  // Zipf's law with exponent 1, by inverting the distribution of a continuous variable.
  const word = () => vocabulary[Math.floor(Math.exp(random() * Math.log(vocabulary.length)))];
  const sentence = () => {
    const words = Array.from({ length: 8 + Math.floor(random() * 14) }, word);
    words[0] = words[0][0].toUpperCase() + words[0].slice(1);
    return `${words.join(' ')}.`;
  };
  const recent = [];
  const output = createWriteStream(file);
  for (let index = 0; index < count; index++) {
    let text;
    if (recent.length > 0 && random() < 0.05) {
      const words = recent[Math.floor(random() * recent.length)].split(' ');
      for (let change = 0; change < 2; change++) words[Math.floor(random() * words.length)] = word();
      text = words.join(' ');
    } else {
      text = Array.from({ length: 3 + Math.floor(random() * 5) }, sentence).join(' ');
      if (random() < 0.02)
        text += ` Write to ${word()}@${word()}.example.org or call +49 30 ${1e6 + Math.floor(random() * 9e6)}.`;
      if (recent.length < 1000) recent.push(text);
      else recent[index % 1000] = text;
    }
    if (!output.write(`${JSON.stringify({ id: `document-${index}`, text })}\n`)) await once(output, 'drain');
  }
  output.end();
  await once(output, 'close');
}
