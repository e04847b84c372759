/**
 * Made-up but valid numbers that states give to persons, by country; check digits are computed by other means than the
 * detectors use.
 * @module
 */
import { digits, drawUntil, from, grouped, luhnHolds, type Maker, pattern, sum } from './values.fixture.js';

export const nationalIds: Record<string, Maker> = {
  'US SSN': (random) =>
    random.pick(['-', '-', ' ', '']) === '-'
      ? pattern(random, '[100-665]-[01-99]-[1000-9999]')
      : pattern(random, random.pick(['[100-665][01-99][1000-9999]', '[700-899] [01-99] [1000-9999]'])),
  'US ITIN': from('9##-7#-####', '9##-[50-65]-####'),
  'UK NINO': from('AB ## ## ## C', 'JG######A', 'PT ## ## ## D', 'SN######B', 'CE-##-##-##-A'),
  'UK NHS': (random) => {
    const plain = drawUntil(
      () => pattern(random, '4#########'),
      (text) => (11 - (sum(text.slice(0, 9), (i) => 10 - i) % 11)) % 11 === Number(text[9]),
    );
    return random.integer(3) ? grouped(plain, [3, 3, 4], ' ') : plain;
  },
  'DE Steuer-ID': (random) => {
    const nine = random.shuffle([...'0123456789']).slice(0, 9);
    const ten = random
      .shuffle([...nine, nine[4]!])
      .join('')
      .replace(/^0/, '');
    if (ten.length < 10) return nationalIds['DE Steuer-ID']!(random);
    let product = 10;
    for (const digit of ten) product = (((Number(digit) + product) % 10 || 10) * 2) % 11;
    const plain = `${ten}${product === 1 ? 0 : 11 - product}`;
    return random.integer(2) ? plain : grouped(plain, [2, 3, 3, 3], ' ');
  },
  'FR NIR': (random) => {
    const body = pattern(random, '[1-2][40-99][01-12][10-95][001-400][001-400]');
    const full = body + String(97 - Number(BigInt(body) % 97n)).padStart(2, '0');
    return random.integer(2) ? full : grouped(full, [1, 2, 2, 2, 3, 3, 2], ' ');
  },
  'ES DNI': (random) => {
    const number = digits(random, 8);
    return number + random.pick(['', '', '-']) + 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23]!;
  },
  'ES NIE': (random) => {
    const first = random.integer(3);
    const number = digits(random, 7);
    const separator = random.pick(['', '-']);
    return (
      'XYZ'[first]! +
      separator +
      number +
      separator +
      'TRWAGMYFPDXBNJZSQVHLCKE'[Number(`${first}${number}`) % 23]!
    );
  },
  'IT codice fiscale': (random) => {
    const body = pattern(random, `RSSMRA[40-99]${random.pick([...'ABCDEHLMPRST'])}[01-28]H[100-999]`);
    const odd: Record<string, number> = {};
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21].forEach((value, i) => {
      odd[String(i)] = value;
      odd['ABCDEFGHIJ'[i]!] = value;
    });
    [2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23].forEach((value, i) => {
      odd['KLMNOPQRSTUVWXYZ'[i]!] = value;
    });
    const even = (character: string) =>
      /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65;
    const total = [...body].reduce(
      (all, character, i) => all + (i % 2 ? even(character) : odd[character]!),
      0,
    );
    return body + String.fromCharCode(65 + (total % 26));
  },
  'NL BSN': (random) => {
    const plain = drawUntil(
      () => pattern(random, '1########'),
      (text) => (sum(text.slice(0, 8), (i) => 9 - i) - Number(text[8])) % 11 === 0,
    );
    return random.pick([plain, grouped(plain, [4, 2, 3], '.'), plain]);
  },
  'PL PESEL': (random) => {
    const body = pattern(random, '[50-99][01-12][01-28]####');
    return body + String((10 - (sum(body, (i) => [1, 3, 7, 9][i % 4]!) % 10)) % 10);
  },
  'SE personnummer': (random) => {
    const body = drawUntil(() => pattern(random, '[40-99][01-12][01-28]####'), luhnHolds);
    return random.pick([grouped(body, [6, 4], '-'), `19${body.slice(0, 6)}-${body.slice(6)}`, `19${body}`]);
  },
  'CH AHV': (random) => {
    const plain = drawUntil(
      () => pattern(random, '756##########'),
      (text) => sum(text, (i) => (i % 2 ? 3 : 1)) % 10 === 0,
    );
    return random.integer(4) ? grouped(plain, [3, 4, 4, 2], '.') : plain;
  },
  'IN Aadhaar': (random) => {
    // Verhoeff through the dihedral group itself: i + j, or i - j where i is a reflection.
    const times = (i: number, j: number) =>
      i < 5 ? (j < 5 ? (i + j) % 5 : ((i + j) % 5) + 5) : j < 5 ? ((i - j + 10) % 5) + 5 : (i - j + 10) % 5;
    const step = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    const permuted = (digit: number, place: number): number =>
      place === 0 ? digit : permuted(step[digit]!, place - 1);
    const plain = drawUntil(
      () => pattern(random, '[2-9]###########'),
      (text) =>
        [...text].reverse().reduce((c, digit, i) => times(c, permuted(Number(digit), i % 8)), 0) === 0,
    );
    return random.integer(3) ? grouped(plain, [4, 4, 4], ' ') : plain;
  },
  'IN PAN': from('@@@P@####@', '@@@C@####@'),
  'BR CPF': (random) => {
    let text = digits(random, 9);
    for (let length = 9; length < 11; length++) {
      const rest = sum(text, (i) => length + 1 - i) % 11;
      text += String(rest < 2 ? 0 : 11 - rest);
    }
    return `${grouped(text.slice(0, 9), [3, 3, 3], '.')}-${text.slice(9)}`;
  },
  'CA SIN': (random) =>
    grouped(
      drawUntil(() => pattern(random, '[1-7]########'), luhnHolds),
      [3, 3, 3],
      random.pick([' ', '-', '']),
    ),
  'AU TFN': (random) => {
    const weights = [1, 4, 3, 7, 5, 8, 6, 9, 10];
    const plain = drawUntil(
      () => digits(random, 9),
      (text) => sum(text, (i) => weights[i]!) % 11 === 0,
    );
    return grouped(plain, [3, 3, 3], random.pick([' ', '']));
  },
  'AU Medicare': (random) => {
    const body = pattern(random, '[2-6]#######');
    const plain = `${body}${sum(body, (i) => [1, 3, 7, 9][i % 4]!) % 10}1`;
    return random.integer(2) ? grouped(plain, [4, 5, 1], ' ') : plain;
  },
};
