/** `node write-tokenizer.mjs <file>` writes the default model's `tokenizer.json`. */
import { writeFileSync } from 'node:fs';
import { defaultModel } from '../../dist/model/catalog.js';
import { openModel } from '../../dist/model/open.js';

const [file] = process.argv.slice(2);
writeFileSync(file, (await openModel(defaultModel)).tokenizer.toJSON());
