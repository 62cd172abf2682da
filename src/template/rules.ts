import type { Evaluator } from './evaluate.ts';
import type { Path } from './path.ts';
import type { TemplateProblem } from './problem.ts';
import type { Known } from './scope.ts';

/** The assertions of rules that the values of parameters do not meet. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html */
export function brokenRules({ template, positionOf }: Known, evaluator: Evaluator): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  for (const [name, { RuleCondition, Assertions }] of Object.entries(template.Rules ?? {})) {
    const path: Path = ['Rules', name];
    if (RuleCondition !== undefined && evaluator.holds(RuleCondition, [...path, 'RuleCondition']) !== true)
      continue;
    Assertions.forEach(({ Assert, AssertDescription }, index) => {
      const at = [...path, 'Assertions', index];
      if (evaluator.holds(Assert, [...at, 'Assert']) !== false) return;
      const what = AssertDescription ?? 'its assertion does not hold';
      problems.push({
        code: 'property-value',
        path: at,
        position: positionOf?.(at),
        message: `Rule ${name}: ${what}`,
        says: `the values of the parameters do not meet the rule ${name}: ${what.replace(/\.$/, '')}`,
      });
    });
  }
  return problems;
}
