/**
 * Made-up but valid personal values, written as people write them. Check digits are computed here by other means than
 * the detectors use, so that a mistake in one of them shows.
 * @module
 */
import type { RandomStream } from '../../random.js';

/** Makes a value. */
export type Maker = (random: RandomStream) => string;

export const digits = (random: RandomStream, count: number): string =>
  Array.from({ length: count }, () => random.integer(10)).join('');

const letters = (random: RandomStream, count: number): string =>
  Array.from({ length: count }, () => random.pick([...'ABCDEFGHJKLMNPRSTUVWXYZ'])).join('');

/** `#` becomes a digit, `@` a letter, `[a-b]` a number between the two with as many digits as `b`. */
export function pattern(random: RandomStream, shape: string): string {
  return shape
    .replace(/\[(\d+)-(\d+)\]/g, (_, low: string, high: string) =>
      String(Number(low) + random.integer(Number(high) - Number(low) + 1)).padStart(high.length, '0'),
    )
    .replace(/#/g, () => digits(random, 1))
    .replace(/@/g, () => letters(random, 1));
}

export const from =
  (...shapes: string[]): Maker =>
  (random) =>
    pattern(random, random.pick(shapes));

/** Puts signs between groups of the given lengths. */
export const grouped = (text: string, [first, ...rest]: readonly number[], separator: string): string =>
  rest.length === 0 ? text : text.slice(0, first) + separator + grouped(text.slice(first), rest, separator);

/** Draws until `wanted` holds: the plainest way to a right check digit. */
export const drawUntil = (draw: () => string, wanted: (text: string) => boolean): string => {
  for (;;) {
    const text = draw();
    if (wanted(text)) return text;
  }
};

export const sum = (text: string, factor: (position: number) => number): number =>
  [...text].reduce((total, digit, position) => total + Number(digit) * factor(position), 0);

/** Luhn by crossfoot: the sum of all digits of the doubled places. */
export const luhnHolds = (text: string): boolean =>
  [...text]
    .reverse()
    .map((digit, position) => String(Number(digit) * (1 + (position % 2))))
    .join('')
    .split('')
    .reduce((total, digit) => total + Number(digit), 0) %
    10 ===
  0;

// --- bank accounts and cards

const bbans: Record<string, string> = {
  DE: '##################',
  GB: 'WEST##############',
  FR: '####################A##',
  ES: '####################',
  IT: 'X######################',
  NL: 'INGB##########',
  CH: '#################',
  AT: '################',
  BE: '############',
  PL: '########################',
  NO: '###########',
  SE: '####################',
  PT: '#####################',
  IE: 'AIBK##############',
  DK: '##############',
  FI: '##############',
  LU: '###A############',
  CZ: '####################',
};

export function validIban(random: RandomStream, country = random.pick(Object.keys(bbans))): string {
  const account = pattern(random, bbans[country]!);
  const numeric = `${account}${country}00`.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return country + String(98n - (BigInt(numeric) % 97n)).padStart(2, '0') + account;
}

export const iban: Maker = (random) => {
  const plain = validIban(random);
  return random.integer(2) ? plain : plain.match(/.{1,4}/g)!.join(' ');
};

export const card: Maker = (random) => {
  const [shape, lengths] = random.pick<[string, number[]]>([
    ['4###############', [4, 4, 4, 4]],
    ['5[1-5]##############', [4, 4, 4, 4]],
    ['22[30-99]############', [4, 4, 4, 4]],
    ['37#############', [4, 6, 5]],
    ['34#############', [4, 6, 5]],
    ['6011############', [4, 4, 4, 4]],
    ['65##############', [4, 4, 4, 4]],
    ['36############', [4, 6, 4]],
    ['35[30-89]############', [4, 4, 4, 4]],
    ['62##############', [4, 4, 4, 4]],
  ]);
  const plain = drawUntil(() => pattern(random, shape), luhnHolds);
  // Fourteen digits without a space are told apart by their label alone.
  return plain.length === 14
    ? grouped(plain, lengths, ' ')
    : grouped(plain, lengths, random.pick(['', ' ', '-']));
};

// --- telephone

export const phones: Record<string, Maker> = {
  international: from(
    '+49 30 ########',
    '+49 (0)89 #######',
    '+49 171 #######',
    '+49-221-######',
    '+4930########',
    '+44 20 7### ####',
    '+44 (0)161 ### ####',
    '+44 7### ######',
    '+447#########',
    '+33 1 ## ## ## ##',
    '+33 6 ## ## ## ##',
    '+33 (0)4 ## ## ## ##',
    '+34 91 ### ## ##',
    '+34 6## ### ###',
    '+39 06 #### ####',
    '+39 3[20-99] #######',
    '+31 20 ### ####',
    '+31 6 ########',
    '+41 44 ### ## ##',
    '+41 (0)79 ### ## ##',
    '+43 1 #######',
    '+43 664 #######',
    '+91 9#### #####',
    '+91-22-2### ####',
    '+61 2 9### ####',
    '+61 4## ### ###',
    '+1 (212) [200-910] ####',
    '+1-415-[200-910]-####',
    '+1 650 [200-910] ####',
    '+12125551234',
    '+46 8 ### ### ##',
    '+47 22 ## ## ##',
    '+45 33 ## ## ##',
    '+48 22 ### ## ##',
    '+351 21 ### ####',
    '+353 1 ### ####',
    '+32 2 ### ## ##',
    '+81 3 #### ####',
    '+86 138 #### ####',
    '+55 11 9#### ####',
    '+971 4 ### ####',
    '+65 6### ####',
    '0049 30 #######',
    '0044 20 7### ####',
    '001 212 [200-910] ####',
    '+49.30.1234567',
    '+420 2## ### ###',
  ),
  'United States': from(
    '([201-989]) 555-####',
    '(212) [200-910]-####',
    '312-[200-910]-####',
    '415.[200-910].####',
    '1-800-[200-910]-####',
    '1 (888) [200-910]-####',
    '(646)[200-910]-####',
    '617 [200-910]-####',
    '(303) 555-01## ext. ###',
    '404-[200-910]-#### x##',
    '206/[200-910]-####',
    '555-123-####',
  ),
  'United Kingdom': from(
    '020 7### ####',
    '0161 ### ####',
    '01632 960###',
    '07700 900###',
    '(020) 7### ####',
    '0800 ### ####',
    '07### ### ###',
    '0113 496 0###',
    '(01632) 960###',
    '028 90## ####',
  ),
  Germany: from(
    '030 ########',
    '089/#######',
    '0221 / ######',
    '0171 #######',
    '0171-#######',
    '(040) #######',
    '030 #### ####',
    '0711 ######-0',
    '0176 ########',
    '06221 ######',
    '069 / 90009-###',
    '0151 ## ## ## ##',
  ),
  France: from('01 ## ## ## ##', '06.##.##.##.##', '07 ## ## ## ##', '04-##-##-##-##', '05 ## ## ## ##'),
  Spain: from('91 ### ## ##', '6## ### ###', '93# ## ## ##', '7## ## ## ##', '9########'),
  Italy: from(
    '06 #### ####',
    '02 ########',
    '3[20-99] #######',
    '051 ######',
    '0584 ######',
    '3[20-99]#######',
  ),
  Netherlands: from(
    '020 ### ####',
    '06 ########',
    '06-########',
    '010-#######',
    '070 ### ## ##',
    '0800-####',
  ),
  Switzerland: from('044 ### ## ##', '079 ### ## ##', '022 ### ## ##', '031 ### ## ##'),
  Austria: from('01 #######', '0664 #######', '0316/######', '0662 ######', '0650 / #######'),
  India: from(
    '9#### #####',
    '022 2### ####',
    '0[80-99]### #####'.replace('[80-99]', '9#'),
    '9#########',
    '011-2#######',
  ),
  Australia: from(
    '(02) 9### ####',
    '0412 ### ###',
    '1300 ### ###',
    '03 9### ####',
    '1800 ### ###',
    '(08) 8### ####',
  ),
};

// --- the rest

const givenNames = [
  'anna',
  'john',
  'maria',
  'lukas',
  'chloé',
  'j.r',
  'peter',
  'sofia',
  'liam',
  'emma_k',
  'o.brien',
  'x',
];
const familyNames = [
  'smith',
  'meyer',
  'dupont',
  'garcia',
  'rossi',
  'jansen',
  'o-neill',
  'novak',
  'singh',
  'lee',
];
const hosts = [
  'example.com',
  'mail.example.org',
  'gmail.com',
  'web.de',
  'uni-koeln.de',
  'sub.dept.company.co.uk',
  'orange.fr',
  'bank.io',
  'müller.de',
];

export const email: Maker = (random) => {
  const given = random.pick(givenNames);
  const family = random.pick(familyNames);
  const local = random.pick([
    `${given}.${family}`,
    `${given}${random.integer(100)}`,
    `${given}_${family}`,
    `${family}+news`,
    given + family,
  ]);
  return `${random.integer(6) ? local : local.toUpperCase()}@${random.pick(hosts)}`;
};

export const ip: Maker = (random) =>
  random.integer(4)
    ? pattern(
        random,
        random.pick([
          '81.[100-199].[30-99].[100-254]',
          '203.0.113.[10-99]',
          '5.[60-99].[100-254].[10-99]',
          '198.51.100.[10-99]',
          '93.184.216.[10-34]',
        ]),
      )
    : random.pick([
        '2001:db8::8a2e:370:7334',
        '2a02:8108:8a40:1f2c:d5:3c1f:9b2e:11',
        '2606:4700::6810:85e5',
        '2001:0db8:85a3:0000:0000:8a2e:0370:7334',
      ]);

const random64 = (random: RandomStream, count: number): string =>
  Array.from({ length: count }, () =>
    random.pick([...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789']),
  ).join('');
const hex = (random: RandomStream, count: number): string =>
  Array.from({ length: count }, () => random.integer(16).toString(16)).join('');

/** Tokens that stand alone. */
export const tokens: Record<string, Maker> = {
  AWS: (random) =>
    `AKIA${Array.from({ length: 16 }, () => random.pick([...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'])).join('')}`,
  GitHub: (random) => `ghp_${random64(random, 36)}`,
  'GitHub fine-grained': (random) => `github_pat_${random64(random, 22)}_${random64(random, 59)}`,
  GitLab: (random) => `glpat-${random64(random, 20)}`,
  Slack: (random) => `xoxb-${digits(random, 12)}-${digits(random, 12)}-${random64(random, 24)}`,
  Google: (random) => `AIza${random64(random, 35)}`,
  Stripe: (random) => `sk_live_${random64(random, 24)}`,
  OpenAI: (random) => random.pick(['sk-proj-', 'sk-']) + random64(random, 48),
  'Hugging Face': (random) => `hf_${random64(random, 34)}`,
  npm: (random) => `npm_${random64(random, 36)}`,
  JWT: (random) => `eyJ${random64(random, 30)}.eyJ${random64(random, 60)}.${random64(random, 43)}`,
};

export const password: Maker = (random) =>
  random.pick([
    `${random.pick(['Sommer', 'hunter', 'Tr0ub4dor&', 'correct-horse'])}${random.integer(90) + 10}`,
    `${random64(random, 10)}!`,
    random64(random, 14),
  ]);

export const apiKey: Maker = (random) => random.pick([hex(random, 32), random64(random, 40)]);

export const medicalRecordNumber: Maker = from(
  '########',
  '######',
  'A######',
  'MR-#######',
  '##-##-##',
  '7######',
  'P######',
  '###-##-####'.replace('###-##-####', '######-#'),
);
export const passport: Maker = from(
  '#########',
  'C01X00T47',
  'AB#######',
  '##AB#####',
  'X#######',
  'L[10-99]RT####'.replace('RT', 'Z'),
);
export const drivingLicence: Maker = from(
  '@#######',
  'MORGA######SM9IJ',
  'B072RRE2I55'.replace('RRE', '###'),
  '#########',
  '@###-####-####',
);
