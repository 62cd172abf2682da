/** A task definition for Fargate with one container, in YAML below `Resources`; more of the container may follow it. */
export const fargateTask = (id: string): string => `
  ${id}:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      RequiresCompatibilities: [FARGATE]
      Cpu: '256'
      Memory: '512'
      ContainerDefinitions:
        - Name: main
          Image: nginx:1.27`;
