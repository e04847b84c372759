/**
 * Jinja's tests: what stands behind `is`.
 * @module
 */
import { integer } from './methods.js';
import { compare, defined, equal, Float, iterate, numberOf, Undefined, type Value } from './values.js';

/** Whether a value passes, given the argument of the test where it has one. */
export type Test = (value: Value, argument?: Value) => boolean;

const order =
  (accepts: (difference: number) => boolean): Test =>
  (value, argument) =>
    accepts(compare(defined(value), argument ?? null));

/** By name. */
export const tests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['defined', (value) => !(value instanceof Undefined)],
  ['undefined', (value) => value instanceof Undefined],
  ['none', (value) => value === null],
  ['true', (value) => value === true],
  ['false', (value) => value === false],
  ['boolean', (value) => typeof value === 'boolean'],
  ['string', (value) => typeof value === 'string'],
  ['number', (value) => numberOf(value) !== undefined],
  ['integer', (value) => typeof value === 'number'],
  ['float', (value) => value instanceof Float],
  ['mapping', (value) => value instanceof Map],
  ['sequence', (value) => typeof value === 'string' || Array.isArray(value) || value instanceof Map],
  ['iterable', (value) => typeof value === 'string' || Array.isArray(value) || value instanceof Map],
  ['callable', (value) => typeof value === 'function'],
  ['odd', (value) => integer(value) % 2 !== 0],
  ['even', (value) => integer(value) % 2 === 0],
  ['lower', (value) => typeof value === 'string' && value === value.toLowerCase()],
  ['upper', (value) => typeof value === 'string' && value === value.toUpperCase()],
  ['eq', (value, argument) => equal(value, argument ?? null)],
  ['equalto', (value, argument) => equal(value, argument ?? null)],
  ['ne', (value, argument) => !equal(value, argument ?? null)],
  ['lt', order((difference) => difference < 0)],
  ['le', order((difference) => difference <= 0)],
  ['gt', order((difference) => difference > 0)],
  ['ge', order((difference) => difference >= 0)],
  ['in', (value, argument) => iterate(argument ?? null).some((item) => equal(item, value))],
]);
