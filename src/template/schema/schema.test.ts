import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { definition, resourceSchema } from './schema.ts';

test('the extract is current', () => {
  const script = fileURLToPath(new URL('../../../scripts/schema.mjs', import.meta.url));
  execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' });
});

test('it tells types, what is required, what replaces, and what Ref gives', () => {
  const service = resourceSchema('AWS::ECS::Service')!;
  expect(service.identifier).toEqual(['ServiceArn']);
  expect(service.tags).toBe('Tags');
  expect(service.properties.get('Cluster')).toEqual({
    type: 'string',
    required: false,
    replacement: 'Always',
  });
  expect(service.properties.get('LaunchType')?.replacement).toBe('Conditionally');
  expect(service.properties.get('DeploymentController')?.replacement).toBe('Never');
  expect(service.properties.get('LoadBalancers')?.type).toBe('[#LoadBalancer]');
  expect(definition('AWS::ECS::Service', 'LoadBalancer').get('ContainerPort')?.type).toBe('integer');
  expect(resourceSchema('AWS::EC2::Subnet')!.properties.get('VpcId')?.required).toBe(true);
  expect(resourceSchema('AWS::No::Such')).toBeUndefined();
  expect(resourceSchema('toString')).toBeUndefined();
});
