import { describe, expect, it } from 'vitest';
import { randomStream } from '../../random.js';
import { elevenTest, luhn, mod97, nhs } from './check-digits.js';
import { moveDate } from './date.js';
import { findPersonalData } from './find.js';
import { nationalIds } from './national-ids.fixture.js';
import { Pseudonyms } from './pseudonym.js';
import { card, iban } from './values.fixture.js';

const pseudonyms = new Pseudonyms('a secret of the tests');
const shape = (text: string) => text.replace(/\d/g, '0').replace(/[A-Z]/g, 'X');

describe('Pseudonyms', () => {
  it('gives equal values equal pseudonyms, other values and secrets other ones', () => {
    const one = pseudonyms.of('email', 'jane@company.com');
    expect(one).toMatch(/^user-[0-9a-f]{8}@example\.com$/);
    expect(pseudonyms.of('email', 'Jane@Company.com')).toBe(one);
    expect(pseudonyms.of('email', 'john@company.com')).not.toBe(one);
    expect(new Pseudonyms('another secret, longer').of('email', 'jane@company.com')).not.toBe(one);
  });

  it('treats one number in two writings as one', () => {
    const digits = (text: string) => text.replace(/\D/g, '');
    expect(digits(pseudonyms.of('card', '4111 1111 1111 1111'))).toBe(
      pseudonyms.of('card', '4111111111111111'),
    );
    expect(digits(pseudonyms.of('phone', '(212) 736-5000'))).toBe(
      digits(pseudonyms.of('phone', '212-736-5000')),
    );
  });

  it('uses telephone numbers that are kept for fiction, in the form of the country where it has some', () => {
    expect(pseudonyms.of('phone', '(212) 736-5000')).toMatch(/^\(\d{3}\) 555-01\d\d$/);
    expect(pseudonyms.of('phone', '+1 212 736 5000')).toMatch(/^\+1 \d{3} 555 01\d\d$/);
    expect(pseudonyms.of('phone', '07911 123456')).toMatch(/^07700 900\d{3}$/);
    expect(pseudonyms.of('phone', '01 42 68 53 00')).toMatch(/^01 99 00 \d\d \d\d$/);
    expect(pseudonyms.of('phone', '+61 2 9374 4000')).toMatch(/^\+61 2 5550 \d{4}$/);
    expect(pseudonyms.of('phone', '030 901820')).toMatch(/^\+1 \d{3}-555-01\d\d$/);
  });

  it('keeps form and check digits of accounts and cards, without a bank or issuer that exists', () => {
    const random = randomStream(5, 'pseudonyms');
    for (let i = 0; i < 200; i++) {
      const account = iban(random);
      const made = pseudonyms.of('iban', account);
      expect(made.slice(0, 2)).toBe(account.slice(0, 2));
      expect(mod97(made.replaceAll(' ', ''))).toBe(true);
      expect(made.replaceAll(' ', '').slice(4, 8)).toMatch(/^[0X]{4}$/);
      expect(shape(made)).toHaveLength(account.length);
      const number = card(random);
      const other = pseudonyms.of('card', number);
      expect(shape(other)).toBe(shape(number));
      expect(other.replace(/\D/g, '')).toMatch(/^9999/);
      expect(luhn(other.replace(/\D/g, ''))).toBe(true);
    }
  });

  it('keeps the form of national numbers and leaves the ranges that are given', () => {
    const random = randomStream(6, 'pseudonyms');
    for (const [country, make] of Object.entries(nationalIds)) {
      for (let i = 0; i < 20; i++) {
        const value = make(random);
        const made = pseudonyms.of('national_id', value);
        expect(made, country).not.toBe(value);
        expect(made.replace(/[\dA-Z]/g, '0'), country).toBe(value.replace(/[\dA-Z]/g, '0'));
      }
    }
    expect(pseudonyms.of('national_id', '536-22-1847')).toMatch(/^9\d\d-0[1-9]-\d{4}$/);
    expect(pseudonyms.of('national_id', 'AB 12 34 56 C')).toMatch(/^QQ \d\d \d\d \d\d [A-D]$/);
    const health = pseudonyms.of('national_id', '943 476 5919').replaceAll(' ', '');
    expect(health).toMatch(/^999/);
    expect(nhs(health)).toBe(true);
    expect(elevenTest(pseudonyms.of('national_id', '1112.22.333').replaceAll('.', ''))).toBe(true);
  });

  it('moves dates of birth by at most half a year, one day alike in every writing', () => {
    const written = ['1980-03-04', '4 March 1980', '4. März 1980', '04.03.1980'];
    const [iso, english, german, figures] = written.map((date) => pseudonyms.of('date_of_birth', date));
    const days = (new Date(iso!).getTime() - new Date('1980-03-04').getTime()) / 86_400_000;
    expect(Math.abs(days)).toBeGreaterThan(0);
    expect(Math.abs(days)).toBeLessThanOrEqual(183);
    expect(new Date(`${english} UTC`).toISOString().slice(0, 10)).toBe(iso);
    expect(figures!.split('.').reverse().join('-')).toBe(iso);
    expect(german).toMatch(/^\d{1,2}\. \p{Lu}\p{Ll}+ 19(?:79|80)$/u);
  });

  it('keeps the last name of a person who is called by it alone', () => {
    const full = pseudonyms.of('name', 'Maria Lopez');
    expect(full).toMatch(/^\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+$/u);
    expect(full.split(' ')[1]).toBe(pseudonyms.of('name', 'Lopez'));
    expect(full).not.toMatch(/Maria|Lopez/);
  });

  it('uses addresses for documentation', () => {
    expect(pseudonyms.of('ip', '81.12.33.44')).toMatch(/^(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/);
    expect(findPersonalData(`host ${pseudonyms.of('ip', '2a02:8108::1')}`)).toHaveLength(1);
  });
});

describe('moveDate', () => {
  it.each([
    ['1980-12-31', '1981-01-01'],
    ['31.12.80', '01.01.81'],
    ['31 December 1980', '1 January 1981'],
    ['Dec. 31, 1980', 'Jan. 1, 1981'],
    ['31 décembre 1980', '1 janvier 1981'],
    ['31 de diciembre de 1980', '1 de enero de 1981'],
    ['12/31/1980', '01/01/1981'],
    ['19801231', '19810101'],
  ])('%s, a day later: %s', (date, next) => {
    expect(moveDate(date, 1)).toBe(next);
  });

  it('knows what is no date', () => {
    expect(moveDate('32 Foo 1980', 1)).toBeUndefined();
  });
});
