/**
 * The syntax tree that the parser of `@huggingface/jinja` gives; the package does not export its types.
 * @module
 */

/** A name. */
export interface Identifier {
  type: 'Identifier';
  value: string;
}

/** A named argument, or a parameter with its default. */
export interface KeywordArgument {
  type: 'KeywordArgumentExpression';
  key: Identifier;
  value: Expression;
}

/** What has a value. */
export type Expression =
  | Identifier
  | KeywordArgument
  | { type: 'IntegerLiteral' | 'FloatLiteral'; value: number }
  | { type: 'StringLiteral'; value: string }
  | { type: 'ArrayLiteral' | 'TupleLiteral'; value: Expression[] }
  | { type: 'ObjectLiteral'; value: Map<Expression, Expression> }
  | { type: 'MemberExpression'; object: Expression; property: Expression; computed: boolean }
  | { type: 'SliceExpression'; start?: Expression; stop?: Expression; step?: Expression }
  | { type: 'CallExpression'; callee: Expression; args: Expression[] }
  | { type: 'SpreadExpression' | 'KeywordSpreadExpression'; argument: Expression }
  | { type: 'FilterExpression'; operand: Expression; filter: Expression }
  | { type: 'TestExpression'; operand: Expression; negate: boolean; test: Identifier }
  | { type: 'UnaryExpression'; operator: { value: string }; argument: Expression }
  | { type: 'BinaryExpression'; operator: { value: string }; left: Expression; right: Expression }
  | { type: 'Ternary'; condition: Expression; trueExpr: Expression; falseExpr: Expression }
  | { type: 'SelectExpression'; lhs: Expression; test: Expression };

/** What stands in the body of a template; an expression there is written out. */
export type Statement =
  | Expression
  | { type: 'If'; test: Expression; body: Statement[]; alternate: Statement[] }
  | { type: 'For'; loopvar: Expression; iterable: Expression; body: Statement[]; defaultBlock: Statement[] }
  | { type: 'Set'; assignee: Expression; value: Expression | null; body: Statement[] }
  | { type: 'Macro'; name: Identifier; args: (Identifier | KeywordArgument)[]; body: Statement[] }
  | { type: 'FilterStatement'; filter: Expression; body: Statement[] }
  | { type: 'CallStatement' | 'Comment' | 'Break' | 'Continue' };
