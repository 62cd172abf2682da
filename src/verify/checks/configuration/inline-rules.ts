import { isObject } from '../../../template/json.ts';
import type { Template } from '../../../template/model.ts';
import type { Path } from '../../../template/path.ts';
import type { Edit, Fix } from '../../model.ts';

/**
 * How a circle of security groups that name each other in their own rules is opened: the rule becomes a resource of its own, which
 * waits for both groups. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-securitygroupingress.html
 */
export function groupRules(
  circle: readonly { readonly id: string; readonly path: Path }[],
  { Resources }: Template,
): Fix | undefined {
  for (const { id, path } of circle) {
    const [, , , property, index] = path;
    if (Resources[id]?.Type !== 'AWS::EC2::SecurityGroup') continue;
    if (property !== 'SecurityGroupIngress' && property !== 'SecurityGroupEgress') continue;
    const rules = Resources[id].Properties?.[property];
    const rule: unknown = Array.isArray(rules) && typeof index === 'number' ? rules[index] : undefined;
    if (!isObject(rule)) continue;
    const name = unused(`${id}${property === 'SecurityGroupIngress' ? 'Ingress' : 'Egress'}`, Resources);
    const edits: Edit[] = [
      { kind: 'remove', path: path.slice(0, 5) },
      {
        kind: 'add-resource',
        id: name,
        resource: {
          Type: `AWS::EC2::${property}`,
          Properties: { GroupId: { 'Fn::GetAtt': [id, 'GroupId'] }, ...rule },
        },
      },
    ];
    return { says: `make the rule of ${id} a resource of its own, AWS::EC2::${property}`, edits };
  }
  return undefined;
}

function unused(wanted: string, Resources: Template['Resources']): string {
  let name = wanted;
  for (let number = 2; Object.hasOwn(Resources, name); number++) name = `${wanted}${number}`;
  return name;
}
