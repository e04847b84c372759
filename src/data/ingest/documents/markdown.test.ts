import { describe, expect, it } from 'vitest';
import { fileWith } from './files.fixture.js';
import { readMarkdown } from './markdown.js';

const read = (text: string) => readMarkdown(fileWith(text, '.md'));

describe('readMarkdown', () => {
  it('gives headings, paragraphs, lists, tables and code', async () => {
    const { title, blocks } = await read(
      '---\ntitle: "The guide"\ntags: [a]\n---\n# A &amp; *b*\r\n\r\nOne `x&lt;y` [link](u) ![pic](p.png)\nwrapped<br>new\n\nSetext\n---\n\n- [ ] todo\n- x\n\n  more\n  - deep\n1. one\n\n| H | `I` |\n|---|:-:|\n| 1 \\| x | **2** |\n\n> quoted\n\n```js\n# no heading\n  y\n```\n\n***\n',
    );
    expect(title).toBe('The guide');
    expect(blocks).toEqual([
      { type: 'heading', level: 1, text: 'A & b' },
      { type: 'paragraph', text: 'One x&lt;y link pic wrapped\nnew' },
      { type: 'heading', level: 2, text: 'Setext' },
      { type: 'list', items: ['todo', 'x\nmore', 'deep'] },
      { type: 'list', items: ['one'] },
      {
        type: 'table',
        rows: [
          ['H', 'I'],
          ['1 | x', '2'],
        ],
      },
      { type: 'paragraph', text: 'quoted' },
      { type: 'paragraph', text: '# no heading\n  y' },
    ]);
  });

  it('takes text out of HTML and leaves comments and scripts out', async () => {
    const { blocks } = await read(
      '<!-- hidden -->\n<div align="center">\n<b>Bold</b> text\n</div>\n\n<script>x()</script>\n\n<table><tr><td>a</td><td>b</td></tr>\n\n<tr><td>c</td><td>d</td></tr></table>\n\nEnd <span>it</span>',
    );
    expect(blocks).toEqual([
      { type: 'paragraph', text: 'Bold text' },
      {
        type: 'table',
        rows: [
          ['a', 'b'],
          ['c', 'd'],
        ],
      },
      { type: 'paragraph', text: 'End it' },
    ]);
  });

  it.each([
    ['+++\ntitle = "T"\n+++\nx', 'T', 1],
    ['---\ntitle: a: b: [\n---\nx', 'a: b: [', 1],
    ['# First\n\nx', 'First', 2],
    ['---\nx\n---\n', undefined, 1],
    ['---\n[1]\n---\nx', undefined, 2],
  ])('%j has the title %s', async (text, title, count) => {
    const found = await read(text);
    expect(found.title).toBe(title);
    expect(found.blocks.length).toBe(count);
  });

  it('says what is wrong with a file', async () => {
    await expect(read('---\ntitle: x\n---\n')).rejects.toThrow('holds no text');
    await expect(readMarkdown(fileWith(Buffer.from([0, 1, 2]), '.md'))).rejects.toThrow('binary data');
    await expect(read('')).rejects.toThrow('is empty');
  });

  it('survives marks without end', async () => {
    for (const mark of ['>', '[', '*', '`', '- ', '<', '|', '&']) {
      const result = await read(`${mark.repeat(2000)}x`).catch((error: Error) => error.name);
      expect(result === 'AttuneError' || typeof result === 'object').toBe(true);
    }
  });
});
