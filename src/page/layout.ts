/**
 * The parts that sections are built from.
 * @module
 */
import { type Html, html } from './html.js';

/** A section of the page: its name stands beside the content on wide screens, above it on narrow ones. */
export function section(
  id: string,
  title: Html | string,
  aside: Html | string,
  ...content: (Html | undefined)[]
): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<header><h2 id="${id}-title">${title}</h2><p>${aside}</p></header>
<div class="body">${content}</div>
</section>
`;
}

/** What is said where a part of the run is missing. */
export function note(text: Html | string): Html {
  return html`<p class="note">${text}</p>`;
}

/** Names with their values; entries without a value are left out. */
export function facts(entries: [name: string, value: Html | string | undefined][]): Html {
  const known = entries.filter(([, value]) => value !== undefined && value !== '');
  return html`<dl class="facts">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A system's name with its colour. `place` counts from the last system, which the page is about. */
export function systemTag(name: string, place: number): Html {
  return html`<span class="system series-${Math.min(place, 3)}">${name}</span>`;
}
