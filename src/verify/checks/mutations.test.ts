import { describe, expect, it } from 'vitest';
import type { Template } from '../../template/model.ts';
import { parseText } from '../../template/text.ts';
import { applyEdits } from '../edits.ts';
import type { Check, Edit, Verdict } from '../model.ts';
import { checkText, examineText } from '../testing/check.ts';
import { edgesOf, fixturesOf } from '../testing/fixtures.ts';
import { type Mutation, mutations } from '../testing/mutations/index.ts';
import { checks } from './index.ts';

/**
 * What a mutation changes by nature: the finding stays, and its place is another. Everything else is found at the same place,
 * whichever way a system is written.
 */
const elsewhere: Readonly<Record<string, { readonly check: string; readonly mutations: RegExp }[]>> = {
  'of two that clash, the one that is written later is named': [
    { check: 'listener-priority-clash', mutations: /^resources/ },
    { check: 'cidr-overlap', mutations: /^resources in reverse/ },
  ],
  'a circle is told from where it is first met': [
    { check: 'dependency-cycle', mutations: /^resources in reverse/ },
  ],
};
const isElsewhere = (check: Check, mutation: Mutation): boolean =>
  Object.values(elsewhere)
    .flat()
    .some((one) => one.check === check.id && one.mutations.test(mutation.name));

type Names = (id: string) => string;
const itself: Names = (id) => id;
const plain = (text: string): Template => parseText(text, 'template.yaml').value as Template;

/** What a check says of a text whose resources may have other names. */
function verdict(
  check: Check,
  text: string,
  edges: ReturnType<typeof edgesOf>,
  before: string | undefined,
): Verdict {
  return checkText(text, [check], { edges, ...(before === undefined ? {} : { before }) });
}

/** A fixture before and after a mutation. */
function mutated(check: Check, mutation: Mutation, which: 'wrong' | 'right') {
  const { before, ...texts } = fixturesOf(check.id);
  const write = (text: string, clean: string) => mutation.write(plain(text), { clean: plain(clean) });
  const { text, nameOf = itself, copied } = write(texts[which], texts.right);
  const deployed = before === undefined ? undefined : write(before, before).text;
  const calls = (of: string, names: Names) =>
    edgesOf(of).map(({ from, to, port }) => ({ from: names(from), to: names(to), port }));
  const edges = [...calls(texts[which], nameOf), ...(copied ? calls(texts.right, copied) : [])];
  const mendedOriginal = (): string =>
    applyEdits(
      texts[which],
      verdict(check, texts[which], edgesOf(texts[which]), before).findings.flatMap(
        ({ fix }) => fix?.edits ?? [],
      ),
    );
  const clean = copied && verdict(check, texts.right, edgesOf(texts.right), before);
  return {
    expected: together(
      places(verdict(check, texts[which], edgesOf(texts[which]), before), nameOf),
      clean ? places(clean, copied) : { findings: [], unknowns: [] },
    ),
    after: verdict(check, text, edges, deployed),
    /** What the original is with its own edits made, and what this one is with its own; not to compare where names differ. */
    meaning: copied || nameOf !== itself ? undefined : meaningOf(mendedOriginal()),
    mendedMeaning: (edits: readonly Edit[]) =>
      copied || nameOf !== itself ? undefined : meaningOf(applyEdits(text, edits)),
    mended: (edits: readonly Edit[]) => verdict(check, applyEdits(text, edits), edges, deployed),
  };
}

/** Its resources, evaluated. */
const meaningOf = (text: string) =>
  Object.fromEntries(
    [...examineText(text).evaluated.resources].map(([id, { type, properties }]) => [
      id,
      { type, properties },
    ]),
  );

interface Places {
  readonly findings: readonly string[];
  readonly unknowns: readonly string[];
}
const together = (one: Places, other: Places): Places => ({
  findings: [...one.findings, ...other.findings].sort(),
  unknowns: [...one.unknowns, ...other.unknowns].sort(),
});
const places = ({ findings, unknowns }: Verdict, nameOf: Names = itself): Places => ({
  findings: findings
    .map(({ resource, property }) => `${nameOf(resource)} ${withoutFunctions(property)}`)
    .sort(),
  unknowns: unknowns.map(({ resource }) => nameOf(resource)).sort(),
});
/** A mistake in the language itself is told with the functions around it. */
const withoutFunctions = (property = ''): string =>
  property.replaceAll(/\.Fn::If\[\d\]/g, '').replace(/\.(Ref|Fn::).*$/, '');

describe.each(checks)('$id', (check) => {
  it.each(mutations)('says the same of $name', (mutation) => {
    const wrong = mutated(check, mutation, 'wrong');
    const found = places(wrong.after);
    expect(found.findings.length).toBeGreaterThan(0);
    if (isElsewhere(check, mutation)) {
      // An exception that is none any more has to go.
      expect(found).not.toEqual(wrong.expected);
      expect(found.findings).toHaveLength(wrong.expected.findings.length);
    } else expect(found).toEqual(wrong.expected);

    const edits = wrong.after.findings.flatMap(({ fix }) => fix?.edits ?? []);
    // To a list below a function a rule is added as a resource of its own.
    if (!isElsewhere(check, mutation) && mutation.name !== 'properties below a condition')
      expect(wrong.mendedMeaning(edits)).toEqual(wrong.meaning);
    const left = wrong.mended(edits).findings.filter(({ fix }) => fix?.edits.length);
    expect(left.map(({ message }) => message)).toEqual([]);

    const right = mutated(check, mutation, 'right');
    expect(places(right.after)).toEqual(right.expected);
    expect(right.expected.findings).toEqual([]);
  });
});
