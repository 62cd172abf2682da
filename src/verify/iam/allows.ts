import { covers, matches, textOf, type Asked } from './arn.ts';
import type { Role, Statement } from './roles.ts';

export type Answer = 'yes' | 'no' | { readonly unknown: string };
type Isolated = (name: string) => boolean;

/**
 * Whether a role may do something: an allow is needed, and a deny wins.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function allows(role: Role, action: string, asked: Asked, isResource: Isolated): Answer {
  let allowed: 'yes' | 'no' | 'maybe' = 'no';
  for (const statement of role.statements) {
    const applies = applicable(statement, (pattern) => matchesAction(pattern, action), asked, isResource);
    if (applies === 'no') continue;
    if (!statement.allow) {
      if (applies === 'yes') return 'no';
      allowed = 'maybe';
    } else if (applies === 'yes' && allowed === 'no') allowed = 'yes';
    else if (allowed === 'no') allowed = 'maybe';
  }
  if (allowed === 'yes') return 'yes';
  if (allowed === 'maybe')
    return { unknown: `whether ${role.id} allows ${action} depends on what only a deployment knows` };
  return role.open === undefined ? 'no' : { unknown: role.open };
}

/** Whether a role may do anything at all of a service with a resource. */
export function allowsSome(role: Role, service: string, asked: Asked, isResource: Isolated): Answer {
  const ofService = (pattern: string): boolean =>
    pattern === '*' || matches(pattern.toLowerCase().split(':')[0] ?? '', service);
  for (const statement of role.statements) {
    if (!statement.allow) continue;
    const applies = applicable(statement, ofService, asked, isResource);
    if (applies === 'yes') return 'yes';
    if (applies === 'maybe')
      return { unknown: `whether ${role.id} allows it depends on what only a deployment knows` };
  }
  return role.open === undefined ? 'no' : { unknown: role.open };
}

function applicable(
  { actions, notActions, resources, notResources, conditional }: Statement,
  wanted: (pattern: string) => boolean,
  asked: Asked,
  isResource: Isolated,
): 'yes' | 'no' | 'maybe' {
  const listed = actions.map(textOf);
  const concerned =
    notActions.length > 0 ? !notActions.map(textOf).some(wanted) : listed.some((pattern) => wanted(pattern));
  if (!concerned) return listed.some((pattern) => pattern.includes('⟦')) ? 'maybe' : 'no';
  const answers = resources.map((entry) => covers(entry, asked, isResource));
  const reached =
    notResources.length > 0
      ? notResources.some((entry) => covers(entry, asked, isResource) !== 'no')
        ? 'maybe'
        : 'yes'
      : answers.includes('yes')
        ? 'yes'
        : answers.includes('maybe')
          ? 'maybe'
          : 'no';
  return reached === 'yes' && conditional ? 'maybe' : reached;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html */
const matchesAction = (pattern: string, action: string): boolean =>
  !pattern.includes('⟦') && matches(pattern.toLowerCase(), action.toLowerCase());
