import { ofType } from '../../topology/from-template/declared.ts';
import type { System } from '../../topology/system.ts';
import type { Item, Kind } from '../model.ts';
import type { Need } from './needs.ts';

const WORDS: Readonly<Record<string, readonly [kind: Kind, name: string]>> = {
  ecr: ['registry', 'ECR'],
  logs: ['logs', 'CloudWatch Logs'],
  secretsmanager: ['secret', 'Secrets Manager'],
  ssm: ['secret', 'Parameter Store'],
  ssmmessages: ['other', 'Session Manager'],
  s3: ['bucket', 'S3'],
  dynamodb: ['database', 'DynamoDB'],
  sqs: ['queue', 'SQS'],
  sns: ['queue', 'SNS'],
  events: ['queue', 'EventBridge'],
  'cloud-map': ['names', 'Cloud Map'],
};
const TYPES: readonly (readonly [string, RegExp])[] = [
  ['s3', /^AWS::S3::Bucket$/],
  ['dynamodb', /^AWS::DynamoDB::(Global)?Table$/],
  ['sqs', /^AWS::SQS::Queue$/],
  ['sns', /^AWS::SNS::Topic$/],
  ['events', /^AWS::Events::EventBus$/],
  ['secretsmanager', /^AWS::SecretsManager::Secret$/],
  ['ssm', /^AWS::SSM::Parameter$/],
  ['ecr', /^AWS::ECR::Repository$/],
];

/** What of the region the deployment has or calls, outside of its VPCs. */
export function regionalItems(system: System, needs: readonly Need[]): readonly Item[] {
  const called = needs.flatMap(({ to }) => (to.startsWith('aws:') ? to.slice('aws:'.length) : []));
  const declared = TYPES.flatMap(([service, type]) =>
    [...system.resources.values()].some((resource) => type.test(resource.type)) ? [service] : [],
  );
  const endpoints = system.endpoints.map(({ serviceName }) => serviceOf(serviceName));
  const found = new Set([...called, ...declared, ...endpoints]);
  const byEndpoint = new Set(endpoints);
  const names = Object.keys(WORDS).filter((name) => found.has(name));
  const others = [...found].filter((name) => !Object.hasOwn(WORDS, name));
  const items = [...names, ...others].map((service): Item => {
    const [kind, name] = WORDS[service] ?? ['other', service];
    return {
      id: `aws:${service}`,
      of: `aws:${service}`,
      kind,
      name,
      detail: detailOf(service, needs, byEndpoint.has(service)),
      count: undefined,
    };
  });
  const zones = ofType(system.resources, 'AWS::ServiceDiscovery::PrivateDnsNamespace').map(({ properties }) =>
    String(properties['Name']),
  );
  return zones.length === 0
    ? items
    : [
        ...items,
        {
          id: 'aws:cloud-map',
          of: 'aws:cloud-map',
          kind: 'names',
          name: 'Cloud Map',
          detail: `zone ${zones.join(', ')}`,
          count: undefined,
        },
      ];
}

/** `4/5 services`: for how many of those that need it the way is proven. */
function detailOf(service: string, needs: readonly Need[], byEndpoint: boolean): string {
  const asked = needs.filter(({ to }) => to === `aws:${service}`);
  const who = new Set(asked.map(({ from }) => from));
  const proven = [...who].filter((id) =>
    asked.every(({ from, verdict }) => from !== id || verdict === 'proven'),
  );
  const count = proven.length === who.size ? `${who.size}` : `${proven.length}/${who.size}`;
  const services = who.size === 0 ? '' : `${count} service${who.size === 1 ? '' : 's'}`;
  return [services, byEndpoint ? 'by endpoint' : ''].filter(Boolean).join(' ');
}

/** `com.amazonaws.eu-west-1.ecr.dkr` → `ecr` */
export function serviceOf(serviceName: string): string {
  const name = serviceName.replace(/^.*com\.amazonaws\.([^.]*\.)?/, '');
  return name.startsWith('ecr.') ? 'ecr' : name;
}
