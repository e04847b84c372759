/**
 * The step `clean`: characters repaired, boilerplate taken out, and where settings ask for it items removed for their
 * language or quality. Everything that it does is counted and shown.
 * @module
 */
import type { CleanSettings } from '../../recipe/data/clean.js';
import { type Item, itemText, mapItemTexts } from '../item.js';
import type { RemovedItem, Step, StepOutcome } from '../step.js';
import { repair, repairsOf } from './characters.js';
import { type DetectLanguage, languageDetector } from './language.js';
import { proseOf, withoutBoilerplate } from './prose.js';
import { activeRules, isJudged, qualityFlaw } from './quality.js';
import { excerptAround, Tally } from './tally.js';

const longestExcerpt = 200;

/** How the repairs are named in an item's story. */
const repairNames = new Map([
  ['entities', 'entities resolved'],
  ['mojibake', 'mojibake repaired'],
  ['invisible', 'invisible characters removed'],
  ['normal_form', 'accents composed'],
  ['spaces', 'odd spaces replaced'],
  ['white_space', 'white space tidied'],
]);

/**
 * The step that cleans. A conversation keeps its wording: only characters and white space are repaired, and no rule
 * made for web pages judges it. Cleaning what is clean changes nothing.
 */
export function createCleaner(settings: CleanSettings): Step {
  const rules = activeRules(settings.quality);
  const repairs = { wording: repairsOf(settings.unicode, true), all: repairsOf(settings.unicode, false) };
  let detector: Promise<DetectLanguage> | undefined;

  return async (items) => {
    detector ??= languageDetector();
    const detect = await detector;
    const outcome: StepOutcome = { items: [], removed: [], counts: {}, samples: [] };
    const tally = new Tally(outcome);
    for (const original of items) {
      const item = cleanItem(original, tally);
      const fault = faultOf(item, detect, tally);
      if (fault) {
        outcome.removed.push(removal(original, fault));
        tally.sample(fault.reason, original.id, excerptOf(original));
      } else outcome.items.push(item);
    }
    return outcome;
  };

  function cleanItem(original: Item, tally: Tally): Item {
    const notes: string[] = [];
    let item = repairItem(original, notes, tally);
    if (!item.messages) {
      const { kept, removed } = withoutBoilerplate(item, settings.boilerplate);
      item = kept;
      for (const { rule, lines } of removed) {
        tally.count(rule, lines.length);
        tally.sample(rule, item.id, lines[0]!, '');
        notes.push(`${lines.length} ${rule.replaceAll('_', ' ')}${lines.length > 1 ? 's' : ''} removed`);
      }
    }
    return notes.length === 0
      ? item
      : { ...item, steps: [...item.steps, { step: 'clean', note: notes.join('; ') }] };
  }

  function repairItem(original: Item, notes: string[], tally: Tally): Item {
    const changed = new Map<string, number>();
    let untouched = true;
    const item = mapItemTexts(original, (text) => {
      const repaired = repair(text, original.messages ? repairs.wording : repairs.all);
      if (text.includes('\ufffd')) tally.count('replacement_character');
      if (repaired.changes.length === 0) return text;
      untouched = false;
      for (const { rule, before, after } of repaired.changes) {
        changed.set(rule, (changed.get(rule) ?? 0) + 1);
        tally.count(rule);
        const [from, to] = excerptAround(before, after);
        tally.sample(rule, original.id, from, to);
      }
      return repaired.text;
    });
    for (const [rule, texts] of changed) {
      notes.push(`${repairNames.get(rule)} in ${texts} text${texts > 1 ? 's' : ''}`);
    }
    return untouched ? original : item;
  }

  /** Why an item is removed, if it is. */
  function faultOf(item: Item, detect: DetectLanguage, tally: Tally): Fault | undefined {
    if (isEmpty(item)) return { reason: 'empty', detail: 'no text is left' };
    const prose = item.messages ? itemText(item) : proseOf(item);
    const language = detect(prose);
    if (language) tally.count(`language_${language.code}`);
    if (
      settings.languages.length > 0 &&
      language &&
      prose.length >= settings.language_min_characters &&
      language.confidence >= settings.language_confidence &&
      !settings.languages.includes(language.code)
    ) {
      const wanted = settings.languages.join(', ');
      return {
        reason: 'language',
        detail: `${language.code} with ${language.confidence.toFixed(2)}, ${wanted} ${settings.languages.length > 1 ? 'are' : 'is'} wanted`,
      };
    }
    if (rules.length === 0 || item.messages || !isJudged(prose, settings.quality)) return undefined;
    const flaw = qualityFlaw(prose, rules, settings.quality.thresholds);
    return flaw && { reason: flaw.rule, detail: flaw.detail };
  }
}

interface Fault {
  reason: string;
  detail: string;
}

/** A conversation is empty when one of its turns is: there is nothing to ask or to learn. */
function isEmpty(item: Item): boolean {
  if (item.messages) {
    return item.messages.some(({ role, content }) => role !== 'system' && content.trim() === '');
  }
  return !/[^\s|-]/.test(itemText(item));
}

function removal(item: Item, { reason, detail }: Fault): RemovedItem {
  return { id: item.id, source: item.source, step: 'clean', reason, detail, excerpt: excerptOf(item) };
}

function excerptOf(item: Item): string {
  const text = itemText(item);
  return text.length > longestExcerpt
    ? `${text.slice(0, longestExcerpt - 1).replace(/[\ud800-\udbff]$/, '')}…`
    : text;
}
