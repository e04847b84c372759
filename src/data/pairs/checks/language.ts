/**
 * Whether an answer is in the language of its text.
 * @module
 */
import { eld } from 'eld/small';
import { wordsOf } from './words.js';

/** Shorter texts are not told apart reliably. */
const minimumWords = 6;

/**
 * The language (ISO 639-1) of `text` where it certainly is another one than that of `context`; undefined where they
 * agree or where either can't be told. Figures and names alone have no language.
 */
export function foreignLanguage(text: string, context: string): string | undefined {
  if (wordsOf(text).filter((word) => /^\p{L}{2,}$/u.test(word)).length < minimumWords) return undefined;
  const own = eld.detect(text);
  const expected = eld.detect(context);
  if (!own.isReliable() || !expected.isReliable() || own.language === '' || expected.language === '')
    return undefined;
  return own.language === expected.language ? undefined : own.language;
}
