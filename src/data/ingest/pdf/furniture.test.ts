import { describe, expect, it } from 'vitest';
import type { FixturePage } from './pdf-file.fixture.js';
import { paragraphs, prose, read } from './reading.fixture.js';

describe('page furniture', () => {
  const page = (number: number): FixturePage => ({
    texts: [
      { text: 'Acme Corporation', x: 60, y: 40, size: 8 },
      ...prose(100, `${['One', 'Two', 'Three', 'Four', 'Five'][number]} `),
      { text: `Annual Report 2023 | ${number + 12}`, x: 250, y: 760, size: 8 },
    ],
  });

  it('leaves out running headers and footers with one warning each', async () => {
    const document = await read([0, 1, 2, 3, 4].map(page));
    expect(document.blocks).toHaveLength(5);
    expect(paragraphs(document).join(' ')).not.toMatch(/Acme|Annual Report/);
    expect(document.warnings).toEqual([
      'running header left out on 5 pages: "Acme Corporation"',
      'running footer left out on 5 pages: "Annual Report 2023 | 12"',
    ]);
  });

  it('keeps what stands on two pages only, and figures that do not count with the pages', async () => {
    const document = await read([
      { texts: [...prose(100, 'One'), { text: '57', x: 300, y: 760 }] },
      { texts: [...prose(100, 'Two'), { text: '12', x: 300, y: 760 }] },
    ]);
    expect(document.warnings).toEqual([]);
    expect(paragraphs(document)).toContain('57');
  });

  it.each([
    [['i', 'ii', 'iii']],
    [['F-9', 'F-10', 'F-11']],
    [['- 1 -', '- 2 -', '- 3 -']],
    [['Page 7 of 9', 'Page 8 of 9', 'Page 9 of 9']],
  ])('knows page numbers: %j', async (numbers) => {
    const document = await read(
      numbers.map((text, index) => ({
        texts: [...prose(100, `No ${'abc'[index]} `), { text, x: 300, y: 760 }],
      })),
    );
    expect(document.blocks.every((block) => block.type === 'paragraph')).toBe(true);
    expect(paragraphs(document)).toHaveLength(3);
    expect(document.warnings).toHaveLength(1);
  });
});
