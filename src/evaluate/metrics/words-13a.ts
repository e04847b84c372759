/**
 * The words of BLEU.
 * @module
 */
import { splitWords, trimEnd } from './white-space.js';

/**
 * Words and punctuation marks of a text as the tokenizer `13a` of sacreBLEU separates them, which is that of WMT's
 * `mteval-v13a`: ASCII punctuation stands by itself, full stops and commas unless between digits, hyphens after a digit;
 * four entities of HTML are read. Case is kept, and letters of any script stay together.
 */
export function words13a(text: string): string[] {
  const line = trimEnd(text)
    .replaceAll('<skipped>', '')
    .replaceAll('-\n', '')
    .replaceAll('\n', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
  const separated = ` ${line} `
    .replace(/[ -&(-+/:-@[-`{-~]/g, ' $& ')
    .replace(/([^0-9])([.,])/gu, '$1 $2 ')
    .replace(/([.,])([^0-9])/gu, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 ');
  return splitWords(separated);
}
