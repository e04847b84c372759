/**
 * Dates as people write them, in figures and with the names of months of eight languages, and the same date moved.
 * @module
 */

/** A date in a text. */
export interface WrittenDate {
  start: number;
  end: number;
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
}

/** Names of the months: a row a language and length. The first row that holds a name is the one it is written back in. */
const monthNames: readonly (readonly string[])[] = [
  'january february march april may june july august september october november december',
  'jan feb mar apr may jun jul aug sep oct nov dec',
  'jan feb mar apr may jun jul aug sept oct nov dec',
  'januar februar märz april mai juni juli august september oktober november dezember',
  'jänner feber märz april mai juni juli august september oktober november dezember',
  'jan feb mär apr mai jun jul aug sep okt nov dez',
  'janvier février mars avril mai juin juillet août septembre octobre novembre décembre',
  'janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre',
  'janv févr mars avr mai juin juil août sept oct nov déc',
  'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre',
  'ene feb mar abr may jun jul ago sep oct nov dic',
  'gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre',
  'gen feb mar apr mag giu lug ago set ott nov dic',
  'januari februari maart april mei juni juli augustus september oktober november december',
  'jan feb mrt apr mei jun jul aug sep okt nov dec',
  'janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro',
  'stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia',
].map((row) => row.split(' '));

const monthNumber = new Map<string, number>();
for (const row of monthNames) {
  row.forEach((name, index) => {
    if (!monthNumber.has(name)) monthNumber.set(name, index + 1);
  });
}

const day = '(?<day>0?[1-9]|[12]\\d|3[01])';
const month = '(?<month>0?[1-9]|1[0-2])';
const year = '(?<year>1[89]\\d{2}|20\\d{2})';
const shortYear = "(?<year>1[89]\\d{2}|20\\d{2}|'?\\d{2})";
const name = '(?<name>\\p{L}{3,12})';
const ends = '(?![\\d])(?![./-]\\d)';
const space = '[ \\u00a0]';

/** Tried in this order at one place. */
const forms = [
  `${year}(?<sign>[-/. ])${month}\\k<sign>${day}(?!\\d)`,
  `(?<year>19\\d{2}|20\\d{2})(?<month>0[1-9]|1[0-2])(?<day>0[1-9]|[12]\\d|3[01])(?!\\d)`,
  `${day}${space}?(?<sign>[./-])${space}?${month}${space}?\\k<sign>${space}?${shortYear}${ends}`,
  `(?<month>0?[1-9]|1[0-2])(?<sign>[/-])(?<day>1[3-9]|2\\d|3[01])\\k<sign>${shortYear}${ends}`,
  `(?<day>0[1-9]|[12]\\d|3[01]) (?<month>0[1-9]|1[0-2]) ${year}${ends}`,
  `${day}(?:st|nd|rd|th|er|ère|[.ºª°])?(?:${space}?[-/.]|${space}{1,2})?(?:of |de |del |di |van )?${name}[.,]?(?:${space}?[-/.,]|${space}{1,2})?(?:de |del |of )?${shortYear}${ends}`,
  `${name}\\.?${space}{1,2}${day}(?:st|nd|rd|th)?,?${space}{1,2}${year}${ends}`,
].map((source) => new RegExp(source, 'iuy'));

/** The date that begins at `at`, where one does. */
export function dateAt(text: string, at: number): WrittenDate | undefined {
  for (const form of forms) {
    form.lastIndex = at;
    const groups = form.exec(text)?.groups;
    if (!groups) continue;
    const number = groups.name ? monthNumber.get(groups.name.toLowerCase()) : Number(groups.month);
    if (number === undefined) continue;
    const written = Number(groups.year!.replace("'", ''));
    // Of two figures, the year of somebody's birth: none lies in the future of this century's first third.
    const full = groups.year!.length > 3 ? written : written + (written < 30 ? 2000 : 1900);
    return { start: at, end: form.lastIndex, year: full, month: number, day: Number(groups.day) };
  }
  return undefined;
}

const dateStart = /\d|(?<!\p{L})[jfmasondeglsłkwpźcżJFMASONDEGLSKWPCZ]\p{L}{2,11}\.? {1,2}\d/gu;

/** The first date in the text between two places. */
export function firstDate(text: string, from: number, to: number): WrittenDate | undefined {
  const piece = text.slice(from, to);
  dateStart.lastIndex = 0;
  for (let match = dateStart.exec(piece); match; match = dateStart.exec(piece)) {
    const before = text.charCodeAt(from + match.index - 1);
    // A date does not begin inside a number.
    if (!(before >= 48 && before <= 57)) {
      const date = dateAt(text, from + match.index);
      if (date) return date;
    }
    dateStart.lastIndex = match.index + 1;
  }
  return undefined;
}

/** The same date, `days` later, written in the same form and language; undefined where `text` is no date. */
export function moveDate(text: string, days: number): string | undefined {
  for (const form of forms) {
    const match = matchWhole(form, text);
    const date = match && dateAt(text, 0);
    if (!match?.groups || date?.end !== text.length) continue;
    const moved = new Date(Date.UTC(date.year, date.month - 1, date.day + days));
    const groups = match.groups;
    const values = new Map([
      ['day', numberLike(groups.day!, moved.getUTCDate(), groups.name !== undefined)],
      ['year', yearLike(groups.year!, moved.getUTCFullYear())],
      groups.name
        ? ['name', nameLike(groups.name, moved.getUTCMonth())]
        : ['month', numberLike(groups.month!, moved.getUTCMonth() + 1, false)],
    ]);
    return replaceGroups(form, text, values);
  }
  return undefined;
}

function matchWhole(form: RegExp, text: string): RegExpExecArray | null {
  form.lastIndex = 0;
  const match = form.exec(text);
  return match?.[0].length === text.length ? match : null;
}

function replaceGroups(form: RegExp, text: string, values: ReadonlyMap<string, string>): string {
  const indexed = new RegExp(form.source, 'iudy');
  const places = Object.entries(indexed.exec(text)!.indices!.groups!)
    .flatMap(([group, range]) => (range && values.has(group) ? [{ group, range }] : []))
    .sort((a, b) => b.range[0] - a.range[0]);
  let result = text;
  for (const { group, range } of places) {
    result = result.slice(0, range[0]) + values.get(group)! + result.slice(range[1]);
  }
  return result;
}

/** Two digits where it has a zero in front, or may have one: beside a month's name a zero is rare. */
function numberLike(written: string, value: number, named: boolean): string {
  const padded = written.startsWith('0') || (written.length === 2 && !named);
  return String(value).padStart(padded ? 2 : 1, '0');
}

function yearLike(written: string, value: number): string {
  if (written.length > 3) return String(value);
  return (written.startsWith("'") ? "'" : '') + String(value % 100).padStart(2, '0');
}

function nameLike(written: string, index: number): string {
  const lower = written.toLowerCase();
  const row = monthNames.find((names) => names.includes(lower))!;
  const name = row[index]!;
  if (written === lower) return name;
  return written === written.toUpperCase() ? name.toUpperCase() : name[0]!.toUpperCase() + name.slice(1);
}
