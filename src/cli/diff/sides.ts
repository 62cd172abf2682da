import { GetTemplateCommand, type Parameter } from '@aws-sdk/client-cloudformation';
import { describeStack } from '../../deploy/stack.ts';
import type { Target } from '../../deploy/target.ts';
import { InputError, OperationError } from '../../common/problem.ts';
import type { ExaminedStack } from '../../template/stacks/model.ts';
import { sourceAt } from '../check/sources.ts';
import { examineFiles } from '../check/templates.ts';
import type { Given } from '../check/known.ts';
import type { Invocation } from '../command.ts';
import { loadProject, readText } from '../project.ts';

/** Both sides are one stack with two templates: what differs in its name is no difference. */
const STACK = 'stack';

/** What a path says: a template, or the one that is designed for a compose file. */
export async function sideOf(invocation: Invocation, path: string, given: Given): Promise<ExaminedStack> {
  const { cwd } = invocation;
  const read = (file: string) => readText(cwd, file);
  const source = sourceAt(path, cwd, read);
  if (source.kind === 'assembly')
    throw new InputError([
      {
        code: 'usage',
        message: `${path} is an assembly of stacks`,
        fix: 'name one of its templates: cdk.out/NAME.template.json',
      },
    ]);
  if (source.kind === 'template') return examined(source.file, source.text, given, read);
  const texts = (name: string) => (name === 'file' ? [path] : invocation.texts(name));
  const { design } = await loadProject({ ...invocation, texts }, undefined, { target: 'aws' });
  return examined(path, JSON.stringify(design.template), given, read);
}

export function examined(
  file: string,
  text: string,
  given: Given,
  readText: (file: string) => string | undefined = () => undefined,
): ExaminedStack {
  const read = (asked: string) => (asked === file ? text : readText(asked));
  return examineFiles([file], given, read, () => STACK).stacks[0]!;
}

export interface Running {
  readonly template: string;
  /** Values that it was deployed with; those that are secret are not told. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The template of a stack as it was deployed. */
export async function runningStack(target: Target, stackName: string): Promise<Running> {
  const stack = await describeStack(target, stackName);
  if (!stack)
    throw new OperationError({
      code: 'no-stack',
      message: `there is no stack ${stackName}`,
      fix: 'deploy it first, or compare two files: fairway diff OLD NEW',
    });
  const { TemplateBody = '' } = await target.cloudformation.send(
    new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
  );
  return { template: TemplateBody, parameters: Object.fromEntries((stack.Parameters ?? []).flatMap(told)) };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html: NoEcho */
const told = ({ ParameterKey, ParameterValue }: Parameter): [string, string][] =>
  ParameterKey === undefined || ParameterValue === undefined || /^\*+$/.test(ParameterValue)
    ? []
    : [[ParameterKey, ParameterValue]];
