import { expect, it } from 'vitest';
import { checkText } from '../../testing/check.ts';
import { stateUndecided } from './state-undecided.ts';

const task = (tags: string) => `Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: database
          Image: postgres:16
          MountPoints: [{ SourceVolume: data, ContainerPath: /var/lib/postgresql/data }]
      Volumes: [{ Name: data }]
      Tags: ${tags}
`;

it.each([
  ['[]', 1],
  ['[{ Key: fairway:state:other, Value: ephemeral }]', 1],
  ['[{ Key: fairway:state:data, Value: ephemeral }]', 0],
  ['[{ Key: fairway:state:data, Value: ebs }]', 0],
])('takes the word of a compose file for its volume: %s', (tags, count) =>
  expect(checkText(task(tags), [stateUndecided]).findings).toHaveLength(count),
);
