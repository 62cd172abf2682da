import type { Chain, NftSet, Ruleset } from './ruleset.ts';

export const table = 'ip vpc';
export const emptyRuleset: Ruleset = { sets: new Map(), chains: new Map() };

/**
 * The nft commands that lead from one ruleset to another, in an order in which one transaction takes them. What packets have put
 * into dynamic sets stays.
 */
export function diffRuleset(before: Ruleset, after: Ruleset): readonly string[] {
  const remade = new Set(
    [...after.sets]
      .filter(([name, set]) => declarationChanged(before.sets.get(name), set))
      .map(([name]) => name),
  );
  if (remade.size > 0) throw new Error(`the shape of set ${[...remade].join(', ')} cannot change`);
  const commands: string[] = before === emptyRuleset ? [`add table ${table}`] : [];

  for (const [name, set] of after.sets) if (!before.sets.has(name)) commands.push(declareSet(name, set));
  for (const [name, chain] of after.chains)
    if (!before.chains.has(name) && chain.hook === undefined) commands.push(`add chain ${table} ${name}`);

  for (const [name, set] of after.sets) commands.push(...diffElements(name, before.sets.get(name), set));
  for (const [name, set] of before.sets) {
    if (after.sets.has(name)) continue;
    // Its elements may hold chains that are to go.
    if (set.kind === 'map' && set.elements.size > 0) commands.push(`flush map ${table} ${name}`);
  }

  const changed = [...after.chains].filter(([name, chain]) => !sameChain(before.chains.get(name), chain));
  const gone = [...before.chains.keys()].filter((name) => !after.chains.has(name));
  for (const [name] of changed) if (before.chains.has(name)) commands.push(`flush chain ${table} ${name}`);
  for (const name of gone) commands.push(`flush chain ${table} ${name}`);
  // Hooks last: no packet is judged by half a filter, even where the first writing takes several transactions.
  for (const [name, chain] of changed.filter(([, { hook }]) => hook === undefined))
    commands.push(...rulesOf(name, chain));
  for (const [name, chain] of changed.filter(([, { hook }]) => hook !== undefined)) {
    if (!before.chains.has(name)) commands.push(`add chain ${table} ${name} { ${chain.hook}; }`);
    commands.push(...rulesOf(name, chain));
  }
  for (const name of gone) commands.push(`delete chain ${table} ${name}`);
  for (const [name, set] of before.sets)
    if (!after.sets.has(name)) commands.push(`delete ${set.kind} ${table} ${name}`);
  return commands;
}

const rulesOf = (name: string, { rules }: Chain): string[] =>
  rules.map((rule) => `add rule ${table} ${name} ${rule}`);

function declareSet(name: string, { kind, type, options }: NftSet): string {
  return `add ${kind} ${table} ${name} { ${[`type ${type}`, ...options].join('; ')}; }`;
}

function declarationChanged(before: NftSet | undefined, after: NftSet): boolean {
  return before !== undefined && declareSet('', before) !== declareSet('', after);
}

/** A map's entry cannot be overwritten: it goes and comes back within the transaction. */
function diffElements(name: string, before: NftSet | undefined, after: NftSet): string[] {
  const had = before?.elements ?? new Map<string, string>();
  const remove = [...had].filter(([key, value]) => after.elements.get(key) !== value).map(([key]) => key);
  const add = [...after.elements]
    .filter(([key, value]) => had.get(key) !== value)
    .map(([key, value]) => (value === '' ? key : `${key} : ${value}`));
  return [
    ...(remove.length > 0 ? [`delete element ${table} ${name} { ${remove.join(', ')} }`] : []),
    ...(add.length > 0 ? [`add element ${table} ${name} { ${add.join(', ')} }`] : []),
  ];
}

function sameChain(before: Chain | undefined, after: Chain): boolean {
  return (
    before !== undefined &&
    before.rules.length === after.rules.length &&
    before.rules.every((rule, index) => rule === after.rules[index])
  );
}
