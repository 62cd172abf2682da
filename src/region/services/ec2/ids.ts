import { randomBytes } from 'node:crypto';

/** A prefix and 17 lower-case hex digits, the first of them 0. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html */
export const newId = (prefix: string): string => `${prefix}-0${randomBytes(8).toString('hex')}`;
