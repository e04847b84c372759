import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { heldOutTables } from './list-held-out.mjs';

it('lists the tables that the recipe holds out', async () => {
  const listed: string[] = JSON.parse(
    readFileSync(new URL('data/held-out-tables.json', import.meta.url), 'utf8'),
  );
  expect(await heldOutTables()).toEqual(listed);
  expect(listed.length).toBeGreaterThan(30);
}, 60_000);
