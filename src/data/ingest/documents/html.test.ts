import { describe, expect, it } from 'vitest';
import { documentText } from '../../document.js';
import { archiveOf, fileWith } from './files.fixture.js';
import { readHtml } from './html.js';

const page = (body: string, head = '<title>T</title>'): string =>
  `<!doctype html><html><head>${head}</head><body>${body}</body></html>`;
const blocks = async (body: string) => (await readHtml(fileWith(page(body), '.html'))).blocks;
const rows = async (table: string) =>
  (await blocks(table)).flatMap((block) => (block.type === 'table' ? [block.rows] : []));

describe('text of a page', () => {
  it('gives headings, paragraphs and lists in order', async () => {
    expect(
      await blocks(
        '<h1>Main &amp; first</h1><p>One <b>bold</b>\n   text.</p>loose<h3>Third</h3><ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><div>End</div>',
      ),
    ).toEqual([
      { type: 'heading', level: 1, text: 'Main & first' },
      { type: 'paragraph', text: 'One bold text.' },
      { type: 'paragraph', text: 'loose' },
      { type: 'heading', level: 3, text: 'Third' },
      { type: 'list', items: ['a', 'b', 'c'] },
      { type: 'paragraph', text: 'End' },
    ]);
  });

  it('takes one break for a line and two for a paragraph, and keeps preformatted lines', async () => {
    expect(await blocks('<p>a<br>b<br/><br>c</p><pre>\n  x = 1\n    y\n</pre>')).toEqual([
      { type: 'paragraph', text: 'a\nb' },
      { type: 'paragraph', text: 'c' },
      { type: 'paragraph', text: '  x = 1\n    y' },
    ]);
  });

  it('leaves out what people do not see', async () => {
    const text = documentText(
      await blocks(
        '<p>seen</p><p hidden>a</p><div style="color:red; display: none">b</div><span aria-hidden="true">c</span><script>d</script><style>e</style><noscript>f</noscript><template>g</template><button>h</button><select><option>i</select><!-- j --><div style="visibility:hidden">k</div><textarea>l</textarea><nav>m</nav><footer>n</footer><svg><text>o</text></svg>',
      ),
    );
    expect(text).toBe('seen');
  });

  it('keeps a footer and a header that belong to an article', async () => {
    expect(
      documentText(await blocks('<article><header>By A.</header><p>x</p><footer>Notes</footer></article>')),
    ).toBe('By A.\n\nx\n\nNotes');
  });

  it('keeps digits that are raised or lowered apart', async () => {
    expect(
      documentText(
        await blocks('<p>10<sup>6</sup> H<sub>2</sub>O Sales<sup>(1)</sup> the 4<sup>th</sup></p>'),
      ),
    ).toBe('10⁶ H₂O Sales⁽¹⁾ the 4th');
  });

  it('joins terms and definitions', async () => {
    expect(await blocks('<dl><dt>Yield</dt><dd>Income by price.</dd><dt>Alone</dt></dl>')).toEqual([
      { type: 'list', items: ['Yield: Income by price.', 'Alone'] },
    ]);
  });

  it('gives a formula once', async () => {
    expect(
      documentText(
        await blocks(
          '<p>so <math alttext="x"><semantics><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></semantics></math><span aria-hidden="true">x2</span>.</p>',
        ),
      ),
    ).toBe('so x^2.');
  });

  it('takes a list of cards apart', async () => {
    expect(await blocks('<ul><li><h2>A</h2><p>x</p></li><li><h2>B</h2><p>y</p></li></ul>')).toEqual([
      { type: 'heading', level: 2, text: 'A' },
      { type: 'paragraph', text: 'x' },
      { type: 'heading', level: 2, text: 'B' },
      { type: 'paragraph', text: 'y' },
    ]);
  });
});

describe('tables', () => {
  it('spreads cells over columns and rows', async () => {
    expect(
      await rows(
        '<table><thead><tr><th rowspan=2>Item<th colspan=2>Year<tr><th>2023<th>2022</thead><tr><td rowspan=2>A<td>1<td>2<tr><td>3<td>4</table>',
      ),
    ).toEqual([
      [
        ['Item', 'Year', 'Year'],
        ['Item', '2023', '2022'],
        ['A', '1', '2'],
        ['A', '3', '4'],
      ],
    ]);
  });

  it('fills short rows, shows feet last and survives senseless spans', async () => {
    expect(
      await rows(
        '<table><tfoot><tr><td>Sum<td>3</tfoot><tr><td>a<td rowspan="0">1<tr><td>b<tr><td colspan="-3">c<td colspan="x">9</table>',
      ),
    ).toEqual([
      [
        ['a', '1', ''],
        ['b', '1', ''],
        ['c', '1', '9'],
        ['Sum', '3', ''],
      ],
    ]);
    const wide = await rows('<table><tr><td colspan=99999999>a<td>b<tr><td rowspan=99999999>c<td>d</table>');
    expect(wide[0]?.length).toBe(2);
  });

  it('joins the columns that filings split a figure into', async () => {
    expect(
      await rows(
        `<table>
          <tr><td></td><td colspan="3">2023</td><td></td><td colspan="3">2022</td></tr>
          <tr><td colspan="8">(in millions)</td></tr>
          <tr><td>Sales</td><td>$</td><td>1,234</td><td></td><td></td><td>$</td><td>1,100</td><td></td></tr>
          <tr><td>Loss</td><td></td><td>(5</td><td>)</td><td></td><td></td><td>(7</td><td>)</td></tr>
          <tr><td>Share</td><td></td><td>12</td><td>%</td><td></td><td></td><td>9</td><td>%</td></tr>
        </table>`,
      ),
    ).toEqual([
      [
        ['', '2023', '2022'],
        ['(in millions)', '', ''],
        ['Sales', '$1,234', '$1,100'],
        ['Loss', '(5)', '(7)'],
        ['Share', '12%', '9%'],
      ],
    ]);
  });

  it('keeps columns apart that differ', async () => {
    expect(await rows('<table><tr><th colspan=2>Both<th>C<tr><td>1<td>2<td>3</table>')).toEqual([
      [
        ['Both', 'Both', 'C'],
        ['1', '2', '3'],
      ],
    ]);
  });

  it('gives nested tables after their outer one, captions with their own', async () => {
    expect(
      await blocks(
        '<table><caption>Outer <i>one</i></caption><tr><td>a long text that says much<td>b<tr><td>c<td>d<table><tr><td>1<td>2<tr><td>3<td>4</table></table>',
      ),
    ).toEqual([
      {
        type: 'table',
        caption: 'Outer one',
        rows: [
          ['a long text that says much', 'b'],
          ['c', 'd'],
        ],
      },
      {
        type: 'table',
        rows: [
          ['1', '2'],
          ['3', '4'],
        ],
      },
    ]);
  });

  it('sees through tables that only arrange the page', async () => {
    expect(
      await blocks(
        '<table><tr><td><h2>Left</h2><p>text</p><td><table><tr><td>1<td>2<tr><td>3<td>4</table></table><table role="presentation"><tr><td>x<td>y</table><table><tr><td>only<tr><td>one column</table>',
      ),
    ).toEqual([
      { type: 'heading', level: 2, text: 'Left' },
      { type: 'paragraph', text: 'text' },
      {
        type: 'table',
        rows: [
          ['1', '2'],
          ['3', '4'],
        ],
      },
      { type: 'paragraph', text: 'x' },
      { type: 'paragraph', text: 'y' },
      { type: 'paragraph', text: 'only' },
      { type: 'paragraph', text: 'one column' },
    ]);
  });

  it('takes bullets that are set as tables for one list', async () => {
    const bullet = (text: string): string => `<table><tr><td></td><td>•</td><td>${text}</td></tr></table>`;
    expect(await blocks(`<p>Risks:</p>${bullet('Prices fall.')}${bullet('Rates rise.')}`)).toEqual([
      { type: 'paragraph', text: 'Risks:' },
      { type: 'list', items: ['Prices fall.', 'Rates rise.'] },
    ]);
  });

  it('keeps a table of ranks a table', async () => {
    expect((await rows('<table><tr><td>1.<td>12.5<tr><td>2.<td>9</table>')).length).toBe(1);
  });
});

describe('the main content', () => {
  const paragraph =
    'The committee met on Monday and agreed that prices, rates and wages had all risen, by a little. ';
  const menu = `<div class="menu">${Array.from({ length: 30 }, (_, i) => `<a href="/${i}">Entry ${i}</a>`).join(' ')}</div>`;

  it('of an article is the article with its heading', async () => {
    const { blocks: found, title } = await readHtml(
      fileWith(
        page(
          `${menu}<h1>Prices rise</h1><article>${`<p>${paragraph.repeat(4)}</p>`.repeat(5)}</article><div class="sidebar">${menu}</div>`,
          '<title>Prices rise | The Paper</title>',
        ),
        '.html',
      ),
    );
    expect(title).toBe('Prices rise | The Paper');
    expect(found[0]).toEqual({ type: 'heading', level: 1, text: 'Prices rise' });
    expect(found.filter(({ type }) => type === 'paragraph').length).toBe(5);
    expect(documentText(found)).not.toContain('Entry');
  });

  it('of a page with tables loses no table', async () => {
    const table = '<table><tr><th>Year<th>Sales<tr><td>2023<td>5</table>';
    const found = await blocks(
      `<div class="comments">${table}</div><article>${`<p>${paragraph.repeat(4)}</p>`.repeat(5)}</article>`,
    );
    expect(found.filter(({ type }) => type === 'table').length).toBe(1);
  });

  it('of a short page is the whole page', async () => {
    expect(documentText(await blocks(`${menu}<p>Closed today.</p>`))).toContain('Closed today.');
  });
});

describe('encodings', () => {
  it.each([
    ['BOM', Buffer.from('\uFEFF<p>é €</p>')],
    ['UTF-16', Buffer.from('\uFEFF<p>é €</p>', 'utf16le')],
    ['none, UTF-8', Buffer.from('<p>é €</p>')],
    ['meta', Buffer.from('<meta charset="windows-1252"><p>\xe9 \x80</p>', 'latin1')],
    [
      'http-equiv',
      Buffer.from(
        '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-15"><p>\xe9 \xa4</p>',
        'latin1',
      ),
    ],
    [
      'XML',
      Buffer.from(
        '<?xml version="1.0" encoding="windows-1252"?><html><body><p>\xe9 \x80</p></body></html>',
        'latin1',
      ),
    ],
  ])('by %s', async (_name, bytes) => {
    const { blocks: found, warnings } = await readHtml(fileWith(bytes, '.html'));
    expect(found).toEqual([{ type: 'paragraph', text: 'é €' }]);
    expect(warnings).toEqual([]);
  });

  it('that a page states wrongly is a warning', async () => {
    const { blocks: found, warnings } = await readHtml(
      fileWith(Buffer.from('<meta charset="utf-8"><p>\xe9</p>', 'latin1'), '.html'),
    );
    expect(found).toEqual([{ type: 'paragraph', text: 'é' }]);
    expect(warnings).toEqual(['says that it is utf-8, which its bytes are not; read as Windows-1252']);
  });
});

describe('pages that are built badly', () => {
  it('reads XHTML with short tags', async () => {
    const { blocks: found, title } = await readHtml(
      fileWith(
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title><script src="a.js"/></head><body><a name="x"/><div/><p>seen <ix:nonFraction name="s" scale="6">5</ix:nonFraction></p></body></html>',
        '.xhtml',
      ),
    );
    expect(found).toEqual([{ type: 'paragraph', text: 'seen 5' }]);
    expect(title).toBe('T');
  });

  it.each([
    '<p>a<p>b',
    '<html><p>a<p>b',
    '<body><p>a<p>b',
    '<html><head><title>x</title></head><p>a<p>b',
    '<p>a</p></html><p>b</p>',
  ])('%s', async (html) => {
    expect((await readHtml(fileWith(html, '.html'))).blocks).toEqual([
      { type: 'paragraph', text: 'a' },
      { type: 'paragraph', text: 'b' },
    ]);
  });

  it('reads tags that are nested without end', async () => {
    const deep = `${'<div>'.repeat(20_000)}deep${'<ul><li>'.repeat(3000)}x`;
    expect(documentText(await blocks(deep))).toContain('deep');
    const tables = '<table><tr><td>a'.repeat(200);
    expect(documentText(await blocks(tables))).toContain('a');
  });

  it.each([
    [
      'a word file',
      archiveOf({ 'word/document.xml': '' }),
      'is no .html file but a zip archive (a Word or Excel file, perhaps)',
    ],
    ['a PDF', '%PDF-1.7\n', 'is no .html file but a PDF file'],
    ['an empty file', '', 'is empty'],
    ['plain text', 'nothing marked', 'is no .html file but plain text'],
    [
      'nothing to see',
      '<html><body><script>x()</script></body></html>',
      'holds no text that people would see',
    ],
    ['binary data', Buffer.from([0, 1, 2, 3]), 'is no .html file but no text: it holds binary data'],
  ])('says so of %s', async (_name, content, message) => {
    await expect(readHtml(fileWith(content, '.html'))).rejects.toThrow(message);
  });
});
