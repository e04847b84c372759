/**
 * The Modelfile that makes a model of Ollama out of a GGUF file (https://docs.ollama.com/modelfile).
 * @module
 */
import { basename, join } from 'node:path';
import { createChatFormat } from '../../chat/template.js';
import { AttuneError } from '../../errors.js';
import { writeFileAtomically } from '../../files.js';
import type { Model } from '../../model/model.js';
import { addsBeginning } from '../gguf/tokenizer-metadata.js';
import { goTemplate } from './go-template.js';

/** What stands in a Modelfile beside the template and the stop tokens, which follow from the model. */
export interface ModelfileOptions {
  /** Name of the GGUF file in the same folder. */
  ggufFile: string;
  /** Name of a LoRA adapter as a GGUF file in the same folder, for a `ggufFile` of the base model. */
  adapterFile?: string;
  /** System text for conversations that have none, as in the training data. */
  system?: string;
  /** Sampling temperature; Ollama's own is 0.8. */
  temperature?: number;
  /** Tokens of context, best the length that was trained; Ollama's own is 4096 at most. */
  contextLength?: number;
  /** Text of the licence. */
  license?: string;
}

/**
 * Writes `Modelfile` into a folder that holds the GGUF file.
 *
 * @returns its path
 * @throws {AttuneError} when Ollama has no way to say it: a chat template that is more than turns, a system text where the
 * template has no place for one, three quotation marks in a row in a text
 */
export async function exportModelfile(
  model: Pick<Model, 'config' | 'tokenizer' | 'chatTemplate'>,
  directory: string,
  options: ModelfileOptions,
): Promise<string> {
  const file = join(directory, 'Modelfile');
  await writeFileAtomically(file, modelfile(model, options));
  return file;
}

/** The text of the Modelfile; what {@link exportModelfile} writes. */
export function modelfile(
  model: Pick<Model, 'config' | 'tokenizer' | 'chatTemplate'>,
  { ggufFile, adapterFile, system, temperature, contextLength, license }: ModelfileOptions,
): string {
  const { tokenizer } = model;
  const format = createChatFormat(model);
  const bos = addsBeginning(format, tokenizer) ? tokenizer.bosToken : undefined;
  const template = goTemplate(format, bos);
  if (system !== undefined && !template.takesSystem) {
    throw new AttuneError('the chat template has no place for a system text', {
      field: 'system',
      fix: 'leave the system text out, or put it into the questions',
    });
  }
  const lines = [`FROM ./${basename(ggufFile)}`];
  if (adapterFile !== undefined) lines.push(`ADAPTER ./${basename(adapterFile)}`);
  lines.push(`TEMPLATE ${quoted(template.text, 'TEMPLATE')}`);
  if (system !== undefined) lines.push(`SYSTEM ${quoted(system, 'SYSTEM')}`);
  for (const id of format.stopTokenIds) {
    const stop = tokenizer.idToToken(id);
    if (stop !== undefined) lines.push(`PARAMETER stop ${quoted(stop, 'PARAMETER stop')}`);
  }
  if (temperature !== undefined) lines.push(`PARAMETER temperature ${temperature}`);
  if (contextLength !== undefined) lines.push(`PARAMETER num_ctx ${contextLength}`);
  // Ollama's own is 1.1, which changes even greedy answers; what was measured was measured without.
  lines.push('PARAMETER repeat_penalty 1');
  if (license !== undefined) lines.push(`LICENSE ${quoted(license, 'LICENSE')}`);
  return `${lines.join('\n')}\n`;
}

function quoted(text: string, field: string): string {
  if (text.includes('"""') || text.endsWith('"')) {
    throw new AttuneError(`a Modelfile cannot hold this text: it would end at its quotation marks`, {
      field,
      fix: 'write other quotation marks, or none at the end',
    });
  }
  return /^[^"\n]+$/.test(text) && !/^\s|\s$/.test(text) ? `"${text}"` : `"""${text}"""`;
}
