/**
 * As much of Go's text/template as the templates of Modelfiles here use, written from its documentation
 * (https://pkg.go.dev/text/template), so that what is written is what is tested.
 * @module
 */
import type { Message } from '../../data/example.js';

type Node =
  | { text: string }
  | { value: string }
  | { when: [condition: string, body: Node[]][] }
  | { range: Node[] };
type Scope = { i: number; message: Message; system: string };

/** Renders a template as Ollama does: with the messages, and the system messages' texts as `.System`. */
export function renderGo(template: string, messages: readonly Message[]): string {
  const tokens = template.split(/(\{\{.*?\}\})/s).filter((token) => token !== '');
  let at = 0;
  const action = (): string | undefined => /^\{\{ ?(.*?) ?\}\}$/s.exec(tokens[at] ?? '')?.[1];
  const parse = (): Node[] => {
    const nodes: Node[] = [];
    while (at < tokens.length) {
      const command = action();
      if (command === 'end' || command?.startsWith('else')) return nodes;
      const token = tokens[at++]!;
      if (command === undefined) nodes.push({ text: token });
      else if (command === 'range $i, $message := .Messages') {
        nodes.push({ range: parse() });
        at++;
      } else if (command.startsWith('if ')) {
        const when: [string, Node[]][] = [[command.slice(3), parse()]];
        for (let next = action(); next !== 'end'; next = action()) {
          at++;
          when.push([next === 'else' ? 'true' : next!.replace('else if ', ''), parse()]);
        }
        at++;
        nodes.push({ when });
      } else nodes.push({ value: command });
    }
    return nodes;
  };
  const system = messages
    .filter(({ role }) => role === 'system')
    .map(({ content }) => content)
    .join('\n\n');
  const write = (nodes: Node[], scope?: Scope): string =>
    nodes
      .map((node) => {
        if ('text' in node) return node.text;
        if ('value' in node) return String(evaluate(node.value, scope));
        if ('range' in node)
          return messages.map((message, i) => write(node.range, { i, message, system })).join('');
        return write(node.when.find(([condition]) => evaluate(condition, scope))?.[1] ?? [], scope);
      })
      .join('');
  return write(parse());
}

function evaluate(expression: string, scope: Scope | undefined): unknown {
  const terms = expression.match(/\([^)]*\)|"(?:[^"\\]|\\.)*"|\S+/g)!;
  const [first, ...rest] = terms as [string, ...string[]];
  const values = (): unknown[] => rest.map((term) => evaluate(term.replace(/^\((.*)\)$/, '$1'), scope));
  if (first === 'eq') return values()[0] === values()[1];
  if (first === 'and') return values().find((value) => !value) ?? values().at(-1);
  if (first === 'true') return true;
  if (first.startsWith('"')) return JSON.parse(first);
  if (/^\d+$/.test(first)) return Number(first);
  const known: Record<string, unknown> = {
    $i: scope?.i,
    '$.System': scope?.system,
    '$message.Role': scope?.message.role,
    '$message.Content': scope?.message.content,
  };
  if (!Object.hasOwn(known, first)) throw new Error(`the template uses ${first}, which is not read here`);
  return known[first];
}
