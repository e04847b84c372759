/**
 * Numbers of a spreadsheet as people see them: percentages, currencies, decimals, dates.
 * Formats as in ECMA-376 part 1, 18.8.30 and 18.8.31.
 * @module
 */

/** Formats that files only name by number. */
const builtIn = new Map<number, string>([
  [1, '0'],
  [2, '0.00'],
  [3, '#,##0'],
  [4, '#,##0.00'],
  [9, '0%'],
  [10, '0.00%'],
  [11, '0.00E+00'],
  [14, 'yyyy-mm-dd'],
  [15, 'd-mmm-yy'],
  [16, 'd-mmm'],
  [17, 'mmm-yy'],
  [18, 'h:mm AM/PM'],
  [19, 'h:mm:ss AM/PM'],
  [20, 'h:mm'],
  [21, 'h:mm:ss'],
  [22, 'yyyy-mm-dd h:mm'],
  [37, '#,##0;(#,##0)'],
  [38, '#,##0;(#,##0)'],
  [39, '#,##0.00;(#,##0.00)'],
  [40, '#,##0.00;(#,##0.00)'],
  [41, '#,##0;(#,##0);"-"'],
  [42, '$#,##0;$(#,##0);$"-"'],
  [43, '#,##0.00;(#,##0.00);"-"'],
  [44, '$#,##0.00;$(#,##0.00);$"-"'],
  [45, 'mm:ss'],
  [46, '[h]:mm:ss'],
  [47, 'mm:ss.0'],
  [48, '##0.0E+0'],
]);

/** The format of a number that styles refer to; `General` where the file says nothing else. */
export function builtInFormat(id: number): string {
  // 27-36 and 50-58 are the dates of East Asian versions.
  if ((id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 54) || (id >= 57 && id <= 58))
    return 'yyyy-mm-dd';
  if (id >= 32 && id <= 35) return 'h:mm:ss';
  return builtIn.get(id) ?? 'General';
}

/** A format without what it shows literally, so that its letters are commands. */
function commands(section: string): string {
  return section.replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '');
}

/** The parts of a format for positive, negative and zero values; the last match is always the empty rest. */
function sections(format: string): string[] {
  const parts = format.match(/(?:"[^"]*"|\\.|\[[^\]]*\]|[^;])*(?:;|$)/g) ?? [];
  return parts.slice(0, -1).map((part) => part.replace(/;$/, ''));
}

/** Excel's own limit; a longer one is no format that a person made. */
const longestFormat = 255;

/**
 * A stored number as text: in the decimals of its format, without thousands separators, dates in ISO form to the
 * precision that is shown.
 *
 * @param format code of the format, for example `0.0%`
 * @param from1904 whether the file counts days from 1904
 */
export function displayNumber(value: number, format: string, from1904 = false): string {
  if (!Number.isFinite(value)) return '';
  const parts = format.length > longestFormat ? ['General'] : sections(format);
  const dates = commands(parts[0] ?? '');
  if (/[ymdhs]/i.test(dates.replace(/general/i, '').replace(/AM\/PM|A\/P/gi, ''))) {
    return displayDate(value, dates, from1904);
  }
  const { section, magnitude } = chooseSection(value, parts);
  if (section === '' && parts.length > 1) return '';
  if (section === '' || /general|@/i.test(commands(section))) return plainNumber(value);
  return fill(section, magnitude);
}

/** The part of the format that a value falls into, and what is shown there: negatives lose their sign in their own part. */
function chooseSection(value: number, parts: string[]): { section: string; magnitude: number } {
  const conditional = parts.slice(0, 2).find((part) => meets(value, part));
  if (conditional !== undefined) return { section: conditional, magnitude: Math.abs(value) };
  const free = parts.filter((part) => !/\[[<>=]/.test(part));
  if (free.length < parts.length) return { section: free[0] ?? 'General', magnitude: value };
  const [positive = 'General', negative, zero] = parts;
  if (value < 0 && negative !== undefined) return { section: negative, magnitude: -value };
  if (value === 0 && zero !== undefined) return { section: zero, magnitude: 0 };
  return { section: positive, magnitude: value };
}

function meets(value: number, section: string): boolean {
  const match = /\[(<=|>=|<>|<|>|=)(-?[\d.]+)\]/.exec(section);
  if (!match) return false;
  const limit = Number(match[2]);
  switch (match[1]) {
    case '<=':
      return value <= limit;
    case '>=':
      return value >= limit;
    case '<>':
      return value !== limit;
    case '<':
      return value < limit;
    case '>':
      return value > limit;
    default:
      return value === limit;
  }
}

/** A number without a format, without the noise of binary fractions beyond the 15 digits that Excel keeps. */
function plainNumber(value: number): string {
  return String(Number(value.toPrecision(15)));
}

function fill(section: string, value: number): string {
  const places = /[0#?][0#?,]*(?:\.[0#?]*)?,*(?:E[+-][0#?]+)?|\.[0#?]+,*/i;
  const literal: string[] = [];
  // Literals are taken out first: a `0` in quotes is no place for a digit. The private characters stand for them.
  const bare = section
    .replace(/\[\$([^\]-]*)[^\]]*\]/g, (_whole, symbol: string) => `"${symbol}"`)
    .replace(/\[[^\]]*\]|_.|\*./g, '')
    .replace(/"([^"]*)"|\\(.)/g, (_whole, quoted?: string, escaped?: string) => {
      literal.push(quoted ?? escaped ?? '');
      return String.fromCharCode(0xe000 + literal.length - 1);
    });
  const match = places.exec(bare);
  const percent = (bare.match(/%/g) ?? []).length;
  let text = bare;
  if (match) {
    const figure = (value * 100 ** percent) / 1000 ** (/,+$/.exec(match[0])?.[0].length ?? 0);
    text = bare.replace(places, () => inPlaces(figure, match[0]));
    // A fraction (`# ?/?`) is shown as the decimal that it is.
    if (/[?#0]\s*\/\s*[?#0\d]/.test(bare)) text = plainNumber(value);
  }
  return text
    .replace(/[?#]/g, '')
    .replace(/[\ue000-\uf8ff]/g, (mark) => literal[mark.charCodeAt(0) - 0xe000] ?? '')
    .replace(/\s+/g, ' ')
    .trim();
}

function inPlaces(value: number, places: string): string {
  if (value === 0 && !places.includes('0')) return '';
  const exponent = /E[+-]([0#?]+)/i.exec(places);
  const fraction = /\.([0#?]*)/.exec(places)?.[1] ?? '';
  const shown = Math.min(fraction.length, 100);
  if (exponent) {
    const [mantissa = '0', power = '0'] = value.toExponential(Math.min(shown, 20)).split('e');
    return `${mantissa}E${Number(power) < 0 ? '-' : '+'}${String(Math.abs(Number(power))).padStart(exponent[1]!.length, '0')}`;
  }
  const whole = (/^[0#?,]*/.exec(places)?.[0] ?? '').replace(/[^0]/g, '').length;
  // Through 15 digits first, so that 1.005 rounds as people who see 1.005 expect it.
  let text = roundHalfAway(value, shown);
  const optional = fraction.length - fraction.replace(/[#?]+$/, '').length;
  for (let i = 0; i < optional && /\.\d*0$/.test(text); i++) text = text.slice(0, -1);
  text = text.replace(/\.$/, '');
  const [, sign = '', digits = '', rest = ''] = /^(-?)(\d+)(.*)$/.exec(text) ?? [];
  return `${sign}${digits.padStart(whole, '0')}${rest}`;
}

function roundHalfAway(value: number, decimals: number): string {
  if (Math.abs(value) >= 1e21) return plainNumber(value);
  const [mantissa, exponent = '0'] = String(Number(value.toPrecision(15))).split('e');
  const shifted = Number(`${mantissa}e${Number(exponent) + decimals}`);
  const rounded = (Math.sign(shifted) * Math.round(Math.abs(shifted))) / 10 ** decimals;
  return (Object.is(rounded, -0) ? 0 : rounded).toFixed(decimals);
}

const day = 86_400_000;

function displayDate(serial: number, format: string, from1904: boolean): string {
  const elapsed = /\[([hms])+\]/i.exec(format);
  if (elapsed) {
    const seconds = Math.round(Math.abs(serial) * 86_400);
    const pad = (value: number): string => String(value).padStart(2, '0');
    const clock = `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
    return serial < 0 ? `-${clock}` : clock;
  }
  // Excel believes that 1900 was a leap year, so its days before March of that year are one too high.
  const days = from1904 ? serial + 1462 : serial < 60 ? serial + 1 : serial;
  const time = new Date(Math.round((days - 25_569) * day * 1e-3) * 1e3);
  if (Number.isNaN(time.getTime()) || time.getUTCFullYear() > 9999 || serial < 0) return plainNumber(serial);
  const iso = time.toISOString();
  const bare = format.replace(/AM\/PM|A\/P/gi, '');
  const hasClock = /[hs]/i.test(bare);
  const hasDay = /d/i.test(bare);
  const clock = iso.slice(11, 19);
  if (hasClock && !/[yd]/i.test(bare)) return clock;
  if (hasClock) return `${iso.slice(0, 10)}T${clock}`;
  if (hasDay) return iso.slice(0, 10);
  return /m/i.test(bare) ? iso.slice(0, 7) : iso.slice(0, 4);
}
