/**
 * Made-up values in place of real ones: the same value always gets the same, derived with HMAC-SHA256 (RFC 2104) from
 * the value and a secret. They look like what they replace and belong to nobody: where a range is reserved for tests
 * or fiction it is used, with right check digits; otherwise the value is plainly not a real one.
 * @module
 */
import { createHmac } from 'node:crypto';
import type { PersonalDataKind } from '../../recipe/data/privacy.js';
import { elevenTest, luhn, mod1110, nhs, remainder97 } from './check-digits.js';
import { dateAt, moveDate } from './date.js';
import { familyNames, givenNames } from './made-up-names.js';
import { nationalIdForm } from './national-ids.js';

/** Numbers and letters that follow from a value. */
interface Draw {
  /** Integer below `bound`, at most 65536. */
  number(bound: number): number;
  digits(count: number): string;
  /** Hexadecimal digits. */
  hex(count: number): string;
}

/** Makes pseudonyms with one secret. */
export class Pseudonyms {
  readonly #secret: string | Buffer;

  constructor(secret: string | Buffer) {
    this.#secret = secret;
  }

  /** The made-up value for `value` of that kind. */
  of(kind: PersonalDataKind, value: string): string {
    switch (kind) {
      case 'email':
        return `user-${this.#draw(kind, value.toLowerCase()).hex(8)}@example.com`;
      case 'phone':
        return phone(value, this.#draw(kind, phoneKey(value)));
      case 'iban':
        return iban(value, this.#draw(kind, compact(value)));
      case 'card':
        return card(value, this.#draw(kind, compact(value)));
      case 'national_id':
        return nationalId(value, this.#draw(kind, compact(value)));
      case 'ip':
        return ip(value, this.#draw(kind, value.toLowerCase()));
      case 'url_credentials':
      case 'secret': {
        const draw = this.#draw(kind, value);
        const made = `made-up-${draw.hex(12)}`;
        return kind === 'url_credentials' && value.includes(':') ? `user-${draw.hex(6)}:${made}` : made;
      }
      case 'date_of_birth':
        return this.#birth(value);
      case 'name':
        return this.#name(value);
      default:
        return fictitious(value, this.#draw(kind, compact(value)));
    }
  }

  /** A short sign of letters for a value inside an id or a source, the same wherever the value is the same. */
  sign(kind: string, value: string): string {
    const hex = this.#draw(`sign ${kind}`, value.toLowerCase()).hex(12);
    return `${kind.replaceAll('_', '-')}-${hex.replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)]!)}`;
  }

  /** Moved by 1 to 183 days to either side, which follow from the date: the same day in any writing stays the same. */
  #birth(value: string): string {
    const date = dateAt(value, 0);
    if (!date) return '[DATE_OF_BIRTH]';
    const draw = this.#draw('date_of_birth', `${date.year}-${date.month}-${date.day}`);
    const days = 1 + draw.number(183);
    return moveDate(value, draw.number(2) === 0 ? days : -days) ?? '[DATE_OF_BIRTH]';
  }

  /** Word by word, so that a person who is later called by the last name alone stays the same person. */
  #name(value: string): string {
    const words = value.split(/(\s+)/);
    return words
      .map((word, index) => {
        if (/^\s*$/.test(word) || (/^\p{Lu}\.$/u.test(word) && index < words.length - 1)) return word;
        const names = index === words.length - 1 ? familyNames : givenNames;
        return names[this.#draw('name', word.toLowerCase()).number(names.length)]!;
      })
      .join('');
  }

  #draw(kind: string, value: string): Draw {
    let block = 0;
    let bytes = Buffer.alloc(0);
    let used = 0;
    const byte = (): number => {
      if (used === bytes.length) {
        bytes = createHmac('sha256', this.#secret)
          .update(JSON.stringify([kind, value, block++]))
          .digest();
        used = 0;
      }
      return bytes[used++]!;
    };
    const number = (bound: number): number => ((byte() << 16) | (byte() << 8) | byte()) % bound;
    return {
      number,
      digits: (count) => Array.from({ length: count }, () => number(10)).join(''),
      hex: (count) => Array.from({ length: count }, () => number(16).toString(16)).join(''),
    };
  }
}

function compact(value: string): string {
  return value.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase();
}

/** Replaces the digits and letters of `shape` by those of `characters`, in order; other signs stay. */
function fill(shape: string, characters: string): string {
  let next = 0;
  return shape.replace(/[\p{L}\p{N}]/gu, (own) => {
    const character = characters[next++] ?? '0';
    return own === own.toLowerCase() && own !== own.toUpperCase() ? character.toLowerCase() : character;
  });
}

/** Without country code, trunk zero and extension, so that one number written in two ways is one. */
function phoneKey(value: string): string {
  const digits = value
    .replace(/\(0\)/, '')
    .replace(/[a-z#].*$/i, '')
    .replace(/\D/g, '');
  return digits.slice(-9);
}

/** Areas of North America in which 555-0100 to 555-0199 are kept for fiction. */
const areas = [
  202, 212, 213, 303, 305, 312, 404, 415, 503, 512, 602, 612, 617, 702, 713, 808, 901, 907, 916, 919,
];

/**
 * Numbers kept for fiction: 555-01xx in North America, Ofcom's in the United Kingdom, Arcep's in France, ACMA's in
 * Australia, the Bundesnetzagentur's in Germany. Other countries keep none: theirs become American ones.
 */
function phone(value: string, draw: Draw): string {
  const base = value.replace(/[a-z#].*$/i, '').trimEnd();
  const digits = base.replace(/\(0\)/, '').replace(/\D/g, '');
  const american = () => `${areas[draw.number(areas.length)]!}55501${draw.digits(2)}`;
  const withCode = /^(?:\+|00)/.test(base);
  const national = withCode ? digits.replace(/^00/, '') : digits;
  const shaped = (code: string, number: string) =>
    withCode && national.length === code.length + number.length
      ? fill(
          base.replace(/\(0\)/, '(0)'),
          (base.startsWith('00') ? '00' : '') + insertTrunk(base, code + number, code),
        )
      : undefined;
  if (withCode) {
    const known =
      (national.startsWith('1') && shaped('1', american())) ||
      (national.startsWith('44') && shaped('44', `7700900${draw.digits(3)}`)) ||
      (national.startsWith('33') && shaped('33', `19900${draw.digits(4)}`)) ||
      (national.startsWith('61') && shaped('61', `25550${draw.digits(4)}`)) ||
      (national.startsWith('49') && shaped('49', `3023125${draw.digits(3)}`));
    if (known) return known;
  } else if (/^1?[2-9]\d{9}$/.test(digits)) {
    return fill(base, (digits.length === 11 ? '1' : '') + american());
  } else if (/^07\d{9}$/.test(digits)) {
    return fill(base, `07700900${draw.digits(3)}`);
  } else if (/^0\d(?:\D?\d\d){4}$/.test(base)) {
    return fill(base, `019900${draw.digits(4)}`);
  } else if (/^\(?0[2378]\)? ?\d{4} ?\d{4}$/.test(base)) {
    return fill(base, `025550${draw.digits(4)}`);
  }
  const made = american();
  return `+1 ${made.slice(0, 3)}-${made.slice(3, 6)}-${made.slice(6)}`;
}

/** The trunk zero in brackets stands between the country code and the number. */
function insertTrunk(base: string, digits: string, code: string): string {
  return base.includes('(0)') ? `${code}0${digits.slice(code.length)}` : digits;
}

/** Same country and length, right check digits, and a bank that does not exist: zeros, or X for letters. */
function iban(value: string, draw: Draw): string {
  const plain = compact(value);
  const account = plain.slice(4);
  const bank = Math.min(8, Math.floor(account.length / 2));
  const made = [...account]
    .map((own, index) => (/\d/.test(own) ? (index < bank ? '0' : draw.digits(1)) : 'X'))
    .join('');
  const country = plain.slice(0, 2);
  const key = 98 - remainder97(`${made}${country}00`);
  return fill(value, `${country}${String(key).padStart(2, '0')}${made}`);
}

/** 9999: nine is for national use, followed by a country's number, and no country is 999 (ISO/IEC 7812-1). */
function card(value: string, draw: Draw): string {
  const length = compact(value).length;
  return fill(value, lastDigit(`9999${draw.digits(length - 5)}`, luhn)!);
}

/** The number with the last digit that makes it right. */
function lastDigit(digits: string, valid: (digits: string) => boolean): string | undefined {
  return Array.from('0123456789', (digit) => digits + digit).find(valid);
}

/** Right check digits in ranges kept for tests; otherwise zeros in front, which no register gives. */
function nationalId(value: string, draw: Draw): string {
  const test = (prefix: string, length: number, valid: (digits: string) => boolean): string => {
    for (;;) {
      const made = lastDigit(prefix + draw.digits(length - prefix.length - 1), valid);
      if (made) return made;
    }
  };
  switch (nationalIdForm(value)?.name) {
    // No number of the Social Security Administration begins with 9, no ITIN has a group below 50.
    case 'us_ssn':
    case 'us_itin':
      return fill(value, `9${draw.digits(2)}0${1 + draw.number(9)}${draw.digits(4)}`);
    // 999 is the NHS's range for tests.
    case 'uk_nhs':
      return fill(value, test('999', 10, nhs));
    // QQ is never given; HM Revenue and Customs uses it in examples.
    case 'uk_nino':
      return fill(value, `QQ${draw.digits(6)}${'ABCD'[draw.number(4)]}`);
    // 9999 begins the test numbers of the Dutch register.
    case 'nl_bsn':
      return compact(value).length === 9 ? fill(value, test('9999', 9, elevenTest)) : fictitious(value, draw);
    // Numbers for tests begin with 0.
    case 'de_tax_id':
      return fill(value, test('0', 11, mod1110));
    default:
      return fictitious(value, draw);
  }
}

/** The same shape with X for letters, and zeros in the first half of the digits. */
function fictitious(value: string, draw: Draw): string {
  const count = value.replace(/\D/g, '').length;
  const zeros = Math.min(4, Math.floor(count / 2));
  let seen = 0;
  return fill(
    value,
    [...compact(value)]
      .map((own) => (/\d/.test(own) ? (seen++ < zeros ? '0' : draw.digits(1)) : 'X'))
      .join(''),
  );
}

/** Ranges for documentation: RFC 5737 and RFC 3849. */
function ip(value: string, draw: Draw): string {
  if (value.includes(':'))
    return `2001:db8:${[0, 1, 2].map(() => draw.hex(4).replace(/^0+(?=.)/, '')).join(':')}::1`;
  const net = ['192.0.2', '198.51.100', '203.0.113'][draw.number(3)]!;
  return `${net}.${1 + draw.number(254)}`;
}
