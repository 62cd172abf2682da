import { intrinsicOf } from '../../../template/symbolic.ts';
import { isRecord } from '../../../topology/from-template/values.ts';
import { isUnknown, known, type Listener, type System } from '../../../topology/system.ts';
import type { Check, Report } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { localName, writtenAt } from '../compute/tasks.ts';

export const httpsWithoutCertificate: Check = {
  id: 'https-without-certificate',
  title: 'An HTTPS listener has a certificate of its region',
  severity: 'error',
  source:
    'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html',
  why: 'Elastic Load Balancing refuses the listener: “A certificate must be specified for HTTPS listeners”; certificates of ACM are found in their own region only (us-east-1 is for CloudFront).',
  *find({ system }) {
    for (const listener of system.listeners) yield* judged(system, listener);
  },
};

function* judged(system: System, { id, origin, protocol, loadBalancerId }: Listener): Generator<Report> {
  const declared = system.resources.get(id);
  const certificates: unknown = declared?.properties['Certificates'];
  const list: unknown[] = Array.isArray(certificates) ? certificates : [];
  const at = writtenAt(system, id, origin, certificates === undefined ? 'Protocol' : 'Certificates');
  if (isUnknown(protocol)) {
    if (list.length === 0) yield cannotTell(id, at, protocol.unknown);
    return;
  }
  if (protocol !== 'HTTPS' && protocol !== 'TLS') return;
  if (intrinsicOf(certificates) || list.some((one) => intrinsicOf(one)))
    return yield cannotTell(id, at, 'the certificates of the listener are known at deployment only');
  const arns = list.map((one) => (isRecord(one) ? one['CertificateArn'] : undefined));
  const path = under(origin, 'Certificates').path;
  if (arns.every((arn) => arn === undefined || arn === '')) {
    const own = [...system.resources.values()].filter(
      ({ type }) => type === 'AWS::CertificateManager::Certificate',
    );
    const only = own.length === 1 && own[0] ? localName(system, own[0].id, origin) : undefined;
    return yield found(id, at, {
      message: `${id} speaks ${protocol} and has no certificate`,
      fix: {
        says: only
          ? `write Certificates: [{CertificateArn: !Ref ${only}}]`
          : 'give it Certificates: one of ACM in this region (AWS::CertificateManager::Certificate)',
        edits: only ? [{ kind: 'set', path, value: [{ CertificateArn: { Ref: only } }] }] : [],
      },
    });
  }
  const region = regionOf(system, known(loadBalancerId));
  for (const [index, arn] of arns.entries()) {
    const own = typeof arn === 'string' ? /^arn:[^:]+:acm:([^:]+):/.exec(arn)?.[1] : undefined;
    if (own === undefined || region === undefined || own === region) continue;
    yield found(id, under(origin, ['Certificates', index, 'CertificateArn']), {
      message: `the certificate is of ${own}, and the load balancer stands in ${region}`,
      fix: { says: `request the certificate in ${region} as well, and name that one`, edits: [] },
    });
  }
}

/** Where the zones of its subnets are: `eu-west-1a` is of `eu-west-1`. */
function regionOf(system: System, balancerId: string | undefined): string | undefined {
  const balancer = system.loadBalancers.find(({ id }) => id === balancerId);
  const zones = (known(balancer?.subnetIds) ?? []).map(
    (subnet) => system.subnets.find(({ id }) => id === subnet)?.zone,
  );
  return zones.flatMap((zone) => /^([a-z]{2}(?:-[a-z]+)+-\d+)[a-z]$/.exec(zone ?? '')?.[1] ?? [])[0];
}
