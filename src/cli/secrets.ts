import type { Parameter } from '@aws-sdk/client-cloudformation';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SecretParameter } from '../architect/design-model.ts';
import { InputError, type Problem } from '../common/problem.ts';
import type { Project } from './project.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const LONGEST_PARAMETER = 4096;

/** The values of the template's NoEcho parameters: they are read when they are sent, and stand nowhere else. */
export function secretParameters({ app, design }: Project): readonly Parameter[] {
  const problems: Problem[] = [];
  const parameters = design.secrets.map((secret) => {
    const value = valueOf(secret, app.directory);
    if (typeof value !== 'string') problems.push(value);
    else if (Buffer.byteLength(value) > LONGEST_PARAMETER)
      problems.push({
        code: 'secret-too-long',
        message: `the secret ${secret.secret} has ${Buffer.byteLength(value)} bytes, and a parameter takes ${LONGEST_PARAMETER}`,
        position: secret.position,
        fix: 'make it by hand (aws secretsmanager create-secret), and write `external: true` with its name',
      });
    return { ParameterKey: secret.parameter, ParameterValue: typeof value === 'string' ? value : '' };
  });
  if (problems.length > 0) throw new InputError(problems);
  return parameters;
}

function valueOf({ secret, from, position }: SecretParameter, directory: string): string | Problem {
  switch (from.kind) {
    case 'content':
      return from.content;
    case 'environment':
      return (
        from.value ?? {
          code: 'secret-missing',
          message: `the secret ${secret} is taken from the variable ${from.variable}, which is not set`,
          position,
          fix: `set it: ${from.variable}=… fairway …, or write it into .env`,
        }
      );
    case 'file':
      try {
        return readFileSync(resolve(directory, from.path), 'utf8');
      } catch (error) {
        return {
          code: 'secret-missing',
          message: `the file of the secret ${secret} cannot be read: ${from.path} (${(error as NodeJS.ErrnoException).code})`,
          position,
          fix: 'make the file, or correct `file`',
        };
      }
  }
}
