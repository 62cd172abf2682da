import type { Position } from '../../common/problem.ts';
import type { Finding } from '../../verify/model.ts';
import { isRecord } from '../../topology/from-template/values.ts';
import type { Subject } from './subject.ts';

/** One finding, or one kind of finding, that is meant to be as it is. */
export interface Ignore {
  readonly id: string;
  /** Absent: wherever it is found. */
  readonly resource: string | undefined;
  readonly reason: string | undefined;
  readonly position: Position | undefined;
  /** For people: where it is written. */
  readonly where: string;
}
export interface Ignored {
  readonly finding: Finding;
  readonly reason: string;
}

/** `Metadata: {Fairway: {Ignore: [{Id, Reason}]}}` beside the properties of a resource. */
export function metadataIgnores({ context: { templates }, positionOf }: Subject): Ignore[] {
  return templates.flatMap(({ stack, template }) =>
    Object.entries(template.Resources).flatMap(([resource, { Metadata }]) => {
      const fairway = Metadata?.Fairway;
      const list = isRecord(fairway) ? fairway.Ignore : undefined;
      if (!Array.isArray(list)) return [];
      return list.filter(isRecord).map((entry, index) => {
        const path = ['Resources', resource, 'Metadata', 'Fairway', 'Ignore', index];
        return {
          id: String(entry.Id),
          resource,
          reason: reasonOf(entry.Reason),
          position: positionOf({ ...(stack === undefined ? {} : { stack }), path }),
          where: `Metadata.Fairway.Ignore of ${resource}`,
        };
      });
    }),
  );
}

export const reasonOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/** Takes out what is ignored. What is ignored without a reason stays, and is an error of its own; what matches nothing is told. */
export function applyIgnores(
  findings: readonly Finding[],
  configured: readonly Ignore[],
  subject: Subject,
): { readonly findings: readonly Finding[]; readonly ignored: readonly Ignored[] } {
  const ignores = [...configured, ...metadataIgnores(subject)];
  const used = new Set<Ignore>();
  const kept: Finding[] = [];
  const ignored: Ignored[] = [];
  for (const finding of findings) {
    const match = ignores.find((ignore) => matches(ignore, finding, subject));
    if (match) used.add(match);
    if (match?.reason === undefined) kept.push(finding);
    else ignored.push({ finding, reason: match.reason });
  }
  const complaints = ignores.flatMap((ignore): Finding[] => {
    if (ignore.reason === undefined) return [withoutReason(ignore)];
    return used.has(ignore) ? [] : [withoutMatch(ignore)];
  });
  return { findings: [...kept, ...complaints], ignored };
}

/** The resource's logical id, or what it was made from: `api` for all of the service of a compose file. */
const matches = ({ id, resource }: Ignore, finding: Finding, { madeFrom }: Subject): boolean =>
  id === finding.id &&
  (resource === undefined ||
    resource === finding.resource ||
    madeFrom?.(finding.resource) === `service ${resource}`);

const complaint = (
  { id, resource, position, where }: Ignore,
  about: Pick<Finding, 'id' | 'severity' | 'message' | 'why'> & { readonly says: string },
): Finding => ({
  id: about.id,
  severity: about.severity,
  resource: resource ?? id,
  property: undefined,
  position,
  message: `${about.message} (${where})`,
  why: about.why,
  source: 'https://docs.aws.amazon.com/wellarchitected/latest/framework/welcome.html',
  fix: { says: about.says, edits: [] },
  path: undefined,
});

const withoutReason = (ignore: Ignore): Finding =>
  complaint(ignore, {
    id: 'ignore-without-reason',
    severity: 'error',
    message: `${ignore.id} is ignored without a reason`,
    why: 'who reads it later must be able to tell whether the reason still holds',
    says: 'write why it is meant to be so',
  });
const withoutMatch = (ignore: Ignore): Finding =>
  complaint(ignore, {
    id: 'ignore-unmatched',
    severity: 'warning',
    message: `nothing is found that ${ignore.id}${ignore.resource === undefined ? '' : ` of ${ignore.resource}`} would ignore`,
    why: 'an entry that ignores nothing today hides a mistake of tomorrow',
    says: 'take the entry away',
  });
