/**
 * Generated texts with known near-duplicates.
 * @module
 */
import { type RandomStream, randomStream } from '../../random.js';

/** A text with about as many different words as prose has. */
export function makeText(random: RandomStream, words: number): string {
  return Array.from({ length: words }, () => makeWord(random)).join(' ');
}

function makeWord(random: RandomStream): string {
  // Squared, so that some words are frequent and most are rare.
  return `word${Math.floor(random.next() ** 2 * 20_000).toString(36)}`;
}

/** The text with a share of its words replaced at random places. */
export function editText(random: RandomStream, text: string, share: number): string {
  const words = text.split(' ');
  const places = random.shuffle([...words.keys()]).slice(0, Math.max(1, Math.round(share * words.length)));
  for (const place of places) words[place] = makeWord(random);
  return words.join(' ');
}

/** A line of {@link plantTexts}. */
export interface PlantedText {
  id: string;
  text: string;
  /** Id of the text that this one is an edited copy of. */
  copyOf?: string;
}

/** Texts in random order, a fifth of them copies with 5 to 10 % of the words replaced. */
export function plantTexts(count: number, seed: number): PlantedText[] {
  const random = randomStream(seed, 'planted');
  const originals = Array.from({ length: Math.round(count * 0.8) }, (_, index) => ({
    id: `original-${index}`,
    text: makeText(random, 40 + random.integer(200)),
  }));
  const copies = Array.from({ length: count - originals.length }, (_, index) => {
    const { id, text } = random.pick(originals);
    return { id: `copy-${index}`, text: editText(random, text, 0.05 + 0.05 * random.next()), copyOf: id };
  });
  return random.shuffle([...originals, ...copies]);
}
