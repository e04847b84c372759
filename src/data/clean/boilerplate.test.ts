import { describe, expect, it } from 'vitest';
import { type BoilerplateSettings, boilerplateRules, cleanSchema } from '../../recipe/data/clean.js';
import { boilerplateOf } from './boilerplate.js';

const settings = cleanSchema.parse({}).boilerplate;
const lines = (texts: string[]) => texts.map((text) => ({ text, alone: true }));
const only = (text: string) => boilerplateOf(lines([text]), settings)[0];

describe('a line', () => {
  it.each([
    ['We use cookies to give you the best experience.', 'cookie_notice'],
    ['Accept all cookies', 'cookie_notice'],
    ['Home | About us | Products | Contact', 'navigation'],
    ['Home > News > Prices rise', 'navigation'],
    ['Skip to main content', 'navigation'],
    ['Read more »', 'navigation'],
    ['Subscribe to our newsletter', 'subscription'],
    ['Follow us on Twitter', 'subscription'],
    ['© 2023 The Company. All rights reserved.', 'copyright'],
    ['Copyright 2019 Somebody', 'copyright'],
    ['Please enable JavaScript to view this page.', 'javascript'],
    ['Lorem ipsum dolor sit amet', 'lorem_ipsum'],
    [`Lorem ipsum dolor ${'sit amet '.repeat(50)}`, 'lorem_ipsum'],
    ['Page 3 of 10', 'page_number'],
    ['Seite 3', 'page_number'],
    ['– 12 –', 'page_number'],
    ['3 / 10', 'page_number'],
  ])('%j is %s', (text, rule) => {
    expect(only(text)).toBe(rule);
  });

  it.each([
    'Revenue from cookies and biscuits rose by 5%.',
    'The web site stores cookies.',
    '2019 | 2018 | 2017',
    'Sales | Costs | Profit | Support',
    'About',
    'The newsletter has many readers.',
    'He signed up for the course.',
    'Copyright law protects authors.',
    'JavaScript is a language of the web.',
    'See page 3 of the report.',
    '12',
    '(12)',
    'Net sales ........ 5',
    'We use cookies, as this long paragraph explains: ' +
      'they are small files that a browser keeps. '.repeat(5),
  ])('%j is content', (text) => {
    expect(only(text)).toBeUndefined();
  });
});

describe('lines of a document', () => {
  const rulesOf = (texts: string[]) => boilerplateOf(lines(texts), settings);

  it('are page numbers from three rising ones on, unless they stand in a column', () => {
    expect(rulesOf(['1', 'a', '2', 'b', '3'])).toEqual([
      'page_number',
      undefined,
      'page_number',
      undefined,
      'page_number',
    ]);
    expect(rulesOf(['1', 'a', '2', 'b'])).toEqual([undefined, undefined, undefined, undefined]);
    expect(rulesOf(['10', 'a', '50', 'b', '7'])).toEqual(Array(5).fill(undefined));
    expect(rulesOf(['1', '2', '3', '4'])).toEqual(Array(4).fill(undefined));
  });

  it('are a table of contents from three with dots on', () => {
    expect(rulesOf(['Overview ......... 3', 'Risks . . . . . . 5', 'Notes......F-12', 'x'])).toEqual([
      'contents_line',
      'contents_line',
      'contents_line',
      undefined,
    ]);
    expect(rulesOf(['Overview ......... 3', 'Risks ..... 5'])).toEqual([undefined, undefined]);
    expect(rulesOf(['Sales ..... $1,234', 'Costs ..... 1,100', 'Profit ..... (5)'])).toEqual(
      Array(3).fill(undefined),
    );
  });

  it('are repeated from five times on, but for their first place, short ones, units and lines of a sentence', () => {
    const repeated = (text: string, times: number) =>
      rulesOf(Array<string>(times).fill(text)).filter(Boolean).length;
    expect(repeated('Annual report of the company', 5)).toBe(4);
    expect(repeated('Annual report of the company', 4)).toBe(0);
    expect(repeated('Overview', 9)).toBe(0);
    expect(repeated('(in millions, except per share data)', 9)).toBe(0);
    expect(repeated('Amounts in millions of dollars', 9)).toBe(0);
    const inParagraph = Array(9).fill({ text: 'Annual report of the company', alone: false });
    expect(boilerplateOf(inParagraph, settings).filter(Boolean)).toEqual([]);
  });

  it('stay where their rule is switched off', () => {
    const off = Object.fromEntries(boilerplateRules.map((rule) => [rule, false])) as BoilerplateSettings;
    const texts = [
      'Page 3',
      'Home | About | Contact',
      '© 2023 A',
      'lorem ipsum',
      'Accept cookies',
      ...Array<string>(9).fill('Annual report of the company'),
    ];
    expect(boilerplateOf(lines(texts), off).filter(Boolean)).toEqual([]);
    expect(boilerplateOf(lines(texts), { ...off, copyright: true })[2]).toBe('copyright');
  });

  it('are read in time', () => {
    for (const part of ['a', '.', ' ', '. ', '|', '1', '…', '- ', 'cookies ', 'we ']) {
      for (const length of [180, 100_000])
        expect(rulesOf(Array<string>(20).fill(part.repeat(length).slice(0, length))).length).toBe(20);
    }
  });
});
