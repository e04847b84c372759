/**
 * The frame of every page that Attune writes: one HTML file that needs nothing else.
 * @module
 */
import { createHash } from 'node:crypto';
import { Html, html } from './html.js';
import { style } from './style.js';

/** What stands in the frame. */
export interface PageParts {
  /** Name of what the page is about. */
  name: string;
  /** What the page is, for example `Attune report`. */
  kind: string;
  /** More for the browser's title, for example the verdict. */
  subtitle?: string;
  /** Right of the name: when it was made. */
  aside?: string;
  sections: readonly Html[];
  footer: string;
  /** The page's only script; it may not fetch anything. */
  script?: string;
}

/** Renders a page as one HTML file. */
export function renderShell({
  name,
  kind,
  subtitle,
  aside,
  sections,
  footer,
  script = '',
}: PageParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name}${subtitle && `: ${subtitle}`} · ${kind}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<header class="masthead"><h1>${name} <span>· ${kind}</span></h1><p>${aside}</p></header>
<main>
${sections}
</main>
<footer>${footer}</footer>
${script && html`<script>${new Html(script)}</script>`}
</body>
</html>
`.markup;
}

/**
 * Nothing may be fetched, and only the page's own script may run: should a model's answer or a text of the data ever
 * reach the page as markup, it still could do nothing.
 */
function policy(script: string): string {
  const allowed =
    script === '' ? "'none'" : `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `script-src ${allowed}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
