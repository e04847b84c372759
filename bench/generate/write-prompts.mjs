/** `node write-prompts.mjs <file> <shared|apart> <count>` writes prompts as conversations and as token ids. */
import { writeFile } from 'node:fs/promises';
import { createChatFormat } from '../../dist/chat/template.js';
import { encodePrompt } from '../../dist/chat/tokenize.js';
import { defaultModel } from '../../dist/model/catalog.js';
import { openModel } from '../../dist/model/open.js';
import { makePrompts } from './prompts.mjs';

const [file, set, count] = process.argv.slice(2);
const model = await openModel(defaultModel);
const format = createChatFormat(model);
const prompts = [];
for (const { id, messages } of makePrompts(set, Number(count))) {
  prompts.push({ id, messages, tokens: [...(await encodePrompt(messages, format, model.tokenizer))] });
}
await writeFile(file, JSON.stringify(prompts));
