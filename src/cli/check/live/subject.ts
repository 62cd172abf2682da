import { Agent } from 'node:http';
import { resolve } from 'node:path';
import { systemFromLive } from '../../../topology/from-live/system.ts';
import { contextOf } from '../../../verify/check.ts';
import type { Invocation } from '../../command.ts';
import { requireLocal } from '../../local.ts';
import { remoteTargetOptions } from '../../remote-options.ts';
import type { Subject } from '../subject.ts';
import type { Asked, Part, Settings } from './ask.ts';
import { readAnswers, writeAnswers } from './recorded.ts';

/** Checks that would take "not answered" for "not there". */
const NEEDS: Readonly<Record<Part, readonly string[]>> = {
  peerings: [],
  names: ['name-does-not-resolve'],
  roles: [
    'role-trust',
    'execution-role-missing-permission',
    'task-role-missing-permission',
    'exec-permission-missing',
  ],
  'log groups': ['log-group-missing'],
  secrets: ['secret-missing'],
  'file systems': [],
};

/** What runs in a region: the local one, AWS, or one whose answers were written down. */
export async function liveSubject(invocation: Invocation): Promise<Subject> {
  const { cwd } = invocation;
  const recorded = invocation.text('recorded');
  const { name, asked } =
    recorded === undefined
      ? await askedOf(invocation)
      : { name: recorded, asked: { answers: readAnswers(resolve(cwd, recorded)), silent: [] } };
  const record = invocation.text('record');
  if (record !== undefined) writeAnswers(resolve(cwd, record), asked.answers);
  const system = systemFromLive(asked.answers);
  return {
    kind: 'live',
    name,
    context: contextOf(system, { templates: [] }),
    unanswered: [
      ...(system.notModelled ?? []).map(({ id, what }) => ({
        id: 'not-modelled',
        resource: id,
        position: undefined,
        why: what,
      })),
      ...asked.silent.map(({ of, why }) => ({
        id: 'not-answered',
        resource: of,
        position: undefined,
        why,
      })),
      {
        id: 'not-asked',
        resource: 'databases',
        position: undefined,
        why: 'databases of RDS, DocumentDB and ElastiCache are not asked for: paths to them are not checked',
      },
    ],
    skipped: asked.silent.flatMap(({ of }) => NEEDS[of]),
    positionOf: () => undefined,
    text: () => undefined,
    folder: '.',
    notes: [],
  };
}

async function askedOf(invocation: Invocation): Promise<{ readonly name: string; readonly asked: Asked }> {
  const { askRegion } = await import('./ask.ts');
  const { region, endpointUrl } = remoteTargetOptions(invocation);
  if (region === undefined && endpointUrl === undefined) {
    const { control, info } = await requireLocal(invocation);
    // There are no peerings in the local region.
    const settings: Settings = {
      region: info.region,
      endpoint: 'http://localhost',
      credentials: { accessKeyId: 'fairway', secretAccessKey: 'fairway' },
      // The agent's own options win over the host and port of the endpoint.
      requestHandler: { httpAgent: new Agent({ keepAlive: true, socketPath: control.socketPath } as object) },
    };
    try {
      return {
        name: `the local region (${info.region})`,
        asked: await askRegion(settings, { peerings: false }),
      };
    } finally {
      control.close();
    }
  }
  const settings: Settings = {
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
  };
  return { name: endpointUrl ?? `the region ${region}`, asked: await askRegion(settings) };
}
