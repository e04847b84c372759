import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPersonalData } from './find.js';
import { resolveOverlaps } from './finding.js';
import { impersonal, personal } from './written-examples.fixture.js';

const found = (text: string) =>
  findPersonalData(text).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);

describe('findPersonalData', () => {
  it.each(personal.map((line) => [line.slice(0, line.lastIndexOf('|')), line.split('|').at(-1)]))(
    '%s: %s',
    (text, kind) => {
      expect(findPersonalData(text!).map((finding) => finding.kind)).toEqual([kind]);
    },
  );

  it.each(impersonal)('nothing in %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('gives the places of whole values, in order', () => {
    const text = 'Jane (jane@example.org), tel. +44 20 7946 0958 ext. 12, IBAN DE89 3704 0044 0532 0130 00.';
    expect(found(text)).toEqual([
      'email jane@example.org',
      'phone +44 20 7946 0958 ext. 12',
      'iban DE89 3704 0044 0532 0130 00',
    ]);
  });

  it('looks only for the kinds that are asked for', () => {
    const text = 'jane@example.org, (212) 555-0123';
    expect(findPersonalData(text, ['phone'])).toEqual([{ kind: 'phone', start: 18, end: 32 }]);
    expect(findPersonalData(text, [])).toEqual([]);
  });

  it('takes the heading of a column for a label', () => {
    expect(
      found(
        'Name | SSN | DOB | Score\nA | 536221847 | 03/04/1980 | 123456789\nB | 536221848 | 1980-05-06 | 2',
      ),
    ).toEqual([
      'national_id 536221847',
      'date_of_birth 03/04/1980',
      'national_id 536221848',
      'date_of_birth 1980-05-06',
    ]);
    expect(found('name,mrn,age\nDoe,1234567,40\nRoe,1234568,41')).toEqual([
      'medical_record_number 1234567',
      'medical_record_number 1234568',
    ]);
    expect(found('Item | Order no. | Price\nA | 123-45-6789 | 4')).toEqual([]);
  });

  it('takes a private key whole, and one that is cut off as far as it goes', () => {
    const key =
      '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcw\n-----END PRIVATE KEY-----';
    expect(found(`a\n${key}\nb`)).toEqual([`secret ${key}`]);
    const cut = key.slice(0, 60);
    expect(found(cut)).toEqual([`secret ${cut}`]);
  });

  it('finds nothing where the check digit is wrong', () => {
    for (const text of [
      'IBAN DE89 3704 0044 0532 0130 01',
      'Visa 4111 1111 1111 1112',
      'BSN 123456783',
      'NHS 943 476 5918',
      'DNI 12345678A',
      'CPF 529.982.247-26',
      'PESEL 44051401358',
      'SIN 046 454 287',
    ]) {
      expect(found(text)).toEqual([]);
    }
  });

  it('counts in UTF-16 units behind characters beyond the basic plane', () => {
    expect(found('😀 née le 3 mars 1980 😀 jane@example.org')).toEqual([
      'date_of_birth 3 mars 1980',
      'email jane@example.org',
    ]);
  });

  it('gives findings inside the text, in order and apart, whatever the text', () => {
    const piece = fc.oneof(
      fc.constantFrom(...personal.map((line) => line.slice(0, line.lastIndexOf('|')))),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        '\n',
        ' | ',
        ', ',
        '@',
        '://',
        '-----BEGIN RSA PRIVATE KEY-----',
        '1',
        ' ',
        '(at)',
        'DOB',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        let last = 0;
        for (const { start, end } of findPersonalData(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  // With work that grows with the square of the length these would not end within the test's limit.
  it.each([
    '1',
    '1 ',
    '12-',
    'a',
    'a@',
    '@a.',
    '(',
    '+1 ',
    '00 ',
    '1.1.1.1 ',
    '::',
    '://a:',
    'a:b@',
    'password=',
    '-----BEGIN PRIVATE KEY-----',
    'eyJaaaaaaaaaa.',
    'DE89 ',
    'born 1 ',
    'DOB|',
    'DOB|1/1/1980\n',
    '1,2,3,',
    'MRN 12345 ',
    'X-1',
    '4111 ',
    '?token=',
    'x@a.b.',
    '\n',
    '1\n',
    '|1234567890',
    '123456789,',
    'née A',
    '[at]a(dot)',
    '123-45-6789 ',
    'March 3 ',
  ])('does not backtrack on 200,000 characters of %j', (piece) => {
    const text = piece.repeat(Math.ceil(200_000 / piece.length));
    expect(findPersonalData(text).every(({ start, end }) => end > start)).toBe(true);
  });
});

describe('resolveOverlaps', () => {
  it('keeps the longest, then the most specific', () => {
    expect(
      resolveOverlaps([
        { kind: 'phone', start: 0, end: 10 },
        { kind: 'national_id', start: 0, end: 10 },
        { kind: 'iban', start: 8, end: 30 },
        { kind: 'email', start: 40, end: 50 },
        { kind: 'name', start: 36, end: 60 },
      ]),
    ).toEqual([
      { kind: 'iban', start: 8, end: 30 },
      { kind: 'email', start: 40, end: 50 },
    ]);
  });
});
