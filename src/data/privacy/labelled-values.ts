/**
 * Values that only their label makes personal: dates of birth, numbers of patients, passports and driving licences.
 * Labels are rare, so they are looked for first and values behind them, or below them in a table.
 * @module
 */
import type { PersonalDataKind } from '../../recipe/data/privacy.js';
import { firstDate, type WrittenDate } from './date.js';
import type { Finding } from './finding.js';
import { isWord, matchAt } from './numbers.js';
import { lineEnd, separatorOf, startOfLine } from './surroundings.js';

interface LabelForm {
  kind: PersonalDataKind;
  /** Sticky. */
  label: RegExp;
  /** Where the value ends that begins at `at`, or -1. */
  valueEnd(text: string, at: number): number;
}

/** The first three characters of every label. */
export const labelBeginnings: readonly string[] = [
  ...[
    'dat',
    'pla',
    'd.o',
    'd. ',
    'dob',
    'bir',
    'bor',
    'b. ',
    'bda',
    'geb',
    'nai',
    'fec',
    'f. ',
    'f.n',
    'nas',
    'uro',
    'ur.',
  ],
  ...[
    'né ',
    'né(',
    'nés',
    'née',
    'nac',
    'nat',
    'föd',
    'mrn',
    'mr#',
    'mr ',
    'emr',
    'ehr',
    'med',
    'pat',
    'pac',
    'paz',
  ],
  ...[
    'hos',
    'his',
    'nº ',
    'cha',
    'kra',
    'fal',
    'auf',
    'n° ',
    'num',
    'núm',
    'ipp',
    'nhc',
    'car',
    'cod',
    'pas',
    'rei',
    'dri',
    'füh',
  ],
  ...['dl ', 'dl:', 'dl"', 'dl#', 'dl_', "dl'", 'per', 'lic', 'rij'],
];

const birthNoun =
  /(?:(?:date|place and date|d\.)[ _-]?of[ _-]?birth|birth[ _-]?(?:date|day)|d\.?o\.?b\.?|bday|born(?=["']?\s*[:|=])|birth(?=["']?\s*[:|=])|geburts?[ -]?(?:datum|tag)|geb\.?[ -]?datum|geb\.?-?dat\.?|geboren(?=\s*[:|])|date de naissance|naissance(?=\s*:)|fecha de nac(?:imiento|\.)?|f\. ?nac(?:imiento)?\.?|data di nascita|nascita(?=\s*:)|geboorte-?datum|data de nascimento|data urodzenia|födelse-?datum)(?![a-zà-ÿ])/iy;
const birthVerb =
  /(?:(?<=[(,] ?)b\.(?= ?\p{L}{0,9}\.? ?\d)|born(?! (?:out|from|of the|to a))|geboren|geb\.|née?s?(?:\([es]{1,2}\))?,?(?: (?:à |au )?\p{Lu}[\p{L}' -]{1,30}?)? le|naissance le|nacid[oa]s?(?: el)?|nat[oa](?= (?:a|il|in|l['’])[ \p{L}])|nascid[oa]|urodzon[yae]|ur\.|född)(?![a-zà-ÿ])/iuy;
const noBirth =
  /(?:between|before|after|since|prior to|until|earlier|later|record|regist|collect|obtain|admi(?:tted|ssion)|visit|study|vor dem|nach dem|zwischen|seit|avant|après|entre|antes|después|depuis|tra il|died|dec(?:eased|ided)|death|found|establ|incorporat|married|joined|appointed|hired|bis)/i;
const recordValue = /(?:[A-Z]{1,4}[-/ ]?|[a-z]{1,4}-?)?\d[A-Za-z0-9]{0,11}(?:[-/.][A-Za-z0-9]{1,8}){0,3}/y;
const passportValue = /[A-Z0-9]{6,10}/y;
const licenceValue =
  /(?:[A-Z]{1,5}[ -])?(?=[A-Z]{0,8}\d)[A-Z0-9]{2,18}(?:[ -](?=[A-Z]{0,8}\d)[A-Z0-9]{2,9}){0,4}/y;

const labelForms: readonly LabelForm[] = [
  {
    kind: 'medical_record_number',
    label:
      /(?:mrns?|mr ?#|emr ?(?:number|no|#|id)|ehr ?(?:number|no|#|id)|med(?:ical|\.)[ _-]?rec(?:ord|\.)s?[ _-]*(?:number|no|nr|#|num|id)|med(?:ical)? record(?=["']?\s*:)|(?:n[ºú](?:m(?:ero)?\.?)? (?:de )?)?historia(?: cl[íi]nica)|(?:patient|patiënt|paciente|paziente|pat[.-])[ _-]*(?:id|identifier|identification|number|no|nr|num|#|nummer|kennung|code|record|file|mrn)(?:[ _-]?(?:number|no|nr|#|code))?|patient(?:en)?-?(?:id|nr|nummer)|patiënt-?(?:id|nr|nummer)|hospital[ _-]?(?:number|no|nr|id|#)|chart[ _-]?(?:number|no|nr|#|id)|krankenakten?-?(?:nummer|nr)|fall-?(?:nummer|nr)|aufnahme-?(?:nummer|nr)|(?:n°|num[ée]ro) ?(?:de |du )?(?:dossier(?: (?:m[ée]dical|patient|du patient|hospitalier))|patient)|ipp|nhc|n[úu]mero de historia(?: cl[íi]nica)?|(?:numero (?:di )?)?cartella(?: clinica)?|codice paziente)(?:(?<=#)|(?![a-zà-ÿ]))/iy,
    valueEnd(text, at) {
      const value = matchAt(recordValue, text, at)?.[0];
      const digits = value?.replace(/\D/g, '').length ?? 0;
      if (!value || digits < 4 || /^(?:19|20)\d{2}$/.test(value) || /^NCT/i.test(value)) return -1;
      return at + value.length;
    },
  },
  {
    kind: 'passport',
    label:
      /(?:passport|passeport|reisepass|pasaporte|passaporto|paspoort|paszport)(?:e?s)?(?:-?(?:nummer|nr))?(?![a-zà-ÿ])/iy,
    valueEnd(text, at) {
      const value = matchAt(passportValue, text, at)?.[0];
      return value && value.replace(/\D/g, '').length >= 5 ? at + value.length : -1;
    },
  },
  {
    kind: 'driving_licence',
    label:
      /(?:driv(?:er[’']?s?|ers[’']|ing)[ _-]?licen[cs]e|dl(?=(?: ?(?:number|no|#)|["']?\s*[:#]))|führerschein-?(?:nummer|nr)?|permis de conduire|(?:permiso|carn[ée]t?|licencia) de conducir|patente(?: di guida)?(?= ?(?:n|di|:|numero))|rijbewijs-?(?:nummer|nr)?)(?![a-zà-ÿ])/iy,
    valueEnd(text, at) {
      const value = matchAt(licenceValue, text, at)?.[0];
      return value && value.replace(/\D/g, '').length >= 5 ? at + value.length : -1;
    },
  },
];

/** Between a label and its value: what joins them, on the line or the next. */
const joint =
  /["'’\])]{0,2}[.]?(?:[ _-]?(?:number|numbers|nummer|no|nos|nr|n(?=[. ])|num|n[úu]mero|numero|id|#|n[°ºo]|reference|ref|code)(?![a-zà-ÿ])[.)]?){0,2}#?["']?(?:\s{1,4}(?:is|was|ist|lautet|est|es|è|of|for this patient is|given as)\b)?["']?[ \t]{0,6}(?:[:=#|>–,-]|->|\()?[ \t]{0,6}\n?[ \t]{0,6}["']?(?:(?:no|nr|n[°ºo])[.: ]{0,3}|#)?/iy;

/**
 * Adds the values that labels announce.
 *
 * @param places where labels may begin, in order
 */
export function findLabelledValues(
  text: string,
  places: readonly number[],
  wanted: ReadonlySet<PersonalDataKind>,
  found: Finding[],
): void {
  const budget: Budget = { characters: 8 * text.length + 10_000 };
  let next = 0;
  for (const at of places) {
    if (at < next) continue;
    if (wanted.has('date_of_birth')) next = Math.max(next, findBirth(text, at, found, budget));
    for (const form of labelForms) {
      if (!wanted.has(form.kind)) continue;
      const label = matchAt(form.label, text, at);
      if (!label) continue;
      const end = at + label[0].length;
      next = Math.max(next, end);
      const start = end + (matchAt(joint, text, end)?.[0].length ?? 0);
      const valueEnd = completeEnd(text, form, start);
      if (valueEnd > 0) found.push({ kind: form.kind, start, end: valueEnd });
      findBelow(text, at, (from) => completeEnd(text, form, from), form.kind, found, budget);
    }
  }
}

/** The value's end, where it is whole and no date, amount or part of a longer word. */
function completeEnd(text: string, form: LabelForm, at: number): number {
  if (isWord(text.charCodeAt(at - 1)) && text[at - 1] !== '_') return -1;
  const date = firstDate(text, at, at + 12);
  const end = form.valueEnd(text, at);
  // `02-09-16` behind the label of a record is its number.
  if (end < 0 || (date?.start === at && date.end >= end && !/^\d\d-\d\d-\d\d$/.test(text.slice(at, end))))
    return -1;
  if (isWord(text.charCodeAt(end)) || /^(?:\.\d|,\d{3}(?!\d)|\s?%)/.test(text.slice(end, end + 5))) return -1;
  return end;
}

/** Adds the date of birth that a label at `at` announces; returns where the label ends, or 0. */
function findBirth(text: string, at: number, found: Finding[], budget: Budget): number {
  if (text[at] === '*') {
    const date = firstDate(text, at + 1, at + 24);
    if (date && date.start < at + 3) addBirth(date, found);
    return at + 1;
  }
  const noun = matchAt(birthNoun, text, at)?.[0];
  const label = noun ?? matchAt(birthVerb, text, at)?.[0];
  if (label === undefined) return 0;
  const end = at + label.length;
  const date = firstDate(text, end, end + 90);
  if (date) {
    const gap = text.slice(end, date.start);
    const words = gap.match(/\p{L}+/gu)?.length ?? 0;
    const near = noun === undefined ? gap.length <= 64 : gap.length <= 32 && words <= 4;
    if (near && !/\d|\n\s*\n|[!?;]|\p{Ll}{3}\.\s+\p{Lu}/u.test(gap) && !noBirth.test(gap))
      addBirth(date, found);
  }
  if (noun !== undefined) {
    const from = Math.max(0, at - 24);
    const before = firstDate(text, from, at);
    const between = before && text.slice(before.end, at);
    const closed = /^\s?[)\]]/.test(text.slice(end, end + 2));
    // `3 May 1980 (DOB)`, `(3 May 1980, DOB)`
    if (before && (closed ? /^,?\s?[([]?$/ : /^\s?[([]$/).test(between!)) addBirth(before, found);
    findBelow(
      text,
      at,
      (place) => {
        const below = firstDate(text, place, place + 3);
        return below?.start === place ? below.end : -1;
      },
      'date_of_birth',
      found,
      budget,
    );
  }
  return end;
}

function addBirth({ start, end, year }: WrittenDate, found: Finding[]): void {
  if (year >= 1880 && year < 2035) found.push({ kind: 'date_of_birth', start, end });
}

/** Bounds the work for texts in which every cell is a label. */
interface Budget {
  /** That rows below labels may still have. */
  characters: number;
}

/** Adds the values of the table's column that the label heads. */
function findBelow(
  text: string,
  at: number,
  valueEnd: (start: number) => number,
  kind: PersonalDataKind,
  found: Finding[],
  budget: Budget,
): void {
  const head = startOfLine(text, at);
  if (head === undefined) return;
  const separator = separatorOf(text, head);
  if (separator === '') return;
  const cells = text.slice(head, lineEnd(text, head)).split(separator);
  const column = text.slice(head, at).split(separator).length - 1;
  if (cells.length > 60 || cells[column]!.trim().length > 60) return;
  const headEnd = lineEnd(text, head);
  if (text[headEnd] !== '\n') return;
  for (let line = headEnd + 1, misses = 0; line < text.length && misses < 20 && budget.characters > 0; ) {
    const end = lineEnd(text, line);
    budget.characters -= end - line + 1;
    const row = text.slice(line, end).split(separator);
    if (row.length !== cells.length) return;
    const before = row.slice(0, column).reduce((sum, cell) => sum + cell.length + 1, 0);
    const cell = row[column]!;
    const start = line + before + cell.length - cell.replace(/^[\s"']+/, '').length;
    const stop = valueEnd(start);
    if (stop > 0 && stop <= line + before + cell.length) {
      found.push({ kind, start, end: stop });
      misses = 0;
    } else misses++;
    line = end + 1;
  }
}
