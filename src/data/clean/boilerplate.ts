/**
 * Lines of documents and texts that are no content: notices, menus, page numbers, placeholders.
 * @module
 */
import type { BoilerplateSettings, boilerplateRules } from '../../recipe/data/clean.js';

/** A rule against boilerplate. */
export type BoilerplateRule = (typeof boilerplateRules)[number];

/** One line and where it stands. */
export interface Line {
  text: string;
  page?: number;
  /** Whether it is a whole paragraph or item, so that nothing of a sentence is lost with it. */
  alone: boolean;
}

/** Longer lines are prose that only mentions the thing. */
const longest = 200;

const menuWord =
  /^(?:home|about(?: us)?|contact(?: us)?|log ?in|log ?out|sign ?(?:in|up|out)|register|menu|search|site ?map|faqs?|help|careers|jobs|news(?:room)?|blog|products|services|shop|cart|basket|my account|account|privacy(?: policy)?|terms(?: (?:of (?:use|service)|and conditions))?|legal|imprint|impressum|press|support|investors|more|next|prev(?:ious)?|back|top|share|print|close|skip)$/i;
const menuLine =
  /^(?:skip to (?:the )?(?:main )?(?:content|navigation)|back to (?:the )?top|to (?:the )?top|read more|learn more|click here|show (?:more|less)|load more|view all|see all|print this page|share this(?: page| article)?|toggle navigation|main menu|home ?page|you are here:?)[ .…»>]*$/i;

/** What a single line has to look like. */
const patterns: [BoilerplateRule, (line: string) => boolean][] = [
  [
    'cookie_notice',
    (line) =>
      /\b(?:we|(?:this|our) (?:web)?site|by (?:using|continuing))\b[^.]{0,80}\bcookies\b/i.test(line) ||
      /^(?:accept|reject|allow|manage|decline)(?: all)? cookies$|^cookie (?:policy|settings|preferences|notice|consent)$/i.test(
        line,
      ),
  ],
  ['navigation', isMenu],
  [
    'subscription',
    (line) =>
      /^[^.]{0,40}\b(?:subscribe|sign up)\b[^.]{0,60}\b(?:newsletter|updates|mailing list|e-?mails?|alerts|channel)\b/i.test(
        line,
      ) ||
      /^(?:follow|like|find|join) us on\b/i.test(line) ||
      /^share (?:this )?(?:on|via) (?:facebook|twitter|x|linkedin|e-?mail|whatsapp)/i.test(line),
  ],
  [
    'copyright',
    (line) =>
      /^(?:copyright\s*)?(?:©|\(c\))\s*(?:copyright\s*)?(?:19|20)\d\d\b/i.test(line) ||
      /^copyright (?:19|20)\d\d\b/i.test(line) ||
      /\ball rights reserved\.?$/i.test(line),
  ],
  [
    'javascript',
    (line) =>
      /\b(?:enable|activate|turn on|requires?|without) javascript\b|\bjavascript (?:is|must be|has been|needs to be) (?:disabled|enabled|required|turned|not)/i.test(
        line,
      ),
  ],
  ['lorem_ipsum', (line) => /\blorem ipsum\b/i.test(line)],
  [
    'page_number',
    (line) =>
      /^(?:page|seite|página|pagina|side|sida)\s+\d{1,4}(?:\s*(?:of|\/|von|de|di|av|sur)\s*\d{1,4})?$/i.test(
        line,
      ) ||
      /^[-–—]\s*\d{1,4}\s*[-–—]$/.test(line) ||
      /^\d{1,4}\s+(?:of|\/)\s+\d{1,4}$/.test(line),
  ],
];

function isMenu(line: string): boolean {
  if (menuLine.test(line)) return true;
  const entries = line.split(/\s*[|»>•·]\s*/).map((entry) => entry.trim());
  if (entries.length < 3 || entries.some((entry) => entry.split(' ').length > 4)) return false;
  const known = entries.filter((entry) => menuWord.test(entry)).length;
  return known >= 2 && known >= entries.length * 0.3;
}

const contentsLine = /^(?=.*\p{L}).{1,150}?(?:\.{4,}|(?:\. ){4,}|…{2,})[\s.]*(?:[A-Z]-)?\d{1,3}$/u;
const bareNumber = /^\d{1,4}$/;
/** Lines that say in what a table is counted; they may stand above every one. */
const unitLine =
  /\b(?:millions?|thousands?|billions?|per share|unaudited|audited|percent|dollars|euros)\b|^\(/i;
const fewestRepeats = 5;
const fewestContents = 3;

/** Which rule removes each line of a document, or none. */
export function boilerplateOf(
  lines: readonly Line[],
  settings: BoilerplateSettings,
): (BoilerplateRule | undefined)[] {
  const found: (BoilerplateRule | undefined)[] = lines.map(({ text }) => {
    const line = text.trim();
    if (line === '') return undefined;
    // Placeholders come in paragraphs of any length.
    if (line.length > longest)
      return settings.lorem_ipsum && /^lorem ipsum\b/i.test(line) ? 'lorem_ipsum' : undefined;
    return patterns.find(([rule, matches]) => settings[rule] && matches(line))?.[0];
  });
  if (settings.contents_line) mark(found, contentsLines(lines), 'contents_line');
  if (settings.page_number) mark(found, risingNumbers(lines), 'page_number');
  if (settings.repeated_line) mark(found, repeatedLines(lines, found), 'repeated_line');
  return found;
}

function mark(
  found: (BoilerplateRule | undefined)[],
  places: readonly number[],
  rule: BoilerplateRule,
): void {
  for (const place of places) found[place] ??= rule;
}

function contentsLines(lines: readonly Line[]): number[] {
  const places = lines.flatMap(({ text }, i) =>
    text.length <= longest && contentsLine.test(text.trim()) ? [i] : [],
  );
  return places.length >= fewestContents ? places : [];
}

/** Numbers alone in their lines are page numbers when they rise through the document by one or two. */
function risingNumbers(lines: readonly Line[]): number[] {
  const places = lines.flatMap(({ text, alone }, i) => (alone && bareNumber.test(text.trim()) ? [i] : []));
  const runs: number[][] = [];
  for (const place of places) {
    const last = runs.at(-1)?.at(-1);
    const step = last === undefined ? 0 : Number(lines[place]!.text) - Number(lines[last]!.text);
    // Two numbers in neighbouring lines are a column of figures.
    if (last !== undefined && (step === 1 || step === 2) && place - last > 1) runs.at(-1)!.push(place);
    else runs.push([place]);
  }
  return runs.filter((run) => run.length >= 3).flat();
}

function repeatedLines(lines: readonly Line[], found: readonly (BoilerplateRule | undefined)[]): number[] {
  const places = new Map<string, number[]>();
  lines.forEach(({ text, alone }, i) => {
    const line = text.trim();
    if (!alone || found[i] || line.length < 15 || line.length > 120 || unitLine.test(line)) return;
    const known = places.get(line);
    if (known) known.push(i);
    else places.set(line, [i]);
  });
  return [...places.values()].flatMap((list) => (list.length >= fewestRepeats ? list.slice(1) : []));
}
