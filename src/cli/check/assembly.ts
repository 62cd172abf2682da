import { join } from 'node:path';
import { InputError } from '../../common/problem.ts';
import { isRecord } from '../../topology/from-template/values.ts';
import type { NamedTemplate } from './templates.ts';

/**
 * The stacks of a folder that the CDK made, those of its stages included.
 * https://docs.aws.amazon.com/cdk/v2/guide/configure-synth.html
 */
export function assemblyTemplates(
  folder: string,
  readText: (file: string) => string | undefined,
): readonly NamedTemplate[] {
  const file = join(folder, 'manifest.json');
  const refuse = (message: string): never => {
    throw new InputError([
      {
        code: 'assembly',
        message: `${file}: ${message}`,
        fix: 'run cdk synth again, or name the templates themselves',
      },
    ]);
  };
  const text = readText(file) ?? refuse('there is no such file');
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    return refuse('it is no JSON');
  }
  const artifacts = isRecord(manifest) ? manifest.artifacts : undefined;
  if (!isRecord(artifacts)) return refuse('it is no manifest of a CDK assembly');
  const found = Object.entries(artifacts).flatMap(([id, artifact]): readonly NamedTemplate[] => {
    if (!isRecord(artifact) || !isRecord(artifact.properties)) return [];
    const { type, properties } = artifact;
    if (type === 'cdk:cloud-assembly') {
      const nested = properties.directoryName;
      return typeof nested === 'string' ? assemblyTemplates(join(folder, nested), readText) : [];
    }
    if (type !== 'aws:cloudformation:stack' || typeof properties.templateFile !== 'string') return [];
    const template = join(folder, properties.templateFile);
    const content = readText(template) ?? refuse(`it names ${template}, which is not there`);
    const { stackName } = properties;
    return [{ stack: typeof stackName === 'string' ? stackName : id, file: template, text: content }];
  });
  return found.length > 0 ? found : refuse('it has no stacks');
}
