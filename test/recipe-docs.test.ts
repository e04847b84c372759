import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type RecipeField, recipeFields } from '../src/recipe/fields.js';
import { recipeJsonSchema } from '../src/recipe/json-schema.js';

/** `npx vitest run test/recipe-docs.test.ts -u` writes the schema and the table anew. */
describe('what is made from the schema of the recipe', () => {
  it('schema/recipe.schema.json', async () => {
    await expect(`${JSON.stringify(recipeJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
      '../schema/recipe.schema.json',
    );
  });

  it('docs/recipe-fields.md', async () => {
    await expect(tables()).toMatchFileSnapshot('../docs/recipe-fields.md');
  });
});

it('every field is described', () => {
  expect(recipeFields().filter(({ description }) => description === '')).toEqual([]);
});

it('every section of the recipe is explained in docs/recipe.md', async () => {
  const page = await readFile('docs/recipe.md', 'utf8');
  for (const section of new Set(recipeFields().map((field) => field.section))) {
    if (section) expect(page).toContain(`\`${section}\``);
  }
});

function tables(): string {
  const fields = recipeFields();
  const sections = [...new Set(fields.map(({ section }) => section))];
  const parts = sections.map((section) => {
    const rows = fields.filter((field) => field.section === section).map(row);
    const title = section ? `## \`${section}\`` : '## At the top';
    return `${title}\n\n| Field | Type | Default | Meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Every field of a recipe\n\nMade from the schema; \`attune help recipe\` prints the same.\n\n${parts.join('\n')}`;
}

function row({ name, type, default: standard, required, description }: RecipeField): string {
  const value = required ? '**required**' : standard === undefined ? '' : `\`${standard}\``;
  return `| \`${name}\` | ${type} | ${value} | ${description.replaceAll('|', '\\|')} |`;
}
