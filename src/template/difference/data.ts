import type { EvaluatedResource } from '../evaluated.ts';
import type { DataLoss } from './model.ts';

/** What resources of a type hold. */
const holders: Readonly<Record<string, string>> = {
  'AWS::RDS::DBInstance': 'the databases',
  'AWS::RDS::DBCluster': 'the databases',
  'AWS::DocDB::DBCluster': 'the databases',
  'AWS::Neptune::DBCluster': 'the graph',
  'AWS::DynamoDB::Table': 'the items',
  'AWS::DynamoDB::GlobalTable': 'the items',
  'AWS::EFS::FileSystem': 'the files',
  'AWS::EC2::Volume': 'the volume',
  'AWS::ElastiCache::ReplicationGroup': 'the cache',
  'AWS::ElastiCache::ServerlessCache': 'the cache',
  'AWS::MemoryDB::Cluster': 'the database',
  'AWS::OpenSearchService::Domain': 'the indices',
  'AWS::S3::Bucket': 'the objects',
  'AWS::ECR::Repository': 'the images',
  'AWS::SecretsManager::Secret': 'the secret',
  'AWS::SQS::Queue': 'the messages',
  'AWS::Logs::LogGroup': 'the logs',
  'AWS::KMS::Key': 'the key, and with it what is encrypted with it',
  'AWS::Cognito::UserPool': 'the users',
  'AWS::Kinesis::Stream': 'the records',
};

/** What becomes of a resource's data when its physical resource goes under a policy; undefined where it holds none. */
export function fateOf({ type, properties }: EvaluatedResource, policy: string): DataLoss | undefined {
  const what = holders[type];
  if (what === undefined) return undefined;
  if (policy === 'Retain' || policy === 'RetainExceptOnCreate') return { what, fate: 'kept' };
  return { what, fate: policy === 'Snapshot' && snapshots(type, properties) ? 'snapshot' : 'lost' };
}

/** Where none is written. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html */
export function defaultPolicy({ type, properties }: EvaluatedResource): string {
  const database = type === 'AWS::RDS::DBCluster' || type === 'AWS::RDS::DBInstance';
  return database && snapshots(type, properties) ? 'Snapshot' : 'Delete';
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html */
function snapshots(type: string, properties: Readonly<Record<string, unknown>>): boolean {
  if (type === 'AWS::RDS::DBInstance') return properties['DBClusterIdentifier'] === undefined;
  return [
    'AWS::RDS::DBCluster',
    'AWS::DocDB::DBCluster',
    'AWS::Neptune::DBCluster',
    'AWS::EC2::Volume',
    'AWS::ElastiCache::CacheCluster',
    'AWS::ElastiCache::ReplicationGroup',
  ].includes(type);
}
