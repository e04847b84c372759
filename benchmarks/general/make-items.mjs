/**
 * Makes items.jsonl, the general probe set, from the tables beside it.
 *
 *   node benchmarks/general/make-items.mjs [OUT]
 *
 * tables/<category>.txt holds topics of about four items. A topic begins with `## name`, or with
 * `## name | pool | template`: the first field of its rows then stands for `{}` in the template, and where a row gives no
 * wrong answers, three are drawn from the right answers of all topics with this pool. `> text` is a passage or a worked
 * example that stands before each question of the topic. A row is `question | right answer | wrong answer | ...`. What
 * ends with a question mark becomes a question with `Answer:` behind it; everything else is continued as it stands.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const wrongAnswers = 3;

/** Sorted by a hash: a shuffle that depends on nothing but the names. */
const shuffle = (texts, name) => {
  const key = (text) => createHash('sha256').update(`${name}\n${text}`).digest('hex');
  return texts
    .map((text) => [key(text), text])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => text);
};

/** The rows of a table, each with the topic that it belongs to. */
function readRows(category) {
  let topic;
  const rows = [];
  for (const line of readFileSync(here(`tables/${category}.txt`), 'utf8').split('\n')) {
    const fields = line
      .replace(/^(## |> )/, '')
      .split('|')
      .map((field) => field.trim().replaceAll('\\n', '\n'));
    if (line.startsWith('## '))
      topic = { name: fields[0], pool: fields[1] || undefined, template: fields[2] };
    else if (line.startsWith('> ')) topic.passage = fields[0];
    else if (line.trim())
      rows.push({ category, topic, text: fields[0], right: fields[1], wrong: fields.slice(2) });
  }
  return rows;
}

function promptOf({ topic: { template = '{}', passage }, text }) {
  const asked = template.replace('{}', text);
  const question = asked.endsWith('?') ? `Question: ${asked}\nAnswer:` : asked;
  return passage ? `${passage}\n${question}` : question;
}

function wrongOf({ topic: { pool }, text, right, wrong }, rows) {
  if (wrong.length > 0) return wrong;
  const others = new Set(rows.filter(({ topic }) => topic.pool === pool).map((row) => row.right));
  others.delete(right);
  return shuffle([...others], `${pool} ${text}`).slice(0, wrongAnswers);
}

/** Each place of the right answer about equally often: dealt in turn to the items with equally many choices, in hashed order. */
function dealPlaces(items) {
  const places = new Map();
  for (const count of new Set(items.map(({ wrong }) => wrong.length + 1))) {
    const ids = items.filter(({ wrong }) => wrong.length + 1 === count).map(({ id }) => id);
    for (const [i, id] of shuffle(ids, 'places').entries()) places.set(id, i % count);
  }
  return places;
}

const categories = readdirSync(here('tables'))
  .map((file) => file.replace('.txt', ''))
  .sort();
const items = categories.flatMap((category) => {
  const rows = readRows(category);
  const seen = new Map();
  return rows.map((row) => {
    const { name } = row.topic;
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return { ...row, id: `${name}-${seen.get(name)}`, wrong: wrongOf(row, rows) };
  });
});
const places = dealPlaces(items);
const lines = items.map((item) => {
  const { id, category, topic, wrong, right } = item;
  const choices = shuffle(wrong, id).toSpliced(places.get(id), 0, right);
  return `${JSON.stringify({ id, category, topic: topic.name, prompt: promptOf(item), choices, answer: right })}\n`;
});
writeFileSync(process.argv[2] ?? here('items.jsonl'), lines.join(''));
