import { invalid, notEnacted } from '../errors.ts';
import type { Query } from '../metrics/get.ts';

/** Values of what an expression names, for the period that begins at a time. */
type Term = (start: number) => number | undefined;

const TOKEN = /\s*([A-Za-z_][A-Za-z0-9_]*|\d+(?:\.\d+)?|[-+*/^(),])/y;

/**
 * Arithmetic of metric math: `+ - * / ^`, brackets, numbers, ids and FILL(id, number).
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function compileExpression(text: string, get: (id: string) => Query, period?: number): Query {
  const tokens = tokenize(text);
  const periods = new Set<number>();
  let at = 0;
  const peek = (): string | undefined => tokens[at];
  const take = (): string => tokens[at++] ?? fail(text);
  const expect = (token: string): void => {
    if (take() !== token) fail(text);
  };

  function sum(): Term {
    let left = product();
    while (peek() === '+' || peek() === '-') left = binary(take(), left, product());
    return left;
  }
  function product(): Term {
    let left = power();
    while (peek() === '*' || peek() === '/') left = binary(take(), left, power());
    return left;
  }
  function power(): Term {
    const base = signed();
    if (peek() !== '^') return base;
    return binary(take(), base, power());
  }
  function signed(): Term {
    if (peek() !== '-') return atom();
    take();
    const inner = signed();
    return (start) => negative(inner(start));
  }
  function atom(): Term {
    const token = take();
    if (token === '(') {
      const inner = sum();
      expect(')');
      return inner;
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (peek() === '(') return call(token);
    if (!/^[a-z]/.test(token)) fail(text);
    const query = get(token);
    periods.add(query.period);
    return query.value;
  }
  function call(name: string): Term {
    if (name !== 'FILL') throw notEnacted(`The function ${name} in the expression "${text}"`);
    expect('(');
    const inner = sum();
    expect(',');
    const filling = sum();
    expect(')');
    return (start) => inner(start) ?? filling(start);
  }

  const value = sum();
  if (at < tokens.length) fail(text);
  const [own = period] = periods;
  if (periods.size > 1) throw invalid(`The metrics of the expression "${text}" have different periods.`);
  if (own === undefined) throw invalid(`The expression "${text}" names no metric.`);
  return { period: own, value };
}

function binary(operator: string, left: Term, right: Term): Term {
  return (start) => {
    const a = left(start);
    const b = right(start);
    // A datapoint that one of them lacks is none: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    if (a === undefined || b === undefined) return undefined;
    const result = calculate(operator, a, b);
    return Number.isFinite(result) ? result : undefined;
  };
}

function calculate(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    default:
      return a ** b;
  }
}

const negative = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : -value;

function tokenize(text: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text);
    if (!match?.[1]) return fail(text);
    tokens.push(match[1]);
  }
  return tokens;
}

function fail(text: string): never {
  throw invalid(
    `The expression "${text}" is not enacted in the local region, or is not one: write +, -, *, /, ^, brackets, numbers, ids and FILL(id, number)`,
  );
}
