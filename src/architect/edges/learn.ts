import type { Service } from '../../compose/app.ts';
import type { Problem } from '../../common/problem.ts';
import { getAtt, nameTag, ref, resource, type Resources } from '../intrinsics.ts';
import { compareText, logicalId } from '../naming.ts';
import type { Plan } from '../plan.ts';
import { NO_EGRESS } from '../security.ts';

/** An interface has at most five groups: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html */
const MOST_GROUPS = 5;

const networksOf = ({ networks }: Service): readonly string[] =>
  networks.length > 0 ? [...networks].sort(compareText) : ['default'];

/** The groups that open a task's networks to it while flows are learned. */
export const openGroups = ({ learn }: Plan, owner: Service): string[] =>
  learn ? networksOf(owner).map(logicalId.openNetwork) : [];

/** One group per compose network, whose members may open every TCP port of each other. */
export function openNetworks(plan: Plan): Resources {
  if (!plan.learn) return {};
  const networks = new Set(plan.tasks.flatMap(({ owner }) => networksOf(owner)));
  return Object.assign({}, ...[...networks].sort(compareText).map((network) => openNetwork(plan, network)));
}

function openNetwork({ app }: Plan, network: string): Resources {
  const group = logicalId.openNetwork(network);
  const rule = { IpProtocol: 'tcp', FromPort: 0, ToPort: 65_535, Description: 'while flows are learned' };
  return {
    [group]: resource(`the network ${network}, open to its members`, 'AWS::EC2::SecurityGroup', {
      GroupDescription: `Network ${network} of ${app.name}, open while flows are learned`,
      VpcId: ref('Vpc'),
      SecurityGroupEgress: [NO_EGRESS],
      Tags: nameTag(network),
    }),
    [logicalId.openNetworkRule(network, 'Egress')]: resource(
      `members of ${network} may call each other`,
      'AWS::EC2::SecurityGroupEgress',
      { GroupId: ref(group), DestinationSecurityGroupId: ref(group), ...rule },
    ),
    [logicalId.openNetworkRule(network, 'Ingress')]: resource(
      `members of ${network} may be called by each other`,
      'AWS::EC2::SecurityGroupIngress',
      { GroupId: ref(group), SourceSecurityGroupId: getAtt(group, 'GroupId'), ...rule },
    ),
  };
}

export const learnProblems = ({ learn, tasks }: Plan): Problem[] =>
  tasks
    .filter(({ owner }) => learn && networksOf(owner).length >= MOST_GROUPS)
    .map(({ owner }) => ({
      code: 'too-many-networks',
      message: `${owner.name} is in ${owner.networks.length} networks, and an interface has at most ${MOST_GROUPS} security groups, of which one is its own`,
      position: owner.position,
      fix: `put it into ${MOST_GROUPS - 1} networks at most while flows are learned`,
    }));
