/**
 * Figures as the report writes them: thin spaces between thousands and before units, a real minus sign.
 * @module
 */

/** Narrow space that does not break, between thousands and before units. */
export const thin = '\u202f';

/** `0.6213` as `62.1 %`. */
export function percent(share: number): string {
  return `${decimal(share * 100, 1)}${thin}%`;
}

/** `0.0821` as `+8.2`: a difference of shares in percentage points. */
export function points(difference: number): string {
  const text = decimal(difference * 100, 1);
  return difference > 0 && text !== '0.0' ? `+${text}` : text;
}

/** A p value, `< 0.001` where it is smaller. */
export function pValue(p: number): string {
  if (p < 0.001) return `p${thin}<${thin}0.001`;
  return `p${thin}=${thin}${p.toFixed(p < 0.1 ? 3 : 2)}`;
}

/** Whole numbers in groups of three digits. */
export function integer(value: number): string {
  return grouped(Math.round(value).toString());
}

/** A number with a fixed number of decimals. */
export function decimal(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return grouped(Number(text) === 0 ? (0).toFixed(decimals) : text);
}

/** A number to four significant digits, for losses and settings. */
export function significant(value: number): string {
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)) {
    return value.toExponential().replace('-', '−').replace('+', '');
  }
  return grouped(String(Number(value.toPrecision(4))));
}

/** Seconds as `4.2 s`, `7 min 3 s` or `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)}${thin}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}${thin}min ${whole % 60}${thin}s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)}${thin}h ${minutes % 60}${thin}min`;
}

/** Bytes in binary units. */
export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = count > 0 ? Math.min(units.length - 1, Math.floor(Math.log2(count) / 10)) : 0;
  return `${(count / 1024 ** power).toFixed(power > 0 ? 1 : 0)}${thin}${units[power]}`;
}

/** An ISO time as `2026-03-14 09:26 UTC`; the text itself where it is none. */
export function dateTime(iso: string): string {
  const parts = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(iso);
  return parts ? `${parts[1]} ${parts[2]} UTC` : iso;
}

/** A task's or split's name for people: `percentage_change` as `percentage change`. */
export function label(name: string): string {
  return name.replaceAll('_', ' ');
}

/** A number's digits in groups of three, with a real minus sign. */
export function grouped(number: string): string {
  const [whole, fraction] = number.replace('-', '−').split('.');
  const digits = whole!.replace(/\d(?=(?:\d{3})+$)/g, (digit) => `${digit}${thin}`);
  return fraction === undefined ? digits : `${digits}.${fraction}`;
}
