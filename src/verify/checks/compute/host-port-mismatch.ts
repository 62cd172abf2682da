import { isUnknown, known } from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { called } from './tasks.ts';

export const hostPortMismatch: Check = {
  id: 'host-port-mismatch',
  title: 'In awsvpc and host mode a port is the same outside and inside',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html',
  why: 'ECS refuses to register the task definition: “When networkMode=awsvpc, the host ports and container ports in port mappings must match.”',
  *find({ system }) {
    for (const { id, networkMode, containers } of system.taskDefinitions)
      for (const container of containers)
        for (const { containerPort, hostPort, origin } of container.ports) {
          const [inside, outside] = [known(containerPort), known(hostPort)];
          // 0 and nothing are taken for the container's port.
          if (inside === undefined || outside === undefined || outside === 0 || inside === outside) continue;
          if (isUnknown(networkMode)) {
            yield cannotTell(id, under(origin, 'HostPort'), networkMode.unknown);
            continue;
          }
          if (networkMode !== 'awsvpc' && networkMode !== 'host') continue;
          yield found(id, under(origin, 'HostPort'), {
            message: `${called(container)} listens on ${inside}, and HostPort is ${outside}: there is no mapping in ${networkMode} mode`,
            fix: {
              says: `write HostPort: ${inside}, or leave it out, and let others call port ${inside}`,
              edits: [{ kind: 'set', path: under(origin, 'HostPort').path, value: inside }],
            },
          });
        }
  },
};
