import { expect, it } from 'vitest';
import { examineTemplate } from '../examine.ts';
import { readTemplate } from '../read.ts';

/** A map whose key `toString` is no function has no text by itself. */
const strange = '{ toString: api }';

it.each([
  `!FindInMap [a, b, ${strange}]`,
  `!Cidr [10.0.0.0/16, ${strange}]`,
  `!Cidr [10.0.0.0/16, 2, ${strange}]`,
  `!Cidr ['2001:db8::/56', ${strange}, 64]`,
])('%s is told to be wrong, at its place', (value) => {
  const text = `Resources:\n  A:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: ${value}\n`;
  const { template, positionOf } = readTemplate(text);
  const { problems } = examineTemplate({ template, positionOf, parameters: {}, pseudo: {} });
  expect(problems.map(({ position }) => position?.line)).toContain(5);
});
