/**
 * Evaluates a parsed template over the fields of a record.
 *
 * The parser is that of `@huggingface/jinja`. Its own interpreter is made for chat templates: it writes nothing for what is
 * missing, spells values as JavaScript does, and has no bounds. Here a missing value is an error, values are spelt as in Python, and
 * the work is counted, because templates come with files of strangers.
 * @module
 */

import type { Dialect } from './dialect.js';
import { applyFilter } from './filters.js';
import { methodOf } from './methods.js';
import type { Expression, Statement } from './nodes.js';
import { operate, range, slice } from './operators.js';
import { tests } from './tests.js';
import {
  type Callable,
  characters,
  defined,
  Float,
  isTrue,
  iterate,
  kindOf,
  limited,
  numberOf,
  TemplateError,
  Tuple,
  textOf,
  Undefined,
  type Value,
} from './values.js';

/** Most nodes that are evaluated for one text; a long prompt needs some thousands. */
const maximumSteps = 1_000_000;

class Scope {
  private readonly values = new Map<string, Value>();
  constructor(private readonly outer?: Scope) {}

  get(name: string): Value | undefined {
    const value = this.values.get(name);
    return value === undefined ? this.outer?.get(name) : value;
  }

  set(name: string, value: Value): void {
    this.values.set(name, value);
  }
}

class Break extends Error {}
class Continue extends Error {}

const globals = new Map<string, Value>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
  ['range', range],
]);

/** One run of a template. */
export class Evaluator {
  private steps = 0;
  private length = 0;

  constructor(
    private readonly fields: ReadonlyMap<string, Value>,
    private readonly dialect: Pick<Dialect, 'plainJson' | 'refuseNull'>,
  ) {}

  /** The text of a template. */
  render(body: readonly Statement[]): string {
    return this.block(body, new Scope());
  }

  /** The value of an expression. */
  value(expression: Expression): Value {
    return this.evaluate(expression, new Scope());
  }

  private block(statements: readonly Statement[], scope: Scope): string {
    let text = '';
    for (const statement of statements) text += this.statement(statement, scope);
    return limited(text);
  }

  private statement(node: Statement, scope: Scope): string {
    this.count();
    switch (node.type) {
      case 'Comment':
        return '';
      case 'If':
        return this.block(isTrue(this.evaluate(node.test, scope)) ? node.body : node.alternate, scope);
      case 'For':
        return this.loop(node, scope);
      case 'Set': {
        const value = node.value ? this.evaluate(node.value, scope) : this.block(node.body, scope);
        bind(scope, node.assignee, defined(value));
        return '';
      }
      case 'Macro':
        scope.set(node.name.value, this.macro(node, scope));
        return '';
      case 'FilterStatement':
        return textOf(this.filter(this.block(node.body, scope), node.filter, scope));
      case 'Break':
        throw new Break();
      case 'Continue':
        throw new Continue();
      case 'CallStatement':
        throw new TemplateError('`{% call %}` is not supported');
      default: {
        const value = this.evaluate(node, scope);
        if (value === null && this.dialect.refuseNull) {
          throw new TemplateError(
            'a value is null; write `{{ field or "" }}` where that is meant to be empty',
          );
        }
        const text = textOf(value);
        this.length += text.length;
        if (this.length > 1 << 24) throw new TemplateError('the template writes too much text');
        return text;
      }
    }
  }

  private loop(node: Extract<Statement, { type: 'For' }>, outer: Scope): string {
    const { iterable } = node;
    const isFiltered = iterable.type === 'SelectExpression';
    const all = iterate(this.evaluate(isFiltered ? iterable.lhs : iterable, outer));
    const items = all.filter((item) => {
      if (!isFiltered) return true;
      const scope = new Scope(outer);
      bind(scope, node.loopvar, item);
      return isTrue(this.evaluate(iterable.test, scope));
    });
    if (items.length === 0) return this.block(node.defaultBlock, outer);
    let text = '';
    for (const [index, item] of items.entries()) {
      this.count();
      const scope = new Scope(outer);
      bind(scope, node.loopvar, item);
      scope.set('loop', loopValue(items, index));
      try {
        text += this.block(node.body, scope);
      } catch (error) {
        if (error instanceof Break) break;
        if (!(error instanceof Continue)) throw error;
      }
      limited(text);
    }
    return text;
  }

  private macro(node: Extract<Statement, { type: 'Macro' }>, outer: Scope): Callable {
    return (args, named) => {
      const scope = new Scope(outer);
      node.args.forEach((parameter, index) => {
        const name = parameter.type === 'Identifier' ? parameter.value : parameter.key.value;
        const given = args[index] ?? named.get(name);
        const standard =
          parameter.type === 'Identifier'
            ? new Undefined(`\`${name}\` is not given to the macro \`${node.name.value}\``)
            : this.evaluate(parameter.value, outer);
        scope.set(name, given ?? standard);
      });
      return this.block(node.body, scope);
    };
  }

  private evaluate(node: Expression, scope: Scope): Value {
    this.count();
    switch (node.type) {
      case 'IntegerLiteral':
      case 'StringLiteral':
        return node.value;
      case 'FloatLiteral':
        return new Float(node.value);
      case 'ArrayLiteral':
        return node.value.map((item) => this.evaluate(item, scope));
      case 'TupleLiteral':
        return Tuple.from(node.value.map((item) => this.evaluate(item, scope)));
      case 'ObjectLiteral':
        return new Map(
          [...node.value].map(([key, item]) => [
            textOf(this.evaluate(key, scope)),
            this.evaluate(item, scope),
          ]),
        );
      case 'Identifier':
        return this.lookUp(node.value, scope);
      case 'MemberExpression':
        return this.member(node, scope);
      case 'CallExpression': {
        const callee = defined(this.evaluate(node.callee, scope));
        const [args, named] = this.arguments(node.args, scope);
        if (typeof callee !== 'function')
          throw new TemplateError(`${kindOf(callee)} is called like a function`);
        return callee(args, named);
      }
      case 'FilterExpression':
        return this.filter(this.evaluate(node.operand, scope), node.filter, scope);
      case 'TestExpression': {
        const value = this.evaluate(node.operand, scope);
        const test = tests.get(node.test.value);
        if (!test) throw new TemplateError(`there is no test \`${node.test.value}\``);
        return test(value) !== node.negate;
      }
      case 'UnaryExpression':
        return unary(node.operator.value, this.evaluate(node.argument, scope));
      case 'BinaryExpression':
        return this.binary(node, scope);
      case 'Ternary':
        return this.evaluate(
          isTrue(this.evaluate(node.condition, scope)) ? node.trueExpr : node.falseExpr,
          scope,
        );
      case 'SelectExpression':
        // As in Jinja, an `if` without `else` writes nothing where it is false.
        return isTrue(this.evaluate(node.test, scope)) ? this.evaluate(node.lhs, scope) : '';
      default:
        throw new TemplateError(`\`${(node as { type: string }).type}\` is not supported here`);
    }
  }

  private binary(node: Extract<Expression, { type: 'BinaryExpression' }>, scope: Scope): Value {
    const operator = node.operator.value;
    const left = this.evaluate(node.left, scope);
    if (operator === 'and') return isTrue(left) ? this.evaluate(node.right, scope) : left;
    if (operator === 'or') return isTrue(left) ? left : this.evaluate(node.right, scope);
    return operate(operator, left, this.evaluate(node.right, scope));
  }

  private lookUp(name: string, scope: Scope): Value {
    const value = scope.get(name) ?? this.fields.get(name);
    if (value !== undefined) return value;
    const global = globals.get(name);
    return global === undefined ? new Undefined(`\`${name}\` is not a field of the record`) : global;
  }

  private member(node: Extract<Expression, { type: 'MemberExpression' }>, scope: Scope): Value {
    const object = defined(this.evaluate(node.object, scope));
    const { property } = node;
    if (property.type === 'SliceExpression') {
      const at = (part: Expression | undefined): Value => (part ? this.evaluate(part, scope) : null);
      return slice(object, at(property.start), at(property.stop), at(property.step));
    }
    const key =
      node.computed || property.type === 'IntegerLiteral'
        ? defined(this.evaluate(property, scope))
        : (property as { value: string }).value;
    if (typeof key === 'string') {
      // As in Jinja, `a.b` prefers an attribute and `a['b']` an entry.
      const own = object instanceof Map ? object.get(key) : undefined;
      const found = node.computed ? (own ?? methodOf(object, key)) : (methodOf(object, key) ?? own);
      if (found !== undefined) return found;
      return new Undefined(`\`${key}\` is not in ${kindOf(object)}`);
    }
    const index = numberOf(key);
    const list: ArrayLike<Value> | undefined =
      typeof object === 'string' ? characters(object) : Array.isArray(object) ? object : undefined;
    if (index === undefined || !list) {
      throw new TemplateError(`${kindOf(object)} has no entry by ${kindOf(key)}`);
    }
    const found = list[index < 0 ? index + list.length : index];
    return found === undefined ? new Undefined(`there is no entry ${index} in ${kindOf(object)}`) : found;
  }

  private filter(value: Value, node: Expression, scope: Scope): Value {
    if (node.type === 'Identifier')
      return applyFilter(node.value, value, [], new Map(), this.dialect.plainJson);
    if (node.type === 'CallExpression' && node.callee.type === 'Identifier') {
      const [args, named] = this.arguments(node.args, scope);
      return applyFilter(node.callee.value, value, args, named, this.dialect.plainJson);
    }
    throw new TemplateError('a filter has no name');
  }

  private arguments(nodes: readonly Expression[], scope: Scope): [Value[], Map<string, Value>] {
    const args: Value[] = [];
    const named = new Map<string, Value>();
    for (const node of nodes) {
      if (node.type === 'KeywordArgumentExpression') {
        named.set(node.key.value, this.evaluate(node.value, scope));
      } else if (node.type === 'SpreadExpression') {
        args.push(...iterate(this.evaluate(node.argument, scope)));
      } else {
        args.push(this.evaluate(node, scope));
      }
    }
    return [args, named];
  }

  private count(): void {
    if (++this.steps > maximumSteps) {
      throw new TemplateError(`the template takes more than ${maximumSteps} steps for one record`);
    }
  }
}

function bind(scope: Scope, target: Expression, value: Value): void {
  if (target.type === 'Identifier') {
    scope.set(target.value, value);
  } else if (target.type === 'TupleLiteral') {
    const parts = iterate(value);
    if (parts.length !== target.value.length) {
      throw new TemplateError(`${target.value.length} names stand for ${parts.length} values`);
    }
    target.value.forEach((name, index) => {
      bind(scope, name, parts[index]!);
    });
  } else {
    throw new TemplateError('only names can be set');
  }
}

function unary(operator: string, value: Value): Value {
  if (operator === 'not') return !isTrue(value);
  const number = numberOf(value);
  if (number === undefined) throw new TemplateError(`\`${operator}\` does not go with ${kindOf(value)}`);
  const signed = operator === '-' ? -number : number;
  return value instanceof Float ? new Float(signed) : signed;
}

function loopValue(items: readonly Value[], index: number): Value {
  const none = (what: string): Value => new Undefined(`there is no ${what} entry of the loop`);
  return new Map<string, Value>([
    ['index', index + 1],
    ['index0', index],
    ['revindex', items.length - index],
    ['revindex0', items.length - index - 1],
    ['first', index === 0],
    ['last', index === items.length - 1],
    ['length', items.length],
    ['previtem', items[index - 1] ?? none('previous')],
    ['nextitem', items[index + 1] ?? none('next')],
    ['cycle', (args) => args[index % args.length] ?? null],
  ]);
}
