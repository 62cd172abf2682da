import { ApiError } from '../../gateway/api-error.ts';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: unknown;
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  readonly Condition?: object;
}

/**
 * Whether a role's trust policy lets a principal of the account assume it. The account's ARN or number stands for everyone in
 * it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function trusts(document: string, callerArn: string, account: string): boolean {
  const { Statement: content } = JSON.parse(document) as { Statement: Statement | readonly Statement[] };
  const matching = [content].flat().filter((statement) => {
    if (statement.NotAction !== undefined)
      throw new ApiError(
        'ValidationError',
        "NotAction in a role's trust policy is not evaluated in the local region",
      );
    return (
      [statement.Action ?? []].flat().some((action) => /^(\*|sts:(\*|assumerole))$/i.test(action)) &&
      names(statement.Principal, callerArn, account)
    );
  });
  const conditional = matching.find(({ Condition }) => Condition && Object.keys(Condition).length > 0);
  if (conditional)
    throw new ApiError(
      'ValidationError',
      "A Condition in a role's trust policy is not evaluated in the local region",
    );
  return matching.length > 0 && matching.every(({ Effect }) => Effect === 'Allow');
}

function names(principal: Statement['Principal'], callerArn: string, account: string): boolean {
  const wanted = principal === '*' ? ['*'] : [principal?.['AWS'] ?? []].flat();
  const own = new Set(['*', account, `arn:aws:iam::${account}:root`, callerArn]);
  return wanted.some((name) => own.has(name));
}
