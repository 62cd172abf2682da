import {
  createEvaluator,
  dependencyGraph,
  parseTemplate,
  pseudoParameters,
  resolveParameters,
  storedNames,
  type DependencyGraph,
  type Evaluator,
  type Known,
  type ParsedTemplate,
} from '../../../template/index.ts';
import type { Region } from '../../region.ts';
import { currentGeneration } from './generations.ts';
import type { DeploymentRecord, StackRecord } from './records.ts';
import type { State } from './state.ts';

/** A deployment ready to be carried out: its template read, its values looked up in the stack as it is at each moment. */
export interface Program {
  readonly parsed: ParsedTemplate;
  readonly graph: DependencyGraph;
  readonly known: Known;
  readonly evaluator: Evaluator;
}

export interface Programs {
  /** @throws InputError when the deployment's template or parameters are wrong */
  load(stack: Pick<StackRecord, 'id' | 'name'>, deployment: DeploymentRecord): Promise<Program>;
}

export function createPrograms(region: Region, state: State): Programs {
  const parsedBodies = new Map<string, ParsedTemplate>();
  function parse(body: string, parameters: Readonly<Record<string, string>>): ParsedTemplate {
    // Loops go over values of parameters.
    const key = body.includes('Fn::ForEach::') ? `${body}\n${JSON.stringify(parameters)}` : body;
    const parsed = parsedBodies.get(key) ?? parseTemplate(body, undefined, parameters);
    parsedBodies.delete(key);
    parsedBodies.set(key, parsed);
    for (const oldest of parsedBodies.keys()) if (parsedBodies.size > 8) parsedBodies.delete(oldest);
    return parsed;
  }
  return {
    async load(stack, deployment) {
      const parsed = parse(deployment.body, deployment.parameters);
      const { template, positionOf } = parsed;
      const zones = deployment.body.includes('GetAZs') ? await zoneNames(region) : undefined;
      const known: Known = {
        template,
        positionOf,
        parameters: resolveParameters(
          template,
          deployment.parameters,
          positionOf,
          await storedValues(region, storedNames(template, deployment.parameters)),
        ),
        pseudo: {
          ...pseudoParameters({ ...region.identity, stackName: stack.name, stackId: stack.id }),
          'AWS::NotificationARNs': deployment.notificationArns,
        },
        reference: (id) => currentGeneration(state, stack.id, id)?.physicalId,
        attribute: (id, name) => currentGeneration(state, stack.id, id)?.attributes[name],
        importValue: (name) => exportedValue(state, name),
        zones: (name) => (name === region.identity.region ? zones : undefined),
      };
      return {
        parsed,
        graph: dependencyGraph(template, positionOf),
        known,
        evaluator: createEvaluator(known),
      };
    },
  };
}

/**
 * What the Parameter Store holds under these names. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html:
 * the value of now, at each operation; SecureString is not taken.
 */
async function storedValues(
  region: Region,
  names: readonly string[],
): Promise<(name: string) => string | undefined> {
  const values = new Map<string, string>();
  for (const name of names) {
    const { Parameters = [] } = await region.api.ssm.GetParameters({ Names: [name] });
    const [found] = Parameters;
    if (found?.Value !== undefined && found.Type !== 'SecureString') values.set(name, found.Value);
  }
  return (name) => values.get(name);
}

async function zoneNames(region: Region): Promise<string[]> {
  const { AvailabilityZones = [] } = await region.api.ec2.DescribeAvailabilityZones({});
  return AvailabilityZones.flatMap(({ ZoneName }) => ZoneName ?? []).sort();
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-importvalue.html */
function exportedValue(state: State, name: string): string | undefined {
  for (const { outputs } of state.stacks.values())
    for (const { exportName, value } of outputs) if (exportName === name) return value;
  return undefined;
}
