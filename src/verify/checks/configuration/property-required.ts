import type { Check } from '../../model.ts';
import { reported } from './language.ts';

export const propertyRequired: Check = {
  id: 'property-required',
  title: 'Every property that a resource needs is given',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html',
  why: 'CloudFormation refuses the resource: “Property validation failure: [The property {/X} is required]”.',
  find: (context) => reported(context, 'property-required'),
};
