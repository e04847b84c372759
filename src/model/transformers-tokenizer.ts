/**
 * Tokenizer and chat template of a Transformers folder.
 * @module
 */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AttuneError } from '../errors.js';
import { readJson } from '../files.js';
import { createTokenizer } from './native-tokenizer.js';
import type { Tokenizer } from './tokenizer.js';

/** A special token in `tokenizer_config.json`: its text, or an object with it. */
type TokenEntry = string | { content?: string } | null | undefined;

/** The parts of `tokenizer_config.json` and `special_tokens_map.json` that are read. */
interface TokenizerConfig {
  bos_token?: TokenEntry;
  eos_token?: TokenEntry;
  pad_token?: TokenEntry;
  chat_template?: string | { name: string; template: string }[];
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

const tokenText = (entry: TokenEntry): string | undefined =>
  (typeof entry === 'string' ? entry : entry?.content) ?? undefined;

/** Of several named templates the one named `default`. */
function defaultTemplate(templates: TokenizerConfig['chat_template']): string | undefined {
  if (!Array.isArray(templates)) return templates;
  return (templates.find(({ name }) => name === 'default') ?? templates[0])?.template;
}

/**
 * Reads `tokenizer.json`, the special tokens of `tokenizer_config.json` (or `special_tokens_map.json`), and
 * the chat template, which stands in `chat_template.jinja`, `chat_template.json` or `tokenizer_config.json`.
 *
 * @throws {AttuneError} when there is no `tokenizer.json`
 */
export async function readTransformersTokenizer(
  folder: string,
): Promise<{ tokenizer: Tokenizer; chatTemplate?: string }> {
  const file = join(folder, 'tokenizer.json');
  if (!(await exists(file))) {
    throw new AttuneError('has no tokenizer.json', {
      file: folder,
      fix: 'save the fast tokenizer into the folder (AutoTokenizer.from_pretrained(...).save_pretrained(...))',
    });
  }
  const optional = async <T>(name: string): Promise<T | undefined> =>
    (await exists(join(folder, name))) ? readJson<T>(join(folder, name)) : undefined;
  const config: TokenizerConfig = {
    ...(await optional<TokenizerConfig>('special_tokens_map.json')),
    ...(await optional<TokenizerConfig>('tokenizer_config.json')),
  };
  const specials = {
    bosToken: tokenText(config.bos_token),
    eosToken: tokenText(config.eos_token),
    padToken: tokenText(config.pad_token),
  };
  const templateFile = join(folder, 'chat_template.jinja');
  const chatTemplate = (await exists(templateFile))
    ? await readFile(templateFile, 'utf8')
    : defaultTemplate(
        (await optional<TokenizerConfig>('chat_template.json'))?.chat_template ?? config.chat_template,
      );
  return { tokenizer: createTokenizer(await readJson<object>(file), specials, file), chatTemplate };
}
