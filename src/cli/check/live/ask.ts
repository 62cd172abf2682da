import type { LiveAnswers } from '../../../topology/from-live/answers.ts';
import type { EC2ClientConfig } from '@aws-sdk/client-ec2';
import { askFiles, askLogGroups, askNames, askRoles, askSecrets } from './around.ts';
import { askBalancing, askCompute } from './compute.ts';
import { askNetwork, askPeerings } from './network.ts';

/** What every client takes alike. */
export type Settings = Pick<EC2ClientConfig, 'region' | 'endpoint' | 'credentials' | 'requestHandler'>;

export interface Asked {
  readonly answers: LiveAnswers;
  /** What was not answered, and why: the checks that need it cannot tell. */
  readonly silent: readonly Silence[];
}
export interface Silence {
  readonly of: Part;
  readonly why: string;
}
export type Part = 'peerings' | 'names' | 'roles' | 'log groups' | 'secrets' | 'file systems';

/** Everything of a region that checks look at. Nothing is changed by it: the calls list and describe. */
export async function askRegion(
  settings: Settings,
  { peerings = true }: { readonly peerings?: boolean } = {},
): Promise<Asked> {
  const silent: Silence[] = [];
  const unless = (of: Part, work: Promise<Partial<LiveAnswers>>): Promise<Partial<LiveAnswers>> =>
    work.catch((error: Error) => {
      silent.push({ of, why: `${error.name}: ${error.message}` });
      return {};
    });
  const compute = askCompute(settings);
  const parts = await Promise.all([
    askNetwork(settings),
    compute,
    askBalancing(settings),
    peerings ? unless('peerings', askPeerings(settings)) : {},
    unless('names', askNames(settings)),
    compute.then((answers) => unless('roles', askRoles(settings, answers.DescribeTaskDefinition))),
    unless('log groups', askLogGroups(settings)),
    unless('secrets', askSecrets(settings)),
    unless('file systems', askFiles(settings)),
  ]);
  const [network, ...others] = parts;
  return { answers: Object.assign({}, network, ...others) as LiveAnswers, silent };
}
