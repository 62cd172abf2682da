import { parseTemplate, validateReferences, type ParsedTemplate } from '../../../../template/index.ts';
import { requiredCapabilities } from '../capabilities.ts';
import { operation, type Cfn, type CfnHandlers } from '../cfn.ts';
import { importersOf } from '../engine/outputs.ts';
import { asValidationError, changeSetMissing, stackWithIdMissing, validationError } from '../errors.ts';
import { templateText } from '../template-source.ts';
import { findStack, pageOf } from './find.ts';
import { deploymentOf } from './stacks.ts';

export function templateOperations(cfn: Cfn): CfnHandlers {
  const { state, region } = cfn;

  async function given(
    input: { TemplateBody?: string | undefined; TemplateURL?: string | undefined },
    otherwise: () => string | undefined = () => undefined,
  ): Promise<ParsedTemplate> {
    const text = (await templateText(region, input)) ?? otherwise();
    if (text === undefined) throw validationError('Either Template URL or Template Body must be specified.');
    return asValidationError(() => {
      const parsed = parseTemplate(text);
      validateReferences(parsed);
      return parsed;
    });
  }
  const bodyOf = (stackName: string | undefined): string | undefined => {
    const stack = findStack(cfn, stackName, stackWithIdMissing);
    const target = stack.operation?.targetId;
    return (deploymentOf(cfn, stack) ?? (target === undefined ? undefined : state.deployments.get(target)))
      ?.body;
  };

  return {
    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html */
    GetTemplate: operation(['StackName', 'ChangeSetName', 'TemplateStage'], (input) => {
      if (input.ChangeSetName !== undefined) {
        const changeSet = [...state.changeSets.values()].find(
          ({ id, name, stackName, stackId }) =>
            id === input.ChangeSetName ||
            (name === input.ChangeSetName && (stackName === input.StackName || stackId === input.StackName)),
        );
        if (!changeSet) throw changeSetMissing(input.ChangeSetName);
        return {
          TemplateBody: state.deployments.get(changeSet.deploymentId)?.body,
          StagesAvailable: ['Original', 'Processed'],
        };
      }
      return { TemplateBody: bodyOf(input.StackName), StagesAvailable: ['Original', 'Processed'] };
    }),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html */
    ValidateTemplate: operation(['TemplateBody', 'TemplateURL'], async (input) => {
      const { template } = await given(input);
      const { needed, reason } = requiredCapabilities(template);
      return {
        Description: template.Description,
        Parameters: Object.entries(template.Parameters ?? {}).map(([name, parameter]) => ({
          ParameterKey: name,
          DefaultValue: parameter.Default === undefined ? undefined : String(parameter.Default),
          NoEcho: String(parameter.NoEcho) === 'true',
          Description: parameter.Description,
        })),
        Capabilities: needed,
        CapabilitiesReason: reason,
      };
    }),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html */
    GetTemplateSummary: operation(['TemplateBody', 'TemplateURL', 'StackName'], async (input) => {
      const { template } = await given(input, () =>
        input.StackName === undefined ? undefined : bodyOf(input.StackName),
      );
      const { needed, reason } = requiredCapabilities(template);
      return {
        Description: template.Description,
        Version: template.AWSTemplateFormatVersion,
        Metadata: template.Metadata === undefined ? undefined : JSON.stringify(template.Metadata),
        DeclaredTransforms: [template.Transform ?? []].flat(),
        ResourceTypes: [...new Set(Object.values(template.Resources).map(({ Type }) => Type))],
        Parameters: Object.entries(template.Parameters ?? {}).map(([name, parameter]) => ({
          ParameterKey: name,
          ParameterType: parameter.Type,
          DefaultValue: parameter.Default === undefined ? undefined : String(parameter.Default),
          NoEcho: String(parameter.NoEcho) === 'true',
          Description: parameter.Description,
          ParameterConstraints: parameter.AllowedValues
            ? { AllowedValues: parameter.AllowedValues.map(String) }
            : {},
        })),
        Capabilities: needed,
        CapabilitiesReason: reason,
      };
    }),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListExports.html */
    ListExports: operation(['NextToken'], (input) => {
      const exported = [...state.stacks.values()].flatMap(({ id, outputs }) =>
        outputs.flatMap(({ exportName, value }) =>
          exportName === undefined ? [] : [{ ExportingStackId: id, Name: exportName, Value: value }],
        ),
      );
      const { items, next } = pageOf(exported, 100, input.NextToken);
      return { Exports: [...items], NextToken: next };
    }),

    /** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListImports.html */
    ListImports: operation(['ExportName', 'NextToken'], (input) => {
      const users = importersOf(state, input.ExportName ?? '');
      if (users.length === 0)
        throw validationError(`Export '${input.ExportName}' is not imported by any stack.`);
      const { items, next } = pageOf(users, 100, input.NextToken);
      return { Imports: [...items], NextToken: next };
    }),
  };
}
