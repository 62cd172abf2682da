import { evaluateOutput, referencesIn } from '../../../../template/index.ts';
import type { Program } from '../program.ts';
import type { OutputRecord } from '../records.ts';
import type { State } from '../state.ts';
import { ResourceFailure } from './failure.ts';

/**
 * The outputs of a stack whose resources are all there.
 * @throws ResourceFailure in the words that become the stack's reason
 */
export function outputsOf(state: State, stackId: string, program: Program): OutputRecord[] {
  const outputs: OutputRecord[] = [];
  for (const [key, declared] of Object.entries(program.parsed.template.Outputs ?? {})) {
    const output = evaluateOutput(key, declared, program.evaluator);
    if (!output) continue;
    const value = text(output.value, `Outputs/${key}/Value`);
    const exportName =
      output.exportName === undefined ? undefined : text(output.exportName, `Outputs/${key}/Export/Name`);
    if (exportName !== undefined) {
      const owner = exporterOf(state, exportName);
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
      if (owner && owner.id !== stackId)
        throw new ResourceFailure(
          `Export with name ${exportName} is already exported by stack ${owner.name}`,
          'AlreadyExists',
        );
    }
    outputs.push({
      key,
      value,
      ...(output.description === undefined ? {} : { description: output.description }),
      ...(exportName === undefined ? {} : { exportName }),
    });
  }
  return outputs;
}

function text(value: unknown, place: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(',');
  const imported = referencesIn(value).length === 0 ? JSON.stringify(value) : undefined;
  throw new ResourceFailure(
    `Template format error: Output ${place} must be a string${imported ? `, not ${imported}` : ''}`,
    'InvalidRequest',
  );
}

export function exporterOf(state: State, exportName: string): { id: string; name: string } | undefined {
  for (const { id, name, outputs } of state.stacks.values())
    if (outputs.some((output) => output.exportName === exportName)) return { id, name };
  return undefined;
}

/**
 * What is imported has to be there before anything is made.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-importvalue.html
 * @throws ResourceFailure in the words that become the stack's reason
 */
export function requireExports(state: State, imports: readonly string[]): void {
  const missing = imports.find((name) => !exporterOf(state, name));
  if (missing !== undefined) throw new ResourceFailure(`No export named ${missing} found.`, 'NotFound');
}

/** Stacks that use an export. */
export function importersOf(state: State, exportName: string): string[] {
  return [...state.stacks.values()]
    .filter(({ imports, status }) => status !== 'DELETE_COMPLETE' && imports.includes(exportName))
    .map(({ name }) => name);
}

/** https://repost.aws/knowledge-center/cloudformation-stack-export-name-error */
export function exportInUse(
  state: State,
  stackName: string,
  before: readonly OutputRecord[],
  after: readonly OutputRecord[],
  verb: 'update' | 'delete',
): string | undefined {
  for (const { exportName, value } of before) {
    if (
      exportName === undefined ||
      after.some((output) => output.exportName === exportName && output.value === value)
    )
      continue;
    const users = importersOf(state, exportName);
    if (users.length > 0)
      return `Cannot ${verb} export ${stackName}:${exportName} as it is in use by ${users.join(' and ')}.`;
  }
  return undefined;
}

/** The exports that a program uses, as far as their names can be told without resources. */
export function importsOf({ parsed, evaluator }: Program): string[] {
  const names = new Set<string>();
  function visit(node: unknown): void {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, member] of Object.entries(node)) {
      if (key === 'Fn::ImportValue') {
        const name = evaluator.value(member, ['Resources']);
        if (typeof name === 'string') names.add(name);
      } else if (key === 'Fn::If' && Array.isArray(member)) {
        const [condition, then, otherwise] = member as unknown[];
        const holds = evaluator.condition(String(condition));
        if (holds !== false) visit(then);
        if (holds !== true) visit(otherwise);
      } else visit(member);
    }
  }
  const { Resources, Outputs = {} } = parsed.template;
  for (const declared of [...Object.values(Resources), ...Object.values(Outputs)])
    if (declared.Condition === undefined || evaluator.condition(declared.Condition) !== false)
      visit(declared);
  return [...names];
}
