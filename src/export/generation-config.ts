/**
 * `generation_config.json`: how Transformers generates where its caller says nothing.
 * @module
 */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ChatFormat } from '../chat/template.js';
import { readJson } from '../files.js';
import type { Model } from '../model/model.js';

/** What of the base model's file says how to choose a token; the rest is of the base's making or its tokens. */
const samplingFields = [
  'do_sample',
  'temperature',
  'top_k',
  'top_p',
  'min_p',
  'repetition_penalty',
  'no_repeat_ngram_size',
] as const;

/**
 * The content of the file: the special tokens, every token that ends an answer (the template's end of turn too, so that
 * answers stop), and the base model's own way of choosing tokens.
 */
export async function generationConfig(
  { path, config }: Pick<Model, 'path' | 'config'>,
  { stopTokenIds }: Pick<ChatFormat, 'stopTokenIds'>,
): Promise<Record<string, unknown>> {
  const folder = (await stat(path)).isDirectory() ? path : dirname(path);
  const file = join(folder, 'generation_config.json');
  const base = path.endsWith('.gguf') || !existsSync(file) ? {} : await readJson<object>(file);
  const sampling = samplingFields.flatMap((name) =>
    Object.hasOwn(base, name) ? [[name, (base as Record<string, unknown>)[name]]] : [],
  );
  return {
    bos_token_id: config.bosTokenId ?? null,
    eos_token_id: stopTokenIds.length === 1 ? stopTokenIds[0] : stopTokenIds,
    pad_token_id: config.padTokenId ?? null,
    ...Object.fromEntries(sampling),
  };
}
