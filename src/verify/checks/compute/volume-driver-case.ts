import { isRecord } from '../../../topology/from-template/values.ts';
import { known } from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';

export const volumeDriverCase: Check = {
  id: 'volume-driver-case',
  title: 'The driver of a Docker volume is one that instances have',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/docker-volumes.html',
  why: 'The driver is a requirement of placement: no instance has one of that name, the task does not start and writes no log. Docker’s own driver is `local`, and names of plugins have no capitals.',
  *find({ system }) {
    for (const { id, volumes } of system.taskDefinitions)
      for (const { name, properties, origin } of volumes) {
        const configuration = properties['DockerVolumeConfiguration'];
        const driver = isRecord(configuration) ? configuration['Driver'] : undefined;
        if (typeof driver !== 'string' || driver === 'local') continue;
        const at = under(origin, ['DockerVolumeConfiguration', 'Driver']);
        if (driver === driver.toLowerCase()) {
          if (!system.capacity.some(({ script }) => script?.includes(driver) === true))
            yield cannotTell(id, at, `whether the instances have the plugin ${driver} is not known here`);
          continue;
        }
        yield found(id, at, {
          message: `the volume ${known(name) ?? ''} wants the driver ${JSON.stringify(driver)}, which does not exist`,
          fix: {
            says: `write Driver: ${driver.toLowerCase()}`,
            edits: [{ kind: 'set', path: at.path, value: driver.toLowerCase() }],
          },
        });
      }
  },
};
