/**
 * Units of measurement, by dimension and size in the units of the SI.
 * @module
 */

/** Exponents of length, mass, time, current, temperature, amount and luminous intensity. */
export type Dimension = readonly [number, number, number, number, number, number, number];

/** What a unit is: its size in the coherent unit of the SI, and a shift for scales of temperature. */
export interface Unit {
  dimension: Dimension;
  /** One of the unit, in coherent SI units. */
  size: number;
  /** Added after multiplying, for degrees Celsius and Fahrenheit. */
  offset: number;
}

const dimension = (written: string): Dimension => {
  const exponents = [0, 0, 0, 0, 0, 0, 0];
  for (const [, symbol, power] of written.matchAll(/([LMTIΘNJ])(-?\d+)?/g))
    exponents['LMTIΘNJ'.indexOf(symbol!)] = Number(power ?? 1);
  return exponents as unknown as Dimension;
};

/** Symbol, dimension, size, and the unit's names in words; sizes are exact or those of the SI Brochure (9th edition, tables 4 to 8) and of CODATA 2022. */
const table: readonly [symbols: string, dimension: string, size: number, names: string, prefixes: boolean][] =
  [
    ['m', 'L', 1, 'metre meter', true],
    ['g', 'M', 1e-3, 'gram gramme', true],
    ['s sec', 'T', 1, 'second', true],
    ['A', 'I', 1, 'ampere amp', true],
    ['K', 'Θ', 1, 'kelvin', true],
    ['mol', 'N', 1, 'mole', true],
    ['cd', 'J', 1, 'candela', true],
    ['Hz', 'T-1', 1, 'hertz', true],
    ['N', 'L1 M1 T-2', 1, 'newton', true],
    ['Pa', 'L-1 M1 T-2', 1, 'pascal', true],
    ['J', 'L2 M1 T-2', 1, 'joule', true],
    ['W', 'L2 M1 T-3', 1, 'watt', true],
    ['C', 'T1 I1', 1, 'coulomb', true],
    ['V', 'L2 M1 T-3 I-1', 1, 'volt', true],
    ['F', 'L-2 M-1 T4 I2', 1, 'farad', true],
    ['Ω Ω ohm', 'L2 M1 T-3 I-2', 1, 'ohm', true],
    ['S', 'L-2 M-1 T3 I2', 1, 'siemens', true],
    ['Wb', 'L2 M1 T-2 I-1', 1, 'weber', true],
    ['T', 'M1 T-2 I-1', 1, 'tesla', true],
    ['H', 'L2 M1 T-2 I-2', 1, 'henry', true],
    ['Bq', 'T-1', 1, 'becquerel', true],
    ['Gy Sv', 'L2 T-2', 1, 'gray sievert', true],
    ['L l', 'L3', 1e-3, 'litre liter', true],
    ['t', 'M', 1e3, 'tonne', false],
    ['min', 'T', 60, 'minute', false],
    ['h hr', 'T', 3600, 'hour', false],
    ['d', 'T', 86400, 'day', false],
    ['bar', 'L-1 M1 T-2', 1e5, 'bar', true],
    ['atm', 'L-1 M1 T-2', 101325, 'atmosphere', false],
    ['eV', 'L2 M1 T-2', 1.602176634e-19, 'electronvolt', true],
    ['cal', 'L2 M1 T-2', 4.184, 'calorie', true],
    ['Wh', 'L2 M1 T-2', 3600, '', true],
    ['Nm', 'L2 M1 T-2', 1, '', true],
    ['mmHg', 'L-1 M1 T-2', 133.322387415, '', false],
    ['Torr', 'L-1 M1 T-2', 101325 / 760, 'torr', false],
    ['u Da amu', 'M', 1.66053906892e-27, 'dalton', false],
    ['M', 'L-3 N1', 1000, 'molar', true],
    ['mph', 'L1 T-1', 0.44704, '', false],
    ['Å', 'L', 1e-10, 'angstrom ångström', false],
    ['in', 'L', 0.0254, 'inch inches', false],
    ['ft', 'L', 0.3048, 'foot feet', false],
    ['mi', 'L', 1609.344, 'mile', false],
    ['lb', 'M', 0.45359237, 'pound', false],
    ['ha', 'L2', 1e4, 'hectare', true],
  ];

const prefixes: readonly [symbol: string, name: string, size: number][] = [
  ['', '', 1],
  ['T', 'tera', 1e12],
  ['G', 'giga', 1e9],
  ['M', 'mega', 1e6],
  ['k', 'kilo', 1e3],
  ['h', 'hecto', 1e2],
  ['d', 'deci', 1e-1],
  ['c', 'centi', 1e-2],
  ['m', 'milli', 1e-3],
  ['µ', 'micro', 1e-6],
  ['μ', 'micro', 1e-6],
  ['n', 'nano', 1e-9],
  ['p', 'pico', 1e-12],
  ['f', 'femto', 1e-15],
];

/** Units by symbol, in which case counts, and by name in small letters. */
const bySymbol = new Map<string, Unit>();
const byName = new Map<string, Unit>();

for (const [symbols, of, size, names, takesPrefixes] of table) {
  for (const [prefix, word, factor] of takesPrefixes ? prefixes : prefixes.slice(0, 1)) {
    const unit = { dimension: dimension(of), size: size * factor, offset: 0 };
    for (const symbol of symbols.split(' ')) bySymbol.set(prefix + symbol, unit);
    for (const name of names.split(' ').filter((one) => one !== '')) {
      byName.set(word + name, unit);
      byName.set(`${word + name}s`, unit);
    }
  }
}
// What a prefix and a unit would make, but nobody means by it.
for (const [symbol, name] of [
  ['min', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['cd', 'candela'],
  ['ha', 'hectare'],
  ['ft', 'foot'],
  ['Pa', 'pascal'],
] as const)
  bySymbol.set(symbol, byName.get(name)!);
const temperature = dimension('Θ');
const scales: readonly [names: string[], size: number, offset: number][] = [
  [['°C', '℃', 'degC'], 1, 273.15],
  [['°F', '℉', 'degF'], 5 / 9, 459.67 * (5 / 9)],
];
for (const [names, size, offset] of scales)
  for (const name of names) bySymbol.set(name, { dimension: temperature, size, offset });
for (const [name, symbol] of [
  ['degrees celsius', '°C'],
  ['degree celsius', '°C'],
  ['celsius', '°C'],
  ['degrees centigrade', '°C'],
  ['degrees fahrenheit', '°F'],
  ['fahrenheit', '°F'],
  ['degrees kelvin', 'K'],
] as const)
  byName.set(name, bySymbol.get(symbol)!);

/** The unit of a symbol (case counts) or a name; undefined where there is none. */
export function unitNamed(written: string): Unit | undefined {
  return bySymbol.get(written) ?? byName.get(written.toLowerCase());
}

/** Whether two dimensions are the same. */
export function sameDimension(a: Dimension, b: Dimension): boolean {
  return a.every((exponent, index) => Math.abs(exponent - b[index]!) < 1e-9);
}
