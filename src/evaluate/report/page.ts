/**
 * The whole page from its sections.
 * @module
 */
import { createHash } from 'node:crypto';
import { dateTime } from './format.js';
import { Html, html } from './html.js';
import type { ReportInput } from './input.js';
import { script } from './script.js';
import { answerSections } from './sections/answers.js';
import { dataSection } from './sections/data.js';
import { runSection } from './sections/run.js';
import { scoreSections } from './sections/scores.js';
import { trainingSection } from './sections/training.js';
import { verdictSection } from './sections/verdict.js';
import { style } from './style.js';

/**
 * Nothing may be fetched, and only the page's own script may run: should a model's answer ever reach the page as
 * markup, it still could do nothing.
 */
const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Renders the report as one HTML file that needs nothing else. */
export async function renderPage(input: ReportInput): Promise<string> {
  const { name, manifest, verdict } = input;
  const made = manifest?.finished_at ?? manifest?.started_at;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name}${verdict[0] && `: ${verdict[0].verdict}`} · Attune report</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<header class="masthead"><h1>${name} <span>· Attune report</span></h1><p>${made && dateTime(made)}</p></header>
<main>
${verdictSection(input)}
${await scoreSections(input)}
${await trainingSection(input)}
${answerSections(input)}
${dataSection(input)}
${runSection(input)}
</main>
<footer>How scores, intervals and the verdict are made is described in docs/evaluation.md.</footer>
<script>${new Html(script)}</script>
</body>
</html>
`;
  return page.markup;
}
