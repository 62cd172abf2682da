import type { Check } from '../../model.ts';
import { reported } from './language.ts';

export const propertyValue: Check = {
  id: 'property-value',
  title: 'The values of properties are such as their types take',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html',
  why: 'CloudFormation or the service refuses the resource: “Property validation failure: [Value of property {/X} does not match type {Integer}]”; what was made until then is rolled back.',
  find: (context) => reported(context, 'property-value'),
};
