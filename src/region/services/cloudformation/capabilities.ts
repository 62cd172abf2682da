import type { Capability } from '@aws-sdk/client-cloudformation';
import type { Template } from '../../../template/model.ts';

/** Types that can change permissions, with the property that names them. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
const named: Readonly<Record<string, string | undefined>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Policy': undefined,
};

/** What the caller has to acknowledge, and why. */
export function requiredCapabilities({ Resources }: Template): {
  readonly needed: Capability[];
  readonly reason: string | undefined;
} {
  const iam = Object.values(Resources).filter(({ Type }) => Object.hasOwn(named, Type));
  if (iam.length === 0) return { needed: [], reason: undefined };
  const custom = iam.some(({ Type, Properties }) => {
    const property = named[Type];
    return property !== undefined && Properties?.[property] !== undefined;
  });
  const types = [...new Set(iam.map(({ Type }) => Type))];
  return {
    needed: [custom ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'],
    reason: `The following resource(s) require capabilities: [${types.join(', ')}]`,
  };
}
