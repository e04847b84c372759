/**
 * How well clusters agree with the planted copies.
 * @module
 */
import { readFile } from 'node:fs/promises';

/**
 * One document of each cluster stays, the others are removed. A removal is right where a document with the same
 * original stays or was removed before it.
 *
 * @param {string} corpus JSONL with `dup_of`
 * @param {string} roots file with the number of every document's cluster, one a line
 */
export async function score(corpus, roots) {
  const copyOf = (await readFile(corpus, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).dup_of);
  const cluster = (await readFile(roots, 'utf8')).split('\n').map(Number);
  const members = new Map();
  for (const [document, root] of cluster.entries())
    members.set(root, [...(members.get(root) ?? []), document]);
  let removed = 0;
  let right = 0;
  for (const documents of members.values()) {
    removed += documents.length - 1;
    right += documents.length - new Set(documents.map((document) => copyOf[document] ?? document)).size;
  }
  const copies = [...copyOf.keys()].filter((document) => copyOf[document] !== null);
  const together = copies.filter((document) => cluster[document] === cluster[copyOf[document]]);
  return {
    removal_recall: right / copies.length,
    removal_precision: removed === 0 ? 1 : right / removed,
    pair_recall: together.length / copies.length,
  };
}
