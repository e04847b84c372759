/**
 * Makes items.jsonl from clauses.txt: `## kind`, then one clause a line.
 *
 *   node benchmarks/legal-clauses/make-items.mjs [OUT]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const lines = [];
let kind;
let count = 0;
for (const line of readFileSync(here('clauses.txt'), 'utf8').split('\n')) {
  if (line.startsWith('## ')) [kind, count] = [line.slice(3), 0];
  else if (line.trim()) {
    count++;
    lines.push(
      `${JSON.stringify({ id: `${kind}-${count}`, text: line, kind: kind.replaceAll('_', ' ') })}\n`,
    );
  }
}
writeFileSync(process.argv[2] ?? here('items.jsonl'), lines.join(''));
