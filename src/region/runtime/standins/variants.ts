import { alpine } from './alpine.ts';
import { noPackageManager } from './scripts.ts';
import type { StandIn, Recipe, Variant } from './model.ts';

/** What every image on a Debian root gets in its alpine flavour, and what tells that there are no packages for the others. */
const onDebian: readonly Variant[] = [{ tag: /alpine/, ...alpine }];
const onBusybox: readonly Variant[] = [{ tag: /^/, files: noPackageManager }];

/** The recipe for a tag. */
export function chosen({ variants = [], ...plain }: Recipe, tag: string): StandIn {
  const common = plain.base === 'debian' ? onDebian : plain.packages.length > 0 ? onBusybox : [];
  const all = [...variants, ...common];
  const recipe = all
    .filter((variant) => variant.tag.test(tag))
    .reduce<StandIn>(
      (before, variant) => ({
        ...before,
        ...changes(variant),
        packages: [...before.packages, ...(variant.packages ?? [])],
        files: { ...before.files, ...variant.files },
        users: { ...before.users, ...variant.users },
        remove: [...before.remove, ...(variant.remove ?? [])],
      }),
      plain,
    );
  const [asked] = /^v?\d+(\.\d+)*/.exec(tag) ?? [];
  return asked === undefined ? recipe : { ...recipe, asked: asked.replace('v', '') };
}

function changes(variant: Variant): Partial<StandIn> {
  const { tag, ...rest } = variant;
  void tag;
  return rest;
}

/** Whether a version answers to what a tag asks for, to its second number: 7.0.15 is a 7 and a 7.0, but no 7.2. */
export function answers(version: string, asked: string): boolean {
  const [wanted, present] = [asked, version].map((text) => text.split('.').slice(0, 2)) as [
    string[],
    string[],
  ];
  return wanted.every((number, index) => number === present[index]);
}
