import { readerOf } from '../../topology/from-template/values.ts';
import { isUnknown, known } from '../../topology/system.ts';
import { oncePer } from '../once.ts';
import { isTold } from '../../topology/told.ts';

/** A private zone, and what it has. */
export interface Zone {
  readonly id: string;
  /** Lower case, without the last dot. */
  readonly domain: string;
  readonly vpcIds: readonly string[];
  readonly names: ReadonlySet<string>;
  /** Not all of its names are known here. */
  readonly open: boolean;
}

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/**
 * Private zones of Cloud Map and of Route 53:
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html
 */
export const zonesOf = oncePer(({ system, graph }): readonly Zone[] => {
  const zones: Zone[] = [];
  const resources = [...system.resources.values()];
  for (const declared of resources) {
    const read = readerOf(declared);
    const isMap = declared.type === 'AWS::ServiceDiscovery::PrivateDnsNamespace';
    if (!isMap && declared.type !== 'AWS::Route53::HostedZone') continue;
    const domain = known(read.text('Name'));
    const vpcs = isMap ? [read.id('Vpc')] : read.items('VPCs').map((vpc) => vpc.id('VPCId'));
    // A zone without VPCs is public.
    if (domain === undefined || vpcs.length === 0) continue;
    const records = resources.filter(({ type }) => type.startsWith('AWS::Route53::RecordSet'));
    const own = recordsOf(records, declared.id, plain(domain));
    const vpcIds = vpcs.flatMap((id) => known(id) ?? []);
    // Another VPC may have a zone of the same name.
    const registered = system.names.filter(
      (one) =>
        plain(known(one.name) ?? '').endsWith(`.${plain(domain)}`) &&
        (known(one.vpcIds) ?? vpcIds).some((id) => vpcIds.includes(id)),
    );
    const names = [...own.names, ...(isMap ? registered.flatMap(({ name }) => known(name) ?? []) : [])];
    const open =
      own.open ||
      vpcs.some((id) => id === undefined || isUnknown(id) || !isTold(id, graph.vpcs)) ||
      (isMap && system.names.some(({ name }) => isUnknown(name)));
    zones.push({
      id: declared.id,
      domain: plain(domain),
      vpcIds,
      names: new Set(names.map(plain)),
      open,
    });
  }
  return zones;
});

function recordsOf(records: readonly Parameters<typeof readerOf>[0][], zoneId: string, domain: string) {
  const names: string[] = [];
  let open = false;
  for (const declared of records) {
    const read = readerOf(declared);
    const zone = known(read.id('HostedZoneId'));
    const zoneName = known(read.text('HostedZoneName'));
    if (zone !== zoneId && (zoneName === undefined || plain(zoneName) !== domain)) continue;
    const inner = declared.type.endsWith('Group') ? read.items('RecordSets') : [read];
    for (const record of inner) {
      const name = known(record.text('Name'));
      if (name === undefined) open = true;
      else names.push(name);
    }
  }
  return { names, open };
}

/** Of domains that no public zone can have: https://www.iana.org/assignments/special-use-domain-names */
export const isPrivateName = (host: string): boolean =>
  /\.(local|internal|lan|private|corp|home|localdomain|svc)$/.test(host) &&
  // Amazon's own: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-naming.html
  !/\.(ec2|compute)\.internal$/.test(host);
