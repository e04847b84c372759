/**
 * The XML inside Office files as a stream of tags and texts. It knows no document type, so no entity can grow.
 * @module
 */

/** One thing that stands in an XML file. Prefixes of names are left out: `x:row` is `row`. */
export type XmlEvent =
  | { type: 'open'; name: string; attributes: string; empty: boolean }
  | { type: 'close'; name: string }
  | { type: 'text'; text: string };

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Text with XML's own references resolved, and Excel's `_x000D_` for control characters left as it is. */
function decodeXml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (whole, decimal, hex, name) => {
      if (name) return named[(name as string).toLowerCase()] ?? whole;
      const code = decimal ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
      return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
        ? String.fromCodePoint(code)
        : '';
    },
  );
}

const patterns = new Map<string, RegExp>();

/** The pattern of an attribute, made once: sheets ask for the same three a million times. */
function attributePattern(name: string): RegExp {
  const known = patterns.get(name) ?? new RegExp(`(?:^|[\\s:])${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`);
  patterns.set(name, known);
  return known;
}

/** The value of one attribute of a tag, by its name without prefix. */
export function attributeOf(attributes: string, name: string): string | undefined {
  const match = attributePattern(name).exec(attributes);
  const value = match?.[1] ?? match?.[2];
  return value === undefined ? undefined : decodeXml(value);
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

/** The tags and texts of an XML file in order; what is not closed properly ends where the file ends. */
export function* xmlEvents(xml: string): Generator<XmlEvent> {
  let position = 0;
  while (position < xml.length) {
    const start = xml.indexOf('<', position);
    if (start < 0) return;
    if (start > position) yield { type: 'text', text: decodeXml(xml.slice(position, start)) };
    if (xml.startsWith('<!--', start)) {
      position = after(xml, '-->', start + 4);
    } else if (xml.startsWith('<![CDATA[', start)) {
      position = after(xml, ']]>', start + 9);
      yield { type: 'text', text: xml.slice(start + 9, position - 3) };
    } else if (xml[start + 1] === '?' || xml[start + 1] === '!') {
      position = after(xml, '>', start);
    } else {
      position = after(xml, '>', start);
      const inner = xml.slice(start + 1, position - 1);
      if (inner.startsWith('/')) {
        yield { type: 'close', name: localName(inner.slice(1).trim()) };
      } else {
        const empty = inner.endsWith('/');
        const space = inner.search(/[\s/]/);
        const name = space < 0 ? inner : inner.slice(0, space);
        const attributes = space < 0 ? '' : inner.slice(space, empty ? -1 : undefined);
        yield { type: 'open', name: localName(name), attributes, empty };
      }
    }
  }
}

function after(xml: string, mark: string, from: number): number {
  const found = xml.indexOf(mark, from);
  return found < 0 ? xml.length : found + mark.length;
}
