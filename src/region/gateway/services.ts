import type { Apis, ServiceName } from '../region.ts';

export type Protocol = 'json' | 'query' | 'ec2' | 'rest-xml' | 'rest-json' | 'cbor';

/** What routing must know of a service before its SDK package, tens of milliseconds heavy, is loaded. */
export interface ServiceDescription {
  readonly name: ServiceName;
  /** The one that its SDK package speaks. */
  readonly protocol: Exclude<Protocol, 'cbor'>;
  /** Those of other clients, told from the request. */
  readonly also: readonly ('cbor' | 'query')[];
  /** `X-Amz-Target: <target>.<operation>`. */
  readonly target: string;
  readonly version: string;
  readonly signingName: string;
  readonly xmlNamespace: string;
  readonly load: () => Promise<object>;
}

type Row = Omit<ServiceDescription, 'name' | 'xmlNamespace' | 'also'> &
  Partial<Pick<ServiceDescription, 'xmlNamespace' | 'also'>>;

/** Agrees with the SDK packages: services.test.ts. */
const rows: { readonly [K in keyof Apis]: Row } = {
  cloudformation: {
    protocol: 'query',
    target: 'CloudFormation',
    version: '2010-05-15',
    signingName: 'cloudformation',
    xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    load: () => import('@aws-sdk/client-cloudformation'),
  },
  ec2: {
    protocol: 'ec2',
    target: 'AmazonEC2',
    version: '2016-11-15',
    signingName: 'ec2',
    xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15',
    load: () => import('@aws-sdk/client-ec2'),
  },
  ecr: {
    protocol: 'json',
    target: 'AmazonEC2ContainerRegistry_V20150921',
    version: '2015-09-21',
    signingName: 'ecr',
    load: () => import('@aws-sdk/client-ecr'),
  },
  ecs: {
    protocol: 'json',
    target: 'AmazonEC2ContainerServiceV20141113',
    version: '2014-11-13',
    signingName: 'ecs',
    load: () => import('@aws-sdk/client-ecs'),
  },
  elbv2: {
    protocol: 'query',
    target: 'ElasticLoadBalancing_v10',
    version: '2015-12-01',
    signingName: 'elasticloadbalancing',
    xmlNamespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
    load: () => import('@aws-sdk/client-elastic-load-balancing-v2'),
  },
  servicediscovery: {
    protocol: 'json',
    target: 'Route53AutoNaming_v20170314',
    version: '2017-03-14',
    signingName: 'servicediscovery',
    load: () => import('@aws-sdk/client-servicediscovery'),
  },
  iam: {
    protocol: 'query',
    target: 'AWSIdentityManagementV20100508',
    version: '2010-05-08',
    signingName: 'iam',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    load: () => import('@aws-sdk/client-iam'),
  },
  sts: {
    protocol: 'query',
    target: 'AWSSecurityTokenServiceV20110615',
    version: '2011-06-15',
    signingName: 'sts',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    load: () => import('@aws-sdk/client-sts'),
  },
  logs: {
    protocol: 'json',
    target: 'Logs_20140328',
    version: '2014-03-28',
    signingName: 'logs',
    load: () => import('@aws-sdk/client-cloudwatch-logs'),
  },
  s3: {
    protocol: 'rest-xml',
    target: 'AmazonS3',
    version: '2006-03-01',
    signingName: 's3',
    xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    load: () => import('@aws-sdk/client-s3'),
  },
  efs: {
    protocol: 'rest-json',
    target: 'MagnolioAPIService_v20150201',
    version: '2015-02-01',
    signingName: 'elasticfilesystem',
    load: () => import('@aws-sdk/client-efs'),
  },
  secretsmanager: {
    protocol: 'json',
    target: 'secretsmanager',
    version: '2017-10-17',
    signingName: 'secretsmanager',
    load: () => import('@aws-sdk/client-secrets-manager'),
  },
  cloudwatch: {
    protocol: 'json',
    target: 'GraniteServiceVersion20100801',
    version: '2010-08-01',
    signingName: 'monitoring',
    // botocore has CBOR as its first choice since 1.38, and query before it.
    also: ['cbor', 'query'],
    xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
    load: () => import('@aws-sdk/client-cloudwatch'),
  },
  applicationautoscaling: {
    protocol: 'json',
    target: 'AnyScaleFrontendService',
    version: '2016-02-06',
    signingName: 'application-autoscaling',
    load: () => import('@aws-sdk/client-application-auto-scaling'),
  },
  eventbridge: {
    protocol: 'json',
    target: 'AWSEvents',
    version: '2015-10-07',
    signingName: 'events',
    load: () => import('@aws-sdk/client-eventbridge'),
  },
  ssm: {
    protocol: 'json',
    target: 'AmazonSSM',
    version: '2014-11-06',
    signingName: 'ssm',
    load: () => import('@aws-sdk/client-ssm'),
  },
};

export const services: Readonly<Record<ServiceName, ServiceDescription>> = Object.fromEntries(
  Object.entries(rows).map(([name, row]) => [name, { xmlNamespace: '', also: [], ...row, name }]),
) as Record<ServiceName, ServiceDescription>;
