// Makes data/statements.json: the figures of the statement tables of TAT-QA's development set.
//
//   npm run build && node examples/finance/make-statements.mjs ../shared/data/finance/tatqa_dataset_dev.json
//
// Takes the tables only, no paragraph and no question. What is changed is written in data/SOURCE.md.
import { readFile, writeFile } from 'node:fs/promises';
import { reportGroups } from '../../dist/data/tables/groups.js';
import { parseTable } from '../../dist/data/tables/parse-table.js';

const [input] = process.argv.slice(2);
if (!input) {
  console.error('usage: node examples/finance/make-statements.mjs tatqa_dataset_dev.json');
  process.exit(2);
}

const contexts = JSON.parse(await readFile(input, 'utf8'));
const tables = [];
const refused = new Map();
let leftOutRows = 0;
for (const { table } of contexts) {
  const result = parseTable(table.table);
  if (result.table) {
    tables.push({ id: table.uid, ...result.table });
    leftOutRows += result.leftOut;
  } else {
    refused.set(result.reason, (refused.get(result.reason) ?? 0) + 1);
  }
}
const groups = reportGroups(tables);

const list = (items, indent) =>
  `[\n${items.map((item) => `${indent}  ${JSON.stringify(item)}`).join(',\n')}\n${indent}]`;
const text = tables.map((table, index) => {
  const { id, columns, rows, ...rest } = table;
  const head = { id, group: `report-${groups[index] + 1}`, ...rest, columns };
  return `    ${JSON.stringify(head).slice(0, -1)},"rows":${list(rows, '    ')}}`;
});
const source = 'TAT-QA (https://github.com/NExTplusplus/TAT-QA), development set';
await writeFile(
  new URL('data/statements.json', import.meta.url),
  `{\n  "source": ${JSON.stringify(source)},\n  "licence": "CC-BY-4.0",\n  "tables": [\n${text.join(',\n')}\n  ]\n}\n`,
);

console.log(
  `${tables.length} of ${contexts.length} tables in ${new Set(groups).size} reports; ${leftOutRows} rows left out`,
);
for (const [reason, count] of refused) console.log(`  ${count} left out: ${reason}`);
