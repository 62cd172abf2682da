import { applyEdits } from '../../verify/edits.ts';
import type { Edit, Finding } from '../../verify/model.ts';

/** A finding that goes on after its own edits is tried no more often than this. */
const MOST_ROUNDS = 10;

export interface Fixed {
  /** New texts by file. */
  readonly texts: ReadonlyMap<string, string>;
  /** Findings whose edits were made. */
  readonly made: number;
}

/**
 * The texts with the edits of all findings made. One edit may mend several findings, or stand against another: what is still found
 * afterwards is mended on the next round.
 * @param check the findings of the files with these texts in place of theirs
 * @param original a file's text as it is on the disk
 */
export async function fixAll(
  check: (texts: ReadonlyMap<string, string>) => Promise<readonly Finding[]>,
  original: (file: string) => string | undefined,
): Promise<Fixed> {
  const texts = new Map<string, string>();
  const tried = new Set<string>();
  let made = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const byFile = new Map<string, Edit[]>();
    for (const finding of await check(texts)) {
      const edits = finding.fix?.edits ?? [];
      const file = finding.position?.file;
      const key = JSON.stringify([file, finding.id, finding.resource, finding.property, edits]);
      if (file === undefined || edits.length === 0 || tried.has(key)) continue;
      const chosen = byFile.get(file) ?? [];
      if (edits.some((edit) => chosen.some((other) => clash(edit, other)))) continue;
      tried.add(key);
      made++;
      const added = edits.filter((edit) => !chosen.some((other) => same(edit, other)));
      byFile.set(file, [...chosen, ...added]);
    }
    if (byFile.size === 0) break;
    for (const [file, edits] of byFile)
      texts.set(file, applyEdits(texts.get(file) ?? original(file) ?? '', removalsLast(edits)));
  }
  return { texts, made };
}

const same = (one: Edit, other: Edit): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Two that cannot both be made: one resource or value written in two ways, or something below what goes away. */
function clash(one: Edit, other: Edit): boolean {
  if (same(one, other)) return false;
  if (one.kind === 'add-resource' || other.kind === 'add-resource')
    return one.kind === 'add-resource' && other.kind === 'add-resource' && one.id === other.id;
  if (one.kind === 'append' && other.kind === 'append') return false;
  const [short, long] =
    one.path.length <= other.path.length ? [one.path, other.path] : [other.path, one.path];
  return short.every((key, index) => key === long[index]);
}

/** Members of lists go from the last to the first, so that each is where its path says. */
function removalsLast(edits: readonly Edit[]): Edit[] {
  const removals = edits.flatMap((edit) => (edit.kind === 'remove' ? [edit] : []));
  const later = (a: readonly (string | number)[], b: readonly (string | number)[]): number => {
    const at = a.findIndex((key, index) => key !== b[index]);
    const [one, other] = [a[at], b[at]];
    return typeof one === 'number' && typeof other === 'number' ? other - one : 0;
  };
  return [
    ...edits.filter(({ kind }) => kind !== 'remove'),
    ...removals.sort((a, b) => later(a.path, b.path)),
  ];
}
