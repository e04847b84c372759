// What the scripts that write the starter data of the examples have in common.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { randomStream } from '../dist/random.js';

/** Random choices under a name: adding one never changes another. */
export const chooser = (...path) => randomStream(42, 'examples', ...path);

/** A text with its `{slots}` filled in; the first letter is a capital. */
export function fill(template, values) {
  const text = template.replace(/\{(\w+)\}/g, (_, name) => {
    if (!Object.hasOwn(values, name)) throw new Error(`{${name}} of "${template}" has no value`);
    return String(values[name]);
  });
  return text[0].toUpperCase() + text.slice(1);
}

/** Deals the entries of a list in turn, in an order of its own, so that all are used about equally often. */
export function dealer(list, ...path) {
  const order = chooser(...path).shuffle(list);
  let next = 0;
  return () => order[next++ % order.length];
}

/** Writes the files of a script beside it, or into the folder that its first argument names. */
export function writeData(script, files) {
  for (const [name, records] of Object.entries(files)) {
    const folder = process.argv[2] ? `${process.argv[2]}/` : fileURLToPath(new URL('data/', script));
    writeFileSync(`${folder}${name}`, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  }
}
