import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanSchema } from '../../recipe/data/clean.js';
import { repair, repairsOf } from './characters.js';
import { cleanTexts, misread } from './clean.fixture.js';
import { decodeEntities } from './entities.js';
import { repairMojibake } from './mojibake.js';

const repairs = repairsOf(cleanSchema.parse({}).unicode, false);
const cleaned = (text: string): string => repair(text, repairs).text;

describe('mojibake', () => {
  it.each([
    ['CafÃ© crÃ¨me Ã\u00a0 la carte', 'Café crème à la carte'],
    ['« été » et CafÃ© Ã\u00a0 midi', '« été » et Café Ã\u00a0 midi'],
    ['donâ€™t â€œquoteâ€\u009d â€“ dashâ€¦ â‚¬5 â„¢', 'don’t “quote” – dash… €5 ™'],
    ['5Â°C, Â£3, Â©2023, 10Â\u00a0000, Â§5', '5°C, £3, ©2023, 10\u00a0000, §5'],
    ['ESPAÃ‘A, MARCHÃ‰, Ã‰tat, Ãœber, StraÃŸe', 'ESPAÑA, MARCHÉ, État, Über, Straße'],
    ['bÅ‚Ä…d, Å›wiat, Å¼Ã³Å‚Ä‡', 'błąd, świat, żółć'],
    ['ÐŸÑ€Ð¸Ð²ÐµÑ‚', 'Привет'],
    ['ä½\u00a0å¥½', '你好'],
    ['ðŸ˜€', '😀'],
    ['FranÃƒÂ§ois dÃƒÂ©jÃƒÂ\u00a0 vu', 'François déjà vu'],
    ['itÃ¢â‚¬â„¢s', 'it’s'],
  ])('%j becomes %j', (broken, whole) => {
    expect(repairMojibake(broken)).toBe(whole);
  });

  it.each(cleanTexts)('leaves %j alone', (text) => {
    expect(repairMojibake(text)).toBe(text);
    for (const upper of [text.toUpperCase(), text.toLowerCase()]) expect(repairMojibake(upper)).toBe(upper);
  });

  it('never changes words of clean text in any order', () => {
    const words = cleanTexts.flatMap((text) => text.split(' '));
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...words), { maxLength: 30 }),
        fc.constantFrom(' ', '\n', ', '),
        (list, by) => {
          const text = list.join(by);
          expect(repairMojibake(text)).toBe(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([
    'Der Käufer aus München prüfte die Größe – „genau“, sagte er.',
    'L’élève a mangé un gâteau, c’était très bon… Noël arrive.',
    'El niño comió piñas y así pasó el año.',
    'Příliš žluťoučký kůň úpěl ďábelské ódy.',
    'Зажигание было включено; мы поехали домой.',
    'Η γρήγορη αλεπού πήδηξε.',
    '市場は昨日上昇した。',
    '“It’s done” — he’s sure. Costs: €5 and £3, 20 °C.',
  ])('undoes misreading once and twice: %j', (text) => {
    for (const latin1 of [false, true]) {
      expect(repairMojibake(misread(text, latin1))).toBe(text);
      expect(repairMojibake(misread(misread(text, latin1), latin1))).toBe(text);
    }
  });
});

describe('other repairs', () => {
  it.each([
    ['\uFEFFa\u200bb\u00adc\u0000d\u0007', 'abcd'],
    ['a\u0092b \u0080', 'a’b €'],
    ['e\u0301', 'é'],
    ['a\u00a0b\u2009c\u202fd\u3000e', 'a b c d e'],
    ['a  \r\nb\rc\u2028d\n\n\n\n\ne\n ', 'a\nb\nc\nd\n\ne'],
    ['  code\n    more', '  code\n    more'],
    ['a\u200eb \u202atext\u202c', 'ab text'],
    ['latin\u200djoined', 'latinjoined'],
    [
      'AT&amp;T &lt;5&gt; &#8217; &#x2019; &amp;nbsp;x &unknown; R&D; 5 & 6',
      'AT&T <5> ’ ’  x &unknown; R&D; 5 & 6',
    ],
    ['&#146;s &eacute;', '’s é'],
    ['typographic “quotes” – and … stay', 'typographic “quotes” – and … stay'],
    ['אב\u200fג', 'אב\u200fג'],
    ['a\tb', 'a\tb'],
  ])('%j becomes %j', (broken, whole) => {
    expect(cleaned(broken)).toBe(whole);
  });

  it('keep every other entity and number as it is', () => {
    expect(decodeEntities('&#0; &#xD800; &#1114112; &#99999999; &;')).toBe(
      '&#0; &#xD800; &#1114112; &#99999999; &;',
    );
  });

  it.each(cleanTexts)('leave clean text but for its spaces: %j', (text) => {
    expect(cleaned(text)).toBe(text.replaceAll('\u00a0', ' ').normalize('NFC'));
  });

  it('are done once: what is clean stays', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(...cleanTexts.map((text) => misread(text))),
      fc.constantFrom(
        '&amp;',
        '&am',
        'p;',
        '\u200b',
        ' \n',
        '\n\n\n',
        '\r',
        'Ã',
        '©',
        'â',
        '€',
        '™',
        'Â',
        '\u00a0',
        '&#195;',
        '&#169;',
        'e',
        '\u0301',
        '\u200d',
        '\ufeff',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const once = cleaned(pieces.join(''));
        expect(cleaned(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  it('read long lines in time', () => {
    for (const part of ['a', ' ', '&', 'Ã', '\u00a0', '\n', '\t', '\u200d', 'Ã©', '&amp;', 'â']) {
      expect(cleaned(part.repeat(100_000))).toBeTypeOf('string');
    }
  });
});
