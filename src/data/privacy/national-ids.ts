/**
 * Numbers that states give to persons: social security, tax and identity numbers.
 * @module
 */
import * as check from './check-digits.js';
import type { Finding } from './finding.js';
import { matchAt, standsAlone } from './numbers.js';
import type { Surroundings } from './surroundings.js';

/** One country's number. */
export interface NationalIdForm {
  /** Short name, for example `us_ssn`. */
  name: string;
  /** Sticky; begins at the first character of the number. */
  pattern: RegExp;
  /** Whether a number without separators, in upper case, can have been given. */
  valid(compact: string): boolean;
  /** Written so, it is recognised without a label; without this, always or never. */
  alone: RegExp | boolean;
  /** Global, as labels of {@link Surroundings.labelled} are. */
  label: RegExp;
}

/** A label of letters that stands apart from other letters; `_` and digits may touch it, as in `user_ssn`. */
const label = (words: string, flags = 'gi') =>
  new RegExp(`(?<![A-Za-zÀ-ÿ])(?:${words})(?![A-Za-zÀ-ÿ])`, flags);

const taxWords = 'tax(?:payer)?[ _-]?(?:id(?:entification)?|file|number|no)(?:[ _-](?:number|no|nr))?';

const validDate = (month: number, day: number) => month >= 1 && month <= 12 && day >= 1 && day <= 31;

/** Forms that begin with a digit. */
const numericForms: readonly NationalIdForm[] = [
  {
    name: 'us_ssn',
    pattern: /(?!000|666|9)\d{3}([- ]?)(?!00)\d{2}\1(?!0000)\d{4}/y,
    valid: () => true,
    alone: /^\d{3}-\d{2}-\d{4}$/,
    label: label(
      'ssns?|ss ?#|soc(?:ial)?\\.?[ _-]?sec(?:urity)?\\.?(?:[ _-]?(?:number|no|nr))?|sozialversicherungsnummer',
    ),
  },
  {
    name: 'us_itin',
    pattern: /9\d{2}([- ]?)(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\1\d{4}/y,
    valid: () => true,
    alone: /^\d{3}-\d{2}-\d{4}$/,
    label: label(`itin|ssn|tin|${taxWords}`),
  },
  {
    name: 'uk_nhs',
    pattern: /\d{3}([- ]?)\d{3}\1\d{4}/y,
    valid: (digits) => check.nhs(digits) && !/^(\d)\1+$/.test(digits),
    alone: false,
    label: label('nhs(?:[ _-]?(?:number|no|nr))?|national health(?: service)?(?: number)?'),
  },
  {
    name: 'de_tax_id',
    pattern: /\d{2}( ?)\d{3}\1\d{3}\1\d{3}/y,
    valid: (digits) => check.mod1110(digits) && repeatsOneDigit(digits.slice(0, 10)),
    alone: false,
    label: label(
      `steuer[ -]?(?:id(?:ent)?(?:entifikations?)?[ -]?(?:nummer|nr)?|identifikationsnummer|nummer|nr)|identifikationsnummer|id-?nr|st-?id(?:-?nr)?|tin|${taxWords}`,
    ),
  },
  {
    name: 'fr_nir',
    pattern:
      /[1-478]([ .-]?)\d{2}\1(?:0[1-9]|1[0-2]|[2-9]\d)\1(?:\d{2}|2[AB])\1\d{3}\1\d{3}[ ./-]{0,3}(?:0[1-9]|[1-8]\d|9[0-7])/y,
    valid: check.frenchKey,
    alone: true,
    label: label('nir|s[ée]curit[ée] sociale|n° ?ss|insee|num[ée]ro de s[ée]cu(?:rit[ée] sociale)?'),
  },
  {
    name: 'es_dni',
    pattern: /(?:\d{8}|\d{2}\.\d{3}\.\d{3})[- ]?[A-Z]/y,
    valid: check.spanishLetter,
    alone: /^[\d.]+-?[A-Z]$/,
    label: label('d\\.?n\\.?i\\.?|n\\.?i\\.?f\\.?|documento(?: nacional)? de identidad'),
  },
  {
    name: 'nl_bsn',
    pattern: /\d{9}|\d{3}([ .])\d{3}\1\d{3}|\d{4}([ .])\d{2}\2\d{3}|\d{8}/y,
    valid: (digits) => check.elevenTest(digits) && !/^(\d)\1+$/.test(digits),
    alone: false,
    label: label('bsn(?:-?nummer)?|burgerservicenummer|sofi-?(?:nummer|nr)|citizen service number'),
  },
  {
    name: 'pl_pesel',
    pattern: /\d{11}/y,
    valid: (digits) =>
      check.pesel(digits) && validDate(Number(digits.slice(2, 4)) % 20, Number(digits.slice(4, 6))),
    alone: false,
    label: label('pesel'),
  },
  {
    name: 'se_personnummer',
    pattern: /(?:18|19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|[67]\d|8\d|9[01])[-+ ]?\d{4}/y,
    valid: (digits) => check.luhn(digits.slice(-10)),
    alone: false,
    label: label(
      'person(?:al)?[ -]?(?:identity[ -])?(?:nummer|number|nr)|pers\\.? ?nr|samordningsnummer|personal identity (?:number|no)',
    ),
  },
  {
    name: 'ch_ahv',
    pattern: /756([. ]?)\d{4}\1\d{4}\1\d{2}/y,
    valid: check.ean13,
    alone: true,
    label: label('ahv(?:-?(?:nummer|nr))?|avs|oasi|sozialversicherungsnummer|svnr'),
  },
  {
    name: 'in_aadhaar',
    pattern: /[2-9]\d{3}([ -]?)\d{4}\1\d{4}/y,
    valid: check.verhoeff,
    alone: false,
    label: label('aadha?ar(?:[ _-]?(?:card|number|no|id))*|uidai|uid|आधार'),
  },
  {
    name: 'br_cpf',
    pattern: /\d{3}(\.?)\d{3}\1\d{3}-?\d{2}/y,
    valid: check.cpf,
    alone: /^\d{3}\.\d{3}\.\d{3}-\d{2}$/,
    label: label('cpf|cadastro de pessoas? f[íi]sicas?'),
  },
  {
    name: 'ca_sin',
    pattern: /[0-79]\d{2}([- ]?)\d{3}\1\d{3}/y,
    valid: check.luhn,
    alone: false,
    label: label(
      '(?:SIN|NAS|sin)(?=["\']?\\s*(?:[:=#|(.]|is|no|number|num|\\d))|[Ss]ocial[ _-]?[Ii]nsurance(?:[ _-]?(?:[Nn]umber|[Nn]o))?|[Aa]ssurance sociale|SIN_?\\w*|NAS',
      'g',
    ),
  },
  {
    name: 'au_tfn',
    pattern: /\d{3}([ -]?)\d{3}\1\d{3}|\d{8}|\d{2}([ -])\d{3}\2\d{3}/y,
    valid: (digits) => check.taxFileNumber(digits) && !/^(\d)\1+$/.test(digits),
    alone: false,
    label: label('tfn|tax file(?:[ _-]?(?:number|no))?'),
  },
  {
    name: 'au_medicare',
    pattern: /[2-6]\d{3}([ -]?)\d{5}\1\d(?:[ /-]?\d(?!\d))?/y,
    valid: check.medicare,
    alone: false,
    label: label('medicare(?:[ _-]?(?:card|number|no))*'),
  },
];

/** Forms that begin with a letter. */
const letteredForms: readonly NationalIdForm[] = [
  {
    name: 'uk_nino',
    pattern: /(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]([ -]?)\d{2}\1\d{2}\1\d{2}\1[A-D]/y,
    valid: () => true,
    alone: true,
    label: label('nino|n\\.?i\\.?(?:[ _-]?(?:number|no))|national insurance(?:[ _-]?(?:number|no))?'),
  },
  {
    name: 'es_nie',
    pattern: /[XYZ][- ]?\d{7}[- ]?[A-Z]/y,
    valid: check.spanishLetter,
    alone: true,
    label: label('n\\.?i\\.?e\\.?|n\\.?i\\.?f\\.?'),
  },
  {
    name: 'it_codice_fiscale',
    pattern: /[A-Z]{3} ?[A-Z]{3} ?[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2} ?[A-Z][0-9LMNP-V]{3}[A-Z]/iy,
    valid: check.fiscalLetter,
    alone: true,
    label: label('codice fiscale|c\\.?f\\.?'),
  },
  {
    name: 'in_pan',
    pattern: /[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]/y,
    valid: () => true,
    alone: true,
    label: label('pan(?:[ _-]?(?:card|number|no))*|permanent account(?: number)?'),
  },
];

/** Adds the number that begins at `start`; its first character is a digit, or a letter of a form with letters. */
export function findNationalId(
  surroundings: Surroundings,
  start: number,
  lettered: boolean,
  found: Finding[],
): void {
  const { text } = surroundings;
  for (const form of lettered ? letteredForms : numericForms) {
    const match = matchAt(form.pattern, text, start);
    if (!match) continue;
    const end = start + match[0].length;
    if (!standsAlone(text, start, end) || !form.valid(compactForm(match[0]))) continue;
    const alone = form.alone === true || (form.alone !== false && form.alone.test(match[0]));
    if ((alone && !surroundings.ofThing(start)) || surroundings.labelled(start, end, form.label)) {
      found.push({ kind: 'national_id', start, end });
    }
  }
}

/** The first form that the whole value has, whatever stands around it. */
export function nationalIdForm(value: string): NationalIdForm | undefined {
  return [...letteredForms, ...numericForms].find((form) => {
    const match = matchAt(form.pattern, value, 0);
    return match?.[0].length === value.length && form.valid(compactForm(value));
  });
}

function compactForm(text: string): string {
  return text.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
}

/** In a German tax number exactly one digit stands two or three times among the first ten. */
function repeatsOneDigit(digits: string): boolean {
  const counts = new Map<string, number>();
  for (const digit of digits) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const repeated = [...counts.values()].filter((times) => times > 1);
  return repeated.length === 1 && repeated[0]! <= 3 && digits[0] !== '0';
}
