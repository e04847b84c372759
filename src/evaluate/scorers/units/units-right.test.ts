import { describe, expect, it } from 'vitest';
import { wanting, written } from '../scorers.fixture.js';
import { readUnit } from './parse-unit.js';
import { quantitiesIn } from './quantities.js';
import { quantityMatch, unitsRight } from './units-right.js';

const scores = (text: string, reference: string) => [
  unitsRight.score(written(text), wanting(reference)),
  quantityMatch.score(written(text), wanting(reference)),
];
const size = (text: string) => readUnit(text)?.unit.size;

describe('readUnit', () => {
  it.each([
    ['m', 1],
    ['km', 1000],
    ['kg', 1],
    ['mm2', 1e-6],
    ['mm²', 1e-6],
    ['cm^3', 1e-6],
    ['g/cm3', 1000],
    ['g/cm³', 1000],
    ['g cm-3', 1000],
    ['g cm^-3', 1000],
    ['g·cm⁻³', 1000],
    ['kJ/mol', 1000],
    ['J/(mol·K)', 1],
    ['J mol-1 K-1', 1],
    ['J mol⁻¹ K⁻¹', 1],
    ['m/s2', 1],
    ['km/h', 1000 / 3600],
    ['kilometres per hour', 1000 / 3600],
    ['metres per second squared', 1],
    ['kilograms per cubic metre', 1],
    ['square centimetres', 1e-4],
    ['MeV', 1.602176634e-13],
    ['mbar', 100],
    ['hPa', 100],
    ['µm', 1e-6],
    ['μm', 1e-6],
    ['Ω', 1],
    ['kΩ', 1000],
    ['min', 60],
    ['cd', 1],
    ['minutes', 60],
    ['litres', 1e-3],
  ])('%s', (text, wanted) => expect(size(text)! / wanted).toBeCloseTo(1, 12));

  it('reads no word as a unit', () => {
    for (const text of ['apples', 'percent', '', 'metal', '/m', '%', 'of gold', 'kkg', 'mminute'])
      expect(text === 'metal' ? readUnit('metal') : readUnit(text), text).toBeUndefined();
    expect(readUnit('m in all')!.length).toBe(1);
    expect(readUnit('kg of gold')!.length).toBe(2);
  });
});

describe('quantitiesIn', () => {
  it.each([
    ['5.2 km', 5200],
    ['5.2 * 1000 m', 5200],
    ['(100 - 32) / 1.8 + 273.15 K', 310.9277777777778],
    ['8.314 J/(mol K)', 8.314],
    ['6.022e23 /mol', undefined],
    ['1.66 × 10^-27 kg', 1.66e-27],
    ['1.66 x 10⁻²⁷ kg', 1.66e-27],
    ['1.66e-27 kg', 1.66e-27],
    ['37 °C', 310.15],
    ['98.6 °F', 310.15],
    ['-40 °C', 233.15],
    ['299,792,458 m/s', 299792458],
    ['The melting point is 1357.77 K.', 1357.77],
    ['**12 m**', 12],
    ['12-m', 12],
    ['(12 m)', 12],
    ['25 Nm', 25],
    ['25 N·m', 25],
    ['120 mmHg', 15998.6864898],
    ['12 in the room', undefined],
    ['12 in', 0.3048],
    ['12 apples', undefined],
    ['12 metals', undefined],
    ['element 26', undefined],
  ])('%s', (text, value) => {
    const [found] = quantitiesIn(text);
    if (value === undefined) expect(found).toBeUndefined();
    else expect(found!.value / value).toBeCloseTo(1, 12);
  });
});

describe('units_right and quantity_match', () => {
  it.each([
    ['500 m', '500 m', 1, 1],
    ['0.5 km', '500 m', 1, 1],
    ['It is 500 metres.', '500 m', 1, 1],
    ['0.5 * 1000 m', '0.5 * 1000 m', 1, 1],
    ['500 m', '0.5 * 1000 m', 1, 1],
    ['500', '500 m', 0, 0],
    ['500 s', '500 m', 0, 0],
    ['500 m2', '500 m', 0, 0],
    ['500 km', '500 m', 1, 0],
    ['1084.62 °C', '1357.77 K', 1, 1],
    ['1084.62 K', '1357.77 K', 1, 0],
    ['1084.62', '1357.77 K', 0, 0],
    ['8.96 g/cm3', '8960 kg/m3', 1, 1],
    ['8.9 g/cm3', '8.96 g/cm3', 1, 0],
    ['8.96 g/cm3', '8.96 kg', 0, 0],
    ['copper', '8960 kg/m3', 0, 0],
    ['', '8960 kg/m3', 0, 0],
    ['100 kPa', '1 bar', 1, 1],
    ['1 N m', '1 J', 1, 1],
    ['760 torr', '101325 Pa', 1, 1],
    ['0.5 M', '0.5 mol/L', 1, 1],
    ['60 mph', '96.56 km/h', 1, 1],
    ['63.546 amu', '63.546 u', 1, 1],
    ['299 792 458 m/s', '299792458 m/s', 1, 1],
    ['minus 38.83 °C', '-38.83 °C', 1, 1],
    ['38.83 °C', '-38.83 °C', 1, 0],
    ['$8.96\\,\\text{g/cm}^3$', '8.96 g/cm3', 1, 1],
    ['8.96 $\\mathrm{g/cm^{3}}$', '8.96 g/cm3', 1, 1],
    ['At 25 °C, the density is 8.96 g/cm3.', '8.96 g/cm3', 1, 1],
    ['8.314 J/mol·K', '8.314 J/(mol K)', 1, 1],
  ])('%j for %j', (text, reference, units, quantity) => {
    expect(scores(text, reference)).toEqual([units, quantity]);
  });

  it('say nothing where no unit is wanted', () => {
    for (const reference of ['26', 'copper', 'The table does not say.', '24.4%'])
      expect(scores('500 m', reference)).toEqual([undefined, undefined]);
  });

  it('end in time on long answers of one kind of character', () => {
    for (const part of ['1', '(', '1 ', '1+', '- ', 'm', '1 m ', 'm/', '1 m/s ', '^', ' ', '1.', '1,'])
      scores(part.repeat(100_000 / part.length), '500 m');
  });
});
