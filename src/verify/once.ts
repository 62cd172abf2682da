import type { Context } from './model.ts';

/** What several checks ask of one context, worked out for the first of them: the same context always gives the same. */
export function oncePer<T>(work: (context: Context) => T): (context: Context) => T {
  const done = new WeakMap<Context, { readonly value: T }>();
  return (context) => {
    const before = done.get(context);
    if (before) return before.value;
    const value = work(context);
    done.set(context, { value });
    return value;
  };
}
