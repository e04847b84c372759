/**
 * Markdown files: headings, lists, tables and code, without marks.
 * @module
 */
import { marked, type Token, type Tokens } from 'marked';
import { parse } from 'yaml';
import { AttuneError } from '../../../errors.js';
import { decodeEntities } from '../../clean/entities.js';
import type { Block, ParsedDocument } from '../../document.js';
import { htmlBlocks } from './html-blocks.js';
import { parseHtml } from './html-dom.js';
import { fileKind, readSource, wrongKind } from './source-bytes.js';
import { decodeText } from './text-encoding.js';

/**
 * Reads a Markdown file. Code is a paragraph with its lines as they are, links are their texts, HTML is its text.
 *
 * @throws AttuneError when the file is empty or no text
 */
export async function readMarkdown(file: string): Promise<ParsedDocument> {
  const bytes = await readSource(file);
  const kind = fileKind(bytes);
  if (kind !== 'text' && kind !== 'html') throw wrongKind(file, kind, '.md');
  const decoded = decodeText(bytes);
  const { title, body } = splitFrontMatter(decoded.text.replace(/\r\n?/g, '\n'));
  let blocks: Block[];
  try {
    blocks = blocksOf(marked.lexer(body, { gfm: true }));
  } catch (cause) {
    // Marks nested thousands deep, which no person writes.
    throw new AttuneError(`cannot be read as Markdown: ${(cause as Error).message}`, {
      file,
      fix: 'give it the ending .txt to read it as plain text',
      cause,
    });
  }
  if (blocks.length === 0) {
    throw new AttuneError('holds no text', { file, fix: 'remove the file, or look at how it was exported' });
  }
  const first = blocks.find((block) => block.type === 'heading' && block.level === 1);
  const name = title ?? (first?.type === 'heading' ? first.text : undefined);
  return { ...(name ? { title: name } : {}), blocks, warnings: decoded.warning ? [decoded.warning] : [] };
}

/** Front matter in YAML (`---`) or TOML (`+++`) at the very beginning; only its title is used. */
function splitFrontMatter(text: string): { title?: string; body: string } {
  const match = /^(---|\+\+\+)[ \t]*\n([\s\S]*?)\n(?:\1|\.\.\.)[ \t]*(?:\n|$)/.exec(text);
  if (!match) return { body: text };
  const source = match[2] ?? '';
  let title: unknown;
  if (match[1] === '---') {
    let data: unknown;
    try {
      data = parse(source);
    } catch {
      // A text between two rules, or front matter that is not quite YAML: the title line is still plain to see.
      data = { title: /^title:\s*["']?(.*?)["']?\s*$/m.exec(source)?.[1] };
      if (!/^[\w-]+:/m.test(source)) return { body: text };
    }
    if (typeof data !== 'object' || data === null || Array.isArray(data)) return { body: text };
    title = Object.hasOwn(data, 'title') ? (data as { title: unknown }).title : undefined;
  } else {
    title = /^title\s*=\s*["'](.*?)["']\s*$/m.exec(source)?.[1];
  }
  const body = text.slice(match[0].length);
  return typeof title === 'string' && title.trim() !== '' ? { title: title.trim(), body } : { body };
}

function blocksOf(tokens: readonly Token[]): Block[] {
  const blocks: Block[] = [];
  let html = '';
  const flushHtml = (): void => {
    if (html.trim() !== '') blocks.push(...htmlBlocks(parseHtml(html), { keepSiteParts: true }));
    html = '';
  };
  for (const token of tokens) {
    if (token.type === 'html') {
      html += token.raw;
      continue;
    }
    if (token.type === 'space') {
      if (html !== '') html += '\n';
      continue;
    }
    flushHtml();
    blocks.push(...blockOf(token));
  }
  flushHtml();
  return blocks;
}

function blockOf(token: Token): Block[] {
  switch (token.type) {
    case 'heading': {
      const text = inlineText(token.tokens ?? [])
        .replace(/\s+/g, ' ')
        .trim();
      return text === '' ? [] : [{ type: 'heading', level: token.depth as number, text }];
    }
    case 'paragraph':
    case 'text':
      return paragraph(inlineText(token.tokens ?? [token]));
    case 'code':
      return (token.text as string).trim() === ''
        ? []
        : [{ type: 'paragraph', text: (token.text as string).trimEnd() }];
    case 'blockquote':
      return blocksOf(token.tokens ?? []);
    case 'list':
      return listBlocks(token as Tokens.List);
    case 'table': {
      const { header, rows } = token as Tokens.Table;
      const cells = [header, ...rows].map((row) =>
        row.map((cell) => inlineText(cell.tokens).replace(/\s+/g, ' ').trim()),
      );
      return cells.some((row) => row.some((text) => text !== '')) ? [{ type: 'table', rows: cells }] : [];
    }
    default:
      return [];
  }
}

/** Items of nested lists follow their own; tables and code inside items follow the list. */
function listBlocks(list: Tokens.List): Block[] {
  const items: string[] = [];
  const others: Block[] = [];
  for (const item of list.items) {
    const texts: string[] = [];
    const nested: string[] = [];
    for (const block of blocksOf(item.tokens.filter(({ type }) => (type as string) !== 'checkbox'))) {
      if (block.type === 'list') nested.push(...block.items);
      else if (block.type === 'table') others.push(block);
      else texts.push(block.text);
    }
    const text = texts.join('\n').trim();
    items.push(...(text === '' ? [] : [text]), ...nested);
  }
  return [...(items.length > 0 ? [{ type: 'list', items } satisfies Block] : []), ...others];
}

function paragraph(text: string): Block[] {
  const trimmed = text
    .split('\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').trim())
    .join('\n')
    .trim();
  return trimmed === '' ? [] : [{ type: 'paragraph', text: trimmed }];
}

/** Text of inline marks: a line that was only wrapped goes on, a break that was meant stays. */
function inlineText(tokens: readonly Token[]): string {
  return tokens
    .map((token): string => {
      if (token.type === 'br') return '\n';
      if (token.type === 'html') return /^<br\b/i.test(token.raw) ? '\n' : '';
      if (token.type === 'codespan' || token.type === 'escape') return token.text as string;
      if (token.type === 'image') return decodeEntities((token.text as string) ?? '');
      if ('tokens' in token && token.tokens) return inlineText(token.tokens);
      return decodeEntities((token as { text?: string }).text ?? '').replaceAll('\n', ' ');
    })
    .join('');
}
