import { expect, it } from 'vitest';
import { loadPdfReader } from './load-pdf-reader.js';

it('leaves the functions of the runtime as they are', async () => {
  const natives = [JSON.parse, JSON.stringify, Array.prototype.push, Function.prototype.toString];
  expect(await loadPdfReader()).toBeTypeOf('function');
  expect([JSON.parse, JSON.stringify, Array.prototype.push, Function.prototype.toString]).toEqual(natives);
  expect(JSON.stringify).toBe(natives[1]);
  expect(String(JSON.stringify)).toContain('[native code]');
});
