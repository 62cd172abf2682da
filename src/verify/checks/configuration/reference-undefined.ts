import type { Check } from '../../model.ts';
import { reported } from './language.ts';

export const referenceUndefined: Check = {
  id: 'reference-undefined',
  title: 'Every name that is mentioned is declared',
  severity: 'error',
  source:
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-ref.html',
  why: 'CloudFormation refuses the template: “Template format error: Unresolved resource dependencies [X] in the Resources block of the template”.',
  find: (context) => reported(context, 'reference-undefined'),
};
