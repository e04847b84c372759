import { expect, it } from 'vitest';
import { splitTrailingSpace } from './trailing-space.js';

it('divides a text where rstrip of Python 3 does', () => {
  // [chr(c) for c in range(0x10000) if chr(c).isspace()]
  const spaces = [
    ...[9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 0x85, 0xa0, 0x1680],
    ...Array.from({ length: 11 }, (_, index) => 0x2000 + index),
    ...[0x2028, 0x2029, 0x202f, 0x205f, 0x3000],
  ];
  const found = Array.from({ length: 0x10000 }, (_, code) => code).filter(
    (code) => splitTrailingSpace(`a${String.fromCharCode(code)}`)[1] !== '',
  );
  expect(found).toEqual(spaces);
  expect(splitTrailingSpace(' a b \n\u001c ')).toEqual([' a b', ' \n\u001c ']);
  expect(splitTrailingSpace(' \t')).toEqual(['', ' \t']);
  expect(splitTrailingSpace('')).toEqual(['', '']);
});
