import { type Database, type Declared, type DiscoveryName, isUnknown, known, type Value } from '../system.ts';
import { ofType } from './declared.ts';
import { type Reader, readerOf } from './values.ts';

type Resources = ReadonlyMap<string, Declared>;

export function databasesOf(resources: Resources): Database[] {
  const base = (declared: Declared, read: Reader) => ({
    id: declared.id,
    name: declared.id,
    protocol: 'tcp',
    vpcId: undefined,
    origin: declared.origin,
    publiclyAccessible: read.flag('PubliclyAccessible') ?? false,
  });
  const rds = ofType(resources, 'AWS::RDS::DBInstance', 'AWS::RDS::DBCluster').flatMap(
    (declared): Database[] => {
      const read = readerOf(declared);
      // An instance of a cluster has the cluster's groups and subnets.
      if (read.raw('DBClusterIdentifier') !== undefined && declared.type.endsWith('DBInstance')) return [];
      return [
        {
          ...base(declared, read),
          kind: 'rds',
          port: read.number('Port') ?? defaultPort(known(read.text('Engine'))),
          subnetIds: subnetGroup(resources, read.id('DBSubnetGroupName'), 'SubnetIds'),
          groupIds: read.ids('VPCSecurityGroups') ?? read.ids('VpcSecurityGroupIds') ?? [],
        },
      ];
    },
  );
  const docdb = ofType(resources, 'AWS::DocDB::DBCluster', 'AWS::Neptune::DBCluster').map(
    (declared): Database => {
      const read = readerOf(declared);
      return {
        ...base(declared, read),
        kind: 'docdb',
        port: read.number('Port') ?? (declared.type.includes('Neptune') ? 8182 : 27_017),
        subnetIds: subnetGroup(resources, read.id('DBSubnetGroupName'), 'SubnetIds'),
        groupIds: read.ids('VpcSecurityGroupIds') ?? [],
      };
    },
  );
  const caches = ofType(
    resources,
    'AWS::ElastiCache::CacheCluster',
    'AWS::ElastiCache::ReplicationGroup',
    'AWS::ElastiCache::ServerlessCache',
  ).map((declared): Database => {
    const read = readerOf(declared);
    const memcached = known(read.text('Engine')) === 'memcached';
    return {
      ...base(declared, read),
      kind: 'elasticache',
      port: read.number('Port') ?? (memcached ? 11_211 : 6379),
      subnetIds:
        read.ids('SubnetIds') ?? subnetGroup(resources, read.id('CacheSubnetGroupName'), 'SubnetIds'),
      groupIds: read.ids('VpcSecurityGroupIds') ?? read.ids('SecurityGroupIds') ?? [],
    };
  });
  const files = ofType(resources, 'AWS::EFS::FileSystem').map((declared): Database => {
    const targets = ofType(resources, 'AWS::EFS::MountTarget')
      .map(readerOf)
      .filter((target) => known(target.id('FileSystemId')) === declared.id);
    return {
      ...base(declared, readerOf(declared)),
      kind: 'efs',
      // https://docs.aws.amazon.com/efs/latest/ug/network-access.html
      port: 2049,
      subnetIds: targets.flatMap((target) => known(target.id('SubnetId')) ?? []),
      groupIds: [...new Set(targets.flatMap((target) => known(target.ids('SecurityGroups')) ?? []))],
    };
  });
  return [...rds, ...docdb, ...caches, ...files];
}

function subnetGroup(
  resources: Resources,
  group: Value<string> | undefined,
  key: string,
): Value<readonly string[]> {
  if (group === undefined) return { unknown: 'it has no subnet group: it stands in the default VPC' };
  if (isUnknown(group)) return group;
  const declared = resources.get(group);
  if (!declared) return { unknown: `the subnet group ${group} is not known here` };
  return readerOf(declared).ids(key) ?? { unknown: `the subnets of ${group} are not known` };
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
function defaultPort(engine = ''): Value<number> {
  if (engine.includes('postgres')) return 5432;
  if (/mysql|mariadb/.test(engine)) return 3306;
  if (engine.startsWith('aurora')) return 3306;
  if (engine.startsWith('oracle')) return 1521;
  if (engine.startsWith('sqlserver')) return 1433;
  return { unknown: 'neither port nor engine is known' };
}

/** Names of Cloud Map services in private DNS namespaces. */
export function namesOf(resources: Resources): DiscoveryName[] {
  return ofType(resources, 'AWS::ServiceDiscovery::Service').map((declared) => {
    const read = readerOf(declared);
    const dns = read.part('DnsConfig');
    const namespaceId = read.id('NamespaceId') ?? dns?.id('NamespaceId');
    const namespace = resources.get(known(namespaceId) ?? '');
    const zone = namespace && readerOf(namespace);
    const [own, domain] = [read.text('Name'), zone?.text('Name')];
    const vpc = zone?.id('Vpc');
    return {
      id: declared.id,
      name:
        known(own) === undefined || known(domain) === undefined
          ? { unknown: 'the name or its namespace is not known' }
          : `${known(own)}.${known(domain)}`,
      vpcIds: vpc === undefined ? [] : isUnknown(vpc) ? vpc : [vpc],
      recordTypes: (dns?.items('DnsRecords') ?? []).flatMap((record) => known(record.text('Type')) ?? []),
      origin: declared.origin,
    };
  });
}
