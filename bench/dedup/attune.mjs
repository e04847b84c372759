/**
 * Attune's side: `node attune.mjs <corpus.jsonl> <settings as JSON> <work folder> <roots.txt>` finds the duplicates,
 * writes the number of every document's cluster, one a line, and prints its figures as JSON.
 */
import { writeFile } from 'node:fs/promises';
import { findDuplicates } from '../../dist/data/dedup/find-duplicates.js';
import { dedupSchema } from '../../dist/recipe/data/dedup.js';
import { peakMemoryBytes } from '../harness/memory.mjs';

const [corpus, settings, workDirectory, roots] = process.argv.slice(2);
const result = await findDuplicates([corpus], {
  settings: dedupSchema.parse(JSON.parse(settings)),
  workDirectory,
});
const clusters = Array.from({ length: result.items }, (_, line) => line);
for (const { line, kept } of result.duplicates()) clusters[line] = kept.line;
await writeFile(roots, clusters.join('\n'));
const { user, system } = process.cpuUsage();
console.log(
  JSON.stringify({
    processor_seconds: (user + system) / 1e6,
    peak_memory_bytes: peakMemoryBytes(),
  }),
);
