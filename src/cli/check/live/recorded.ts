import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../common/problem.ts';
import type { LiveAnswers } from '../../../topology/from-live/answers.ts';

/** Without these nothing can be said of a network. */
const NEEDED = [
  'DescribeVpcs',
  'DescribeSubnets',
  'DescribeRouteTables',
  'DescribeNetworkAcls',
  'DescribeSecurityGroups',
] as const;
/** Of which an empty list is assumed where there is no file. */
const EMPTY = {
  DescribeVpcAttribute: [],
  DescribeDhcpOptions: [],
  DescribeNetworkInterfaces: [],
  DescribeInternetGateways: [],
  DescribeNatGateways: [],
  DescribeVpcEndpoints: [],
  DescribePrefixLists: [],
};

/** Writes answers down: a file for each operation, which holds its pages. */
export function writeAnswers(folder: string, answers: LiveAnswers): void {
  mkdirSync(folder, { recursive: true });
  for (const [operation, pages] of Object.entries(answers))
    writeFileSync(join(folder, `${operation}.json`), `${JSON.stringify(pages, null, 2)}\n`);
}

/**
 * Answers that were written down, by this program or by the aws CLI: `DescribeVpcs.json` or `describe-vpcs.json`, one answer or a list
 * of pages.
 */
export function readAnswers(folder: string): LiveAnswers {
  const answers = new Map<string, unknown[]>();
  for (const file of namesIn(folder)) {
    const operation = file
      .replace(/\.json$/, '')
      .replace(/(?:^|-)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
    answers.set(operation, [parsed(join(folder, file))].flat());
  }
  const missing = NEEDED.filter((operation) => !answers.has(operation));
  if (missing.length > 0)
    throw new InputError([
      {
        code: 'recorded',
        message: `${folder} has no ${missing.map((operation) => `${operation}.json`).join(', ')}`,
        fix: `write it down: fairway check --live --record ${folder}, or aws ec2 describe-vpcs > ${join(folder, 'DescribeVpcs.json')} and so on`,
      },
    ]);
  return { ...EMPTY, ...Object.fromEntries(answers) } as unknown as LiveAnswers;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch {
    throw new InputError([
      {
        code: 'recorded',
        message: `there is no folder ${folder}`,
        fix: 'name the folder that --record wrote',
      },
    ]);
  }
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw new InputError([
      {
        code: 'recorded',
        message: `${file} is no JSON: ${(error as Error).message}`,
        fix: 'record it again',
      },
    ]);
  }
}
