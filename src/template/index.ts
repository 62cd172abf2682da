/** The CloudFormation language: everything other rooms use of it. */
export { diffResource, type Difference, type ResourceDifference } from './diff.ts';
export { readAssembly, templatesBeside, type Asset, type AssemblyStack, type ReadFile } from './assembly.ts';
export { compareStacks } from './difference/compare.ts';
export type {
  DataLoss,
  NamedChange,
  PropertyChange,
  ResourceChange,
  TemplateDiff,
} from './difference/model.ts';
export { examineTemplate, type Examination } from './examine.ts';
export { readParameters, type ReadParameters } from './parameters.ts';
export type { Change, ProblemCode, TemplateProblem, Unanswered } from './problem.ts';
export { readTemplate, type ReadTemplate } from './read.ts';
export { examineStacks } from './stacks/examine-stacks.ts';
export type { ExaminedStack, StackSource, Surroundings } from './stacks/model.ts';
export { createEvaluator, type Evaluator } from './evaluate.ts';
export {
  evaluateOutput,
  evaluateResource,
  evaluateTemplate,
  type EvaluatedOutput,
  type EvaluatedResource,
  type EvaluatedTemplate,
} from './evaluated.ts';
export { dependencyGraph, type DependencyGraph } from './graph.ts';
export { sameValue } from './json.ts';
export { resolveParameters, storedNames, type ParameterValue } from './parameters.ts';
export { parseTemplate, type ParsedTemplate } from './parse.ts';
export { diffTemplates, isUpdate, planChanges, type Plan } from './plan.ts';
export { referencesIn, resourcesIn, type Reference } from './references.ts';
export { definition, resourceSchema, type PropertySchema, type ResourceSchema } from './schema/schema.ts';
export { pseudoParameters, type Known, type PseudoParameters } from './scope.ts';
export { intrinsicOf, isKnown } from './symbolic.ts';
export { validateReferences } from './validate.ts';
