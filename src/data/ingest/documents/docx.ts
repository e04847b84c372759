/**
 * Word files: headings by their styles, lists, tables and footnotes, without what was deleted in review.
 * @module
 */
import mammoth from 'mammoth';
import { AttuneError } from '../../../errors.js';
import type { Block, ParsedDocument } from '../../document.js';
import { openArchive } from './archive.js';
import { htmlBlocks } from './html-blocks.js';
import { parseHtml } from './html-dom.js';
import { fileKind, readSource, wrongKind } from './source-bytes.js';
import { xmlEvents } from './xml.js';

const mainPart = 'word/document.xml';

/** Largest text of a document that is read, unpacked; about 10,000 pages. */
const mostBytes = 64 * 2 ** 20;

/** Styles that mean headings and that mammoth has no rule for. */
const styleMap = [
  "p[style-name='Title'] => h1:fresh",
  "p[style-name='Subtitle'] => p:fresh",
  "p[style-name='heading 7'] => h6:fresh",
  "p[style-name='heading 8'] => h6:fresh",
  "p[style-name='heading 9'] => h6:fresh",
];

/**
 * Reads a Word file. Pictures, headers and footers of pages, comments and deleted text are left out; footnotes follow
 * the text.
 *
 * @throws AttuneError when the file is no Word file, damaged, protected, or unpacks beyond the limit
 */
export async function readDocx(file: string): Promise<ParsedDocument> {
  const bytes = await readSource(file);
  const kind = fileKind(bytes);
  if (kind !== 'zip') throw wrongKind(file, kind, '.docx');
  const { title, lost } = checkParts(bytes, file);
  const { value } = await mammoth
    .convertToHtml(
      { buffer: bytes },
      { styleMap, convertImage: mammoth.images.imgElement(async () => ({ src: '' })) },
    )
    .catch((cause) => {
      throw new AttuneError(`cannot be read as a Word file: ${(cause as Error).message}`, {
        file,
        fix: 'open it in Word or LibreOffice and save it again as .docx',
        cause,
      });
    });
  const blocks = withFootnotes(value);
  if (blocks.length === 0) {
    throw new AttuneError('holds no text', {
      file,
      fix: 'scanned pages have to go through text recognition first',
    });
  }
  const heading = blocks.find((block) => block.type === 'heading' && block.level === 1);
  const name = title || (heading?.type === 'heading' ? heading.text : undefined);
  return {
    ...(name ? { title: name } : {}),
    blocks,
    warnings: lost,
  };
}

/** Unpacks once what mammoth will read, within the limits: the properties' title, and what mammoth passes over. */
function checkParts(bytes: Buffer, file: string): { title: string; lost: string[] } {
  const archive = openArchive(bytes, file);
  // A strict or macro-enabled document may have its main part elsewhere; mammoth finds it by the relations.
  const main = archive.names.find((name) => /(?:^|\/)document\d*\.xml$/i.test(name));
  if (!main) {
    throw new AttuneError(`is no Word file: its archive holds no ${mainPart}`, {
      file,
      fix: archive.names.some((name) => name.startsWith('xl/'))
        ? 'give it the ending .xlsx'
        : 'open it in Word or LibreOffice and save it as .docx',
    });
  }
  let size = 0;
  for (const name of archive.names) {
    if (/\.(?:xml|rels)$/i.test(name)) size += archive.read(name)?.length ?? 0;
    if (size > mostBytes) {
      throw new AttuneError(`unpacks to more than ${mostBytes / 2 ** 20} MiB of text`, {
        file,
        fix: 'split it into smaller files',
      });
    }
  }
  let title = '';
  let inTitle = false;
  for (const event of xmlEvents(archive.read('docProps/core.xml')?.toString('utf8') ?? '')) {
    if (event.type === 'text') title += inTitle ? event.text : '';
    else if (event.name === 'title') inTitle = event.type === 'open' && !event.empty;
  }
  return {
    title: title.replace(/\s+/g, ' ').trim(),
    lost: lostParts(archive.read(main)?.toString('utf8') ?? ''),
  };
}

/** Footnotes keep the numbers by which the text refers to them; the arrows back are left out. */
function withFootnotes(html: string): Block[] {
  let number = 0;
  const numbered = html
    .replace(/<a href="#(?:foot|end)note-ref-[^"]*">↑<\/a>/g, '')
    .replace(/<li id="(?:foot|end)note-[^"]*">/g, (item) => `${item}[${++number}] `);
  return htmlBlocks(parseHtml(numbered), { keepSiteParts: true });
}

/** What people would miss and mammoth does not read. */
function lostParts(xml: string): string[] {
  const parts: [RegExp, string][] = [
    [/<m:oMath[\s>]/g, 'formula'],
    [/<w:object[\s>]/g, 'embedded object'],
    [/<c:chart[\s/>]/g, 'chart'],
  ];
  return parts.flatMap(([pattern, name]) => {
    const count = xml.match(pattern)?.length ?? 0;
    return count > 0 ? [`${count} ${name}${count > 1 ? 's' : ''} left out`] : [];
  });
}
