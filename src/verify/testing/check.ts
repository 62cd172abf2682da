import { evaluateTemplate } from '../../template/evaluated.ts';
import { parseTemplate } from '../../template/parse.ts';
import { pseudoParameters } from '../../template/scope.ts';
import { declaredResources } from '../../topology/from-template/declared.ts';
import { systemFromResources } from '../../topology/from-template/system.ts';
import { contextOf, runChecks } from '../check.ts';
import type { Check, Context, Verdict } from '../model.ts';

const identity = {
  accountId: '123456789012',
  region: 'eu-west-1',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
};

/** Checks a template's text as the command line does. */
export function checkText(
  text: string,
  checks: readonly Check[],
  more: Partial<Pick<Context, 'edges' | 'architectures'>> = {},
): Verdict {
  const { template, positionOf } = parseTemplate(text, 'template.yaml');
  const parameters = Object.fromEntries(
    Object.entries(template.Parameters ?? {}).flatMap(([name, { Default }]) =>
      Default === undefined ? [] : [[name, String(Default)] as const],
    ),
  );
  const evaluated = evaluateTemplate({
    template,
    parameters,
    pseudo: pseudoParameters(identity),
    positionOf,
    zones: (region) => ['a', 'b', 'c'].map((letter) => `${region}${letter}`),
  });
  const system = systemFromResources(declaredResources(evaluated));
  return runChecks(checks, contextOf(system, { templates: [{ template }], ...more }), ({ path }) =>
    positionOf(path),
  );
}
