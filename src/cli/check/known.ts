import { nearest } from '../../common/nearest.ts';
import { InputError } from '../../common/problem.ts';
import type { Template } from '../../template/model.ts';

/** What the command line says of values that templates leave open. */
export interface Given {
  readonly parameters: Readonly<Record<string, string>>;
  readonly region: string | undefined;
}

/** Where nobody says the region: the first that every mapping by region knows. */
export function assumedRegion(templates: readonly Template[]): string {
  const maps = templates
    .flatMap(({ Mappings = {} }) => Object.values(Mappings))
    .map((map) => Object.keys(map).filter((key) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(key)))
    .filter((regions) => regions.length > 0);
  const common = (region: string) => maps.every((regions) => regions.includes(region));
  return common('us-east-1') ? 'us-east-1' : (maps[0]?.find(common) ?? 'us-east-1');
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
export function partitionOf(region: string): { partition: string; urlSuffix: string } {
  if (region.startsWith('cn-')) return { partition: 'aws-cn', urlSuffix: 'amazonaws.com.cn' };
  return { partition: region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws', urlSuffix: 'amazonaws.com' };
}

/** `Name=value`, as `aws cloudformation deploy --parameter-overrides` takes it. */
export function parseParameters(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      throw new InputError([
        {
          code: 'usage',
          message: `--parameter "${text}" is no NAME=VALUE`,
          fix: 'write --parameter DesiredCount=2',
        },
      ]);
    }),
  );
}

/** A mistyped parameter is told, not dropped. */
export function refuseUnknownParameters(
  templates: readonly Template[],
  given: Readonly<Record<string, string>>,
): void {
  const declared = new Set(templates.flatMap(({ Parameters = {} }) => Object.keys(Parameters)));
  const unknown = Object.keys(given).filter((name) => !declared.has(name));
  if (unknown.length === 0) return;
  throw new InputError(
    unknown.map((name) => {
      const near = nearest(name, declared);
      return {
        code: 'usage',
        message: `--parameter ${name}: no template has a parameter of that name`,
        fix: near
          ? `write --parameter ${near}=…`
          : declared.size > 0
            ? `there are ${[...declared].join(', ')}`
            : 'there are none',
      };
    }),
  );
}
