/**
 * Texts that were looked at before the step `privacy`, made fit to be shown.
 * @module
 */
import type { PrivacySettings } from '../../recipe/data/privacy.js';
import { findPersonalData } from './find.js';
import { formalKinds } from './finding.js';

/**
 * A function that puts a placeholder in the place of every value of a kind that is not kept, whatever its policy:
 * `[EMAIL]`. Names are not looked for.
 */
export function createMask(settings: PrivacySettings): (text: string) => string {
  const kinds = formalKinds.filter((kind) => kind !== 'name' && settings[kind] !== 'keep');
  return (text) => {
    let masked = '';
    let end = 0;
    for (const { kind, start, end: after } of findPersonalData(text, kinds)) {
      masked += `${text.slice(end, start)}[${kind.toUpperCase()}]`;
      end = after;
    }
    return masked + text.slice(end);
  };
}
