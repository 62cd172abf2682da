import { mentions } from '../../../topology/from-template/script.ts';
import { idOf, isRecord } from '../../../topology/from-template/values.ts';
import { known, type Declared, type System } from '../../../topology/system.ts';
import type { Check } from '../../model.ts';
import { cannotTell, found, under } from '../../report.ts';
import { localName } from './tasks.ts';

export const volumeZone: Check = {
  id: 'volume-zone',
  title: 'An EBS volume is in the zone of its instance',
  severity: 'error',
  source: 'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-attaching-volume.html',
  why: 'A volume can be attached within its zone only: “InvalidVolume.ZoneMismatch: The volume … is not in the same availability zone as instance …”.',
  *find({ system }) {
    for (const { volume, instance } of attachments(system)) {
      const at = under(volume.origin, 'AvailabilityZone');
      const own = volume.properties['AvailabilityZone'];
      const subnet = subnetOf(instance);
      // Taken from the instance or its subnet, it is theirs.
      if (own === undefined || mentions(own, instance.id) || (subnet !== undefined && mentions(own, subnet)))
        continue;
      const zone =
        instance.properties['AvailabilityZone'] ??
        system.resources.get(subnet ?? '')?.properties['AvailabilityZone'];
      if (JSON.stringify(own) === JSON.stringify(zone)) continue;
      if (typeof own !== 'string' || typeof zone !== 'string') {
        yield cannotTell(
          volume.id,
          at,
          `whether ${volume.id} and ${instance.id} are in one zone is not known before deployment`,
        );
        continue;
      }
      const from =
        localName(system, subnet ?? '', volume.origin) ?? localName(system, instance.id, volume.origin);
      yield found(volume.id, at, {
        message: `${volume.id} is in ${own}, and ${instance.id} in ${zone}`,
        fix: {
          says: `write AvailabilityZone: ${from === undefined ? zone : `!GetAtt ${from}.AvailabilityZone`}`,
          edits: [
            {
              kind: 'set',
              path: at.path,
              value: from === undefined ? zone : { 'Fn::GetAtt': [from, 'AvailabilityZone'] },
            },
          ],
        },
      });
    }
  },
};

function attachments({ resources }: System): { readonly volume: Declared; readonly instance: Declared }[] {
  const pair = (volumeId: unknown, instanceId: string | undefined) => {
    const volume = resources.get(known(idOf(volumeId)) ?? '');
    const instance = resources.get(instanceId ?? '');
    const fit = volume?.type === 'AWS::EC2::Volume' && instance?.type === 'AWS::EC2::Instance';
    return fit && volume && instance ? [{ volume, instance }] : [];
  };
  return [...resources.values()].flatMap(({ id, type, properties }) => {
    if (type === 'AWS::EC2::VolumeAttachment')
      return pair(properties['VolumeId'], known(idOf(properties['InstanceId'])));
    const volumes: unknown = type === 'AWS::EC2::Instance' ? properties['Volumes'] : undefined;
    return Array.isArray(volumes)
      ? volumes.flatMap((one) => (isRecord(one) ? pair(one['VolumeId'], id) : []))
      : [];
  });
}

function subnetOf({ properties }: Declared): string | undefined {
  const list: unknown = properties['NetworkInterfaces'];
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  return known(idOf(properties['SubnetId'] ?? (isRecord(first) ? first['SubnetId'] : undefined)));
}
