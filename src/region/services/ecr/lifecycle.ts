interface Rule {
  readonly rulePriority?: unknown;
  readonly selection?: {
    readonly tagStatus?: unknown;
    readonly tagPrefixList?: unknown;
    readonly tagPatternList?: unknown;
    readonly countType?: unknown;
    readonly countUnit?: unknown;
    readonly countNumber?: unknown;
  };
  readonly action?: { readonly type?: unknown };
}

/** What is wrong with a lifecycle policy: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html */
export function lifecycleError(text: string): string | undefined {
  let rules: readonly Rule[];
  try {
    ({ rules } = JSON.parse(text) as { rules: readonly Rule[] });
  } catch {
    return 'the text is no JSON';
  }
  if (!Array.isArray(rules) || rules.length === 0) return 'rules is no list with a rule in it';
  const priorities = rules.map(({ rulePriority }) => rulePriority);
  if (new Set(priorities).size !== rules.length) return 'two rules have the same rulePriority';
  const highest = Math.max(...priorities.map(Number));
  return rules.map((rule) => ruleError(rule, highest)).find(Boolean);
}

function ruleError({ rulePriority, selection = {}, action }: Rule, highest: number): string | undefined {
  const where = `rule ${String(rulePriority)}`;
  if (!Number.isInteger(rulePriority) || Number(rulePriority) < 1)
    return 'a rulePriority is no whole number above 0';
  const { tagStatus, tagPrefixList, tagPatternList, countType, countUnit, countNumber } = selection;
  const lists = [tagPrefixList, tagPatternList].filter((list) => Array.isArray(list) && list.length > 0);
  if (tagStatus !== 'tagged' && tagStatus !== 'untagged' && tagStatus !== 'any')
    return `${where}: tagStatus is none of tagged, untagged, any`;
  if (tagStatus === 'tagged' ? lists.length !== 1 : lists.length !== 0)
    return `${where}: one of tagPrefixList and tagPatternList belongs to tagStatus tagged, and to no other`;
  if (tagStatus === 'any' && rulePriority !== highest)
    return `${where}: a rule with tagStatus any must have the highest rulePriority`;
  if (countType !== 'imageCountMoreThan' && countType !== 'sinceImagePushed')
    return `${where}: countType is none of imageCountMoreThan, sinceImagePushed`;
  if ((countType === 'sinceImagePushed') !== (countUnit === 'days'))
    return `${where}: countUnit days belongs to countType sinceImagePushed`;
  if (!Number.isInteger(countNumber) || Number(countNumber) < 1)
    return `${where}: countNumber is no whole number above 0`;
  return action?.type === 'expire' ? undefined : `${where}: the action is not expire`;
}
