/**
 * Word stems after Porter.
 * @module
 */

/** Irregular forms of NLTK's stemmer, and words that it leaves as they are. */
const irregular = new Map([
  ['sky', 'sky'],
  ['skies', 'sky'],
  ['dying', 'die'],
  ['lying', 'lie'],
  ['tying', 'tie'],
  ['news', 'news'],
  ['innings', 'inning'],
  ['inning', 'inning'],
  ['outings', 'outing'],
  ['outing', 'outing'],
  ['cannings', 'canning'],
  ['canning', 'canning'],
  ['howe', 'howe'],
  ['proceed', 'proceed'],
  ['exceed', 'exceed'],
  ['succeed', 'succeed'],
]);

/** Ending and what replaces it. The first ending that fits decides, whether or not its condition holds. */
type Rule = readonly [ending: string, replacement: string];

const plurals: Rule[] = [
  ['sses', 'ss'],
  ['ies', 'i'],
  ['ss', 'ss'],
  ['s', ''],
];

const doubleEndings: Rule[] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['bli', 'ble'],
  ['entli', 'ent'],
  ['eli', 'e'],
  ['ousli', 'ous'],
  ['ization', 'ize'],
  ['ation', 'ate'],
  ['ator', 'ate'],
  ['alism', 'al'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['biliti', 'ble'],
  ['fulli', 'ful'],
];

const adjectiveEndings: Rule[] = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ful', ''],
  ['ness', ''],
];

// biome-ignore format: a list of endings reads better in rows
const lastEndings: Rule[] = [
  'al', 'ance', 'ence', 'er', 'ic', 'able', 'ible', 'ant', 'ement', 'ment', 'ent',
  'ion', 'ou', 'ism', 'ate', 'iti', 'ous', 'ive', 'ize',
].map((ending) => [ending, '']);

/**
 * The stem of a lower-case English word: Porter, *An algorithm for suffix stripping* (Program 14(3), 1980), with the
 * changes that NLTK makes by default, because that is what the package `rouge_score` stems with.
 */
export function porterStem(word: string): string {
  const known = irregular.get(word);
  if (known !== undefined) return known;
  if (word.length <= 2) return word;
  let stem = withoutPlural(word);
  stem = withoutTense(stem);
  stem = withoutFinalY(stem);
  stem = withoutDoubleEnding(stem);
  stem = replaceEnding(stem, adjectiveEndings, (rest) => measure(rest) > 0);
  stem = replaceEnding(
    stem,
    lastEndings,
    (rest, ending) => measure(rest) > 1 && (ending !== 'ion' || /[st]$/.test(rest)),
  );
  return withoutFinalEOrL(stem);
}

function withoutPlural(word: string): string {
  if (word.length === 4 && word.endsWith('ies')) return word.slice(0, -1);
  return replaceEnding(word, plurals, () => true);
}

function withoutTense(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith('eed')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const ending = ['ed', 'ing'].find(
    (each) => word.endsWith(each) && consonants(word.slice(0, -each.length)).includes(false),
  );
  if (ending === undefined) return word;
  const rest = word.slice(0, -ending.length);
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (endsInDoubleConsonant(rest)) return /[lsz]$/.test(rest) ? rest : rest.slice(0, -1);
  return measure(rest) === 1 && endsInShortSyllable(rest) ? `${rest}e` : rest;
}

function withoutFinalY(word: string): string {
  if (!word.endsWith('y') || word.length < 3) return word;
  const rest = word.slice(0, -1);
  return consonants(rest).at(-1) ? `${rest}i` : word;
}

function withoutDoubleEnding(word: string): string {
  if (word.endsWith('alli') && measure(word.slice(0, -4)) > 0) return withoutDoubleEnding(word.slice(0, -2));
  if (word.endsWith('logi')) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  return replaceEnding(word, doubleEndings, (rest) => measure(rest) > 0);
}

function withoutFinalEOrL(word: string): string {
  let stem = word;
  if (word.endsWith('e')) {
    const rest = word.slice(0, -1);
    const size = measure(rest);
    if (size > 1 || (size === 1 && !endsInShortSyllable(rest))) stem = rest;
  }
  return stem.endsWith('ll') && measure(stem.slice(0, -1)) > 1 ? stem.slice(0, -1) : stem;
}

function replaceEnding(
  word: string,
  rules: readonly Rule[],
  condition: (rest: string, ending: string) => boolean,
): string {
  const rule = rules.find(([ending]) => word.endsWith(ending));
  if (!rule) return word;
  const [ending, replacement] = rule;
  const rest = word.slice(0, word.length - ending.length);
  return condition(rest, ending) ? rest + replacement : word;
}

/** For every letter whether it is a consonant; y is one at the beginning and after a vowel. */
function consonants(word: string): boolean[] {
  const flags: boolean[] = [];
  for (const letter of word) {
    flags.push(letter === 'y' ? flags.at(-1) !== true : !'aeiou'.includes(letter));
  }
  return flags;
}

/** How often a vowel is followed by a consonant: about the number of syllables, m in Porter's paper. */
function measure(stem: string): number {
  const flags = consonants(stem);
  return flags.filter((consonant, place) => consonant && place > 0 && !flags[place - 1]).length;
}

function endsInDoubleConsonant(word: string): boolean {
  return word.length >= 2 && word.at(-1) === word.at(-2) && consonants(word).at(-1) === true;
}

/** Consonant, vowel, consonant other than w, x and y; NLTK also takes a word of one vowel and one consonant. */
function endsInShortSyllable(word: string): boolean {
  const [first, second, third] = consonants(word).slice(-3);
  if (word.length === 2) return first === false && second === true;
  return first === true && second === false && third === true && !/[wxy]$/.test(word);
}
