/**
 * `node make-texts.mjs <file> <count>` writes texts of 200 to 1,500 characters, runs of sentences from annual reports and
 * medical abstracts where they lie beside the repository, else of made words.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomStream } from '../../dist/random.js';

const data = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const [file, count] = process.argv.slice(2);
const random = randomStream(42, 'bench', 'tokenize');

function readJson(path) {
  return JSON.parse(readFileSync(join(data, path), 'utf8'));
}

function realParagraphs() {
  const paragraphs = [
    ...readJson('finance/tatqa_dataset_dev.json').flatMap((context) =>
      context.paragraphs.map(({ text }) => text),
    ),
    ...Object.values(readJson('medicine/pubmedqa_ori_pqal.json')).flatMap(({ CONTEXTS }) => CONTEXTS),
  ];
  for (const name of readdirSync(join(data, 'filings'))) {
    try {
      const text = execFileSync('pdftotext', [join(data, 'filings', name), '-'], { encoding: 'utf8' });
      paragraphs.push(...text.split(/\n\s*\n/));
    } catch {
      process.stdout.write(`without ${name}: pdftotext is not there\n`);
    }
  }
  return paragraphs;
}

/** Words in the frequencies of a language (Zipf), so that a text of 170 words repeats about half of them. */
function madeParagraphs() {
  const syllables = 'ba con der e fi ga hu in jo ka li ment no or pre que re sta tion un ver wi'.split(' ');
  const words = Array.from({ length: 40_000 }, () =>
    Array.from({ length: 1 + random.integer(4) }, () => random.pick(syllables)).join(''),
  );
  const word = () => words[Math.floor(words.length ** random.next()) - 1] ?? '1,234';
  return Array.from({ length: 20_000 }, () => `${Array.from({ length: 20 }, word).join(' ')}.`);
}

const real = existsSync(join(data, 'finance/tatqa_dataset_dev.json'));
const sentences = (real ? realParagraphs() : madeParagraphs())
  .flatMap((paragraph) => paragraph.replaceAll(/\s+/g, ' ').split(/(?<=[.!?]) (?=[A-Z0-9(])/))
  .filter((sentence) => sentence.length >= 30 && sentence.length <= 600);
const lines = Array.from({ length: Number(count) }, () => {
  const length = 200 + random.integer(1300);
  let text = random.pick(sentences);
  while (text.length < length) text += ` ${random.pick(sentences)}`;
  return JSON.stringify({ text: text.slice(0, 1500) });
});
writeFileSync(file, `${lines.join('\n')}\n`);
