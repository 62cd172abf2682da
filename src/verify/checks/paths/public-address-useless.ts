import { type EcsService, known } from '../../../topology/system.ts';
import type { Check, Context, Report } from '../../model.ts';
import { judged } from '../../paths/causes.ts';
import { listed } from '../../paths/words.ts';
import { internet } from '../../reach/addresses.ts';
import { chooseRoute } from '../../reach/routes.ts';
import { found, under } from '../../report.ts';

const NETWORK = ['NetworkConfiguration', 'AwsvpcConfiguration'];

export const publicAddressUseless: Check = {
  id: 'public-address-useless',
  title: 'Public addresses are where an internet gateway is, and only there',
  severity: 'warning',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html',
  why: 'A public address works only where the subnet’s route table leads to an internet gateway, and a route to an internet gateway only for what has a public address.',
  *find(context) {
    for (const service of context.system.services) {
      if (modeOf(context, service) !== 'awsvpc') continue;
      if (known(service.launchType) === 'FARGATE' && known(service.assignPublicIp))
        yield* noGateway(context, service);
      if (known(service.launchType) === 'EC2') yield* noAddress(context, service);
    }
  },
};

const modeOf = ({ system }: Context, { taskDefinitionId }: EcsService) =>
  known(system.taskDefinitions.find(({ id }) => id === known(taskDefinitionId))?.networkMode);

/** Where a subnet's traffic to the internet goes. */
function wayOut({ graph }: Context, subnetId: string): 'internet-gateway' | 'other' | 'unknown' {
  const table = graph.tables.get(graph.subnets.get(subnetId)?.routeTableId ?? '');
  if (!table) return 'unknown';
  const chosen = chooseRoute(table, internet('every'), graph.prefixLists);
  if (chosen.kind === 'unclear' || (chosen.kind === 'route' && chosen.route.uncertain !== undefined))
    return 'unknown';
  if (chosen.kind === 'none') return 'other';
  const { kind } = chosen.route.target;
  if (kind === 'internet-gateway') return kind;
  // A transit gateway or an appliance may lead to one.
  return kind === 'nat-gateway' || kind === 'local' ? 'other' : 'unknown';
}

function* noGateway(context: Context, service: EcsService): Iterable<Report> {
  const subnets = (known(service.subnetIds) ?? []).filter((id) => wayOut(context, id) === 'other');
  // Where nothing comes out at all, that is the finding.
  const failing = judged(context).causes.some(({ failing: asks }) =>
    asks.some(({ ask }) => ask.resource === service.id),
  );
  if (subnets.length === 0 || failing) return;
  yield found(service.id, under(service.origin, [...NETWORK, 'AssignPublicIp']), {
    message: `the tasks of ${service.name} get a public address in ${listed(subnets)}, from where no route leads to an internet gateway`,
    fix: {
      says: 'write AssignPublicIp: DISABLED, or use subnets that lead to an internet gateway',
      edits:
        subnets.length === known(service.subnetIds)?.length
          ? [
              {
                kind: 'set',
                path: [...service.origin.path, 'Properties', ...NETWORK, 'AssignPublicIp'],
                value: 'DISABLED',
              },
            ]
          : [],
    },
  });
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html */
function* noAddress(context: Context, service: EcsService): Iterable<Report> {
  const subnets = (known(service.subnetIds) ?? []).filter((id) => wayOut(context, id) === 'internet-gateway');
  if (subnets.length === 0) return;
  yield found(service.id, under(service.origin, [...NETWORK, 'Subnets']), {
    message: `the tasks of ${service.name} are on EC2 and never have a public address, and ${listed(subnets)} leads out by an internet gateway only: they reach nothing outside`,
    fix: { says: 'use subnets whose route table leads 0.0.0.0/0 to a NAT gateway', edits: [] },
  });
}
