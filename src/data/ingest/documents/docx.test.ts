import { describe, expect, it } from 'vitest';
import { zipBytes } from '../../../model/zip.fixture.js';
import { readDocx } from './docx.js';
import { docxWith, fileWith } from './files.fixture.js';

const run = (text: string): string => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;
const paragraph = (text: string, properties = ''): string =>
  `<w:p><w:pPr>${properties}</w:pPr>${run(text)}</w:p>`;
const cell = (text: string, properties = ''): string =>
  `<w:tc><w:tcPr>${properties}</w:tcPr>${paragraph(text)}</w:tc>`;
const styles = `<?xml version="1.0"?><w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style><w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/></w:style><w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style></w:styles>`;
const styleRelation = (others = ''): string =>
  `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>${others}</Relationships>`;
const styled = { 'word/styles.xml': styles, 'word/_rels/document.xml.rels': styleRelation() };

describe('readDocx', () => {
  it('reads headings by style, paragraphs, tables with joined cells', async () => {
    const file = docxWith(
      paragraph('Report', '<w:pStyle w:val="Titel"/>') +
        paragraph('Überblick', '<w:pStyle w:val="berschrift1"/>') +
        paragraph('Sales &amp; costs rose.') +
        paragraph('Details', '<w:pStyle w:val="Heading2"/>') +
        `<w:tbl><w:tr>${cell('')}${cell('Year', '<w:gridSpan w:val="2"/>')}</w:tr><w:tr>${cell('Sales')}${cell('5')}${cell('4')}</w:tr></w:tbl>`,
      styled,
    );
    expect(await readDocx(file)).toEqual({
      title: 'Report',
      blocks: [
        { type: 'heading', level: 1, text: 'Report' },
        { type: 'heading', level: 1, text: 'Überblick' },
        { type: 'paragraph', text: 'Sales & costs rose.' },
        { type: 'heading', level: 2, text: 'Details' },
        {
          type: 'table',
          rows: [
            ['', 'Year', 'Year'],
            ['Sales', '5', '4'],
          ],
        },
      ],
      warnings: [],
    });
  });

  it('leaves deleted text out, keeps inserted text, and numbers footnotes as the text does', async () => {
    const file = docxWith(
      `<w:p>${run('Kept ')}<w:ins>${run('new ')}</w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>${run('text')}<w:r><w:footnoteReference w:id="2"/></w:r></w:p>`,
      {
        'word/styles.xml': styles,
        'word/_rels/document.xml.rels': styleRelation(
          '<Relationship Id="f" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" Target="footnotes.xml"/>',
        ),
        'word/footnotes.xml': `<?xml version="1.0"?><w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="2">${paragraph('See note 4.')}</w:footnote></w:footnotes>`,
      },
    );
    expect((await readDocx(file)).blocks).toEqual([
      { type: 'paragraph', text: 'Kept new text[1]' },
      { type: 'list', items: ['[1] See note 4.'] },
    ]);
  });

  it('takes the title of the properties, and says what it could not read', async () => {
    const file = docxWith(`${paragraph('x')}<w:p><m:oMath><m:r><m:t>y</m:t></m:r></m:oMath></w:p>`, {
      'docProps/core.xml':
        '<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>A &lt;b&gt;</dc:title></cp:coreProperties>',
    });
    const { title, warnings } = await readDocx(file);
    expect(title).toBe('A <b>');
    expect(warnings).toEqual(['1 formula left out']);
  });

  it.each([
    ['a web page', '<!DOCTYPE html><html><body>x</body></html>', 'is no .docx file but a web page'],
    ['an old file', Buffer.from('d0cf11e0a1b11ae100', 'hex'), 'is no .docx file but an old Office file'],
    ['a zip without a document', zipBytes([{ name: 'a.txt', content: Buffer.from('x') }]), 'is no Word file'],
    [
      'a file that is cut off',
      zipBytes([{ name: 'word/document.xml', content: Buffer.from('x') }]).subarray(0, 60),
      'is damaged: its directory cannot be read',
    ],
    ['text', 'plain', 'is no .docx file but plain text'],
  ])('says so of %s', async (_name, content, message) => {
    await expect(readDocx(fileWith(content, '.docx'))).rejects.toThrow(message);
  });

  it('stops at files that unpack without end, whatever size they state', async () => {
    const bomb = {
      name: 'word/document.xml',
      content: Buffer.alloc(300 * 2 ** 20, ' '),
      deflated: true,
      size: 10,
    };
    await expect(readDocx(fileWith(zipBytes([bomb]), '.docx'))).rejects.toThrow(
      /unpacks to more than \d+ MiB/,
    );
  });

  it('stops at a document whose XML is broken', async () => {
    await expect(readDocx(docxWith('<w:p><w:r>'))).rejects.toMatchObject({ name: 'AttuneError' });
  });
});
