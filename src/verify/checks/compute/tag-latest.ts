import type { Check } from '../../model.ts';
import { found, under } from '../../report.ts';
import { tagOf } from './images.ts';
import { called } from './tasks.ts';

export const tagLatest: Check = {
  id: 'tag-latest',
  title: 'An image is named by a version',
  severity: 'warning',
  source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html',
  why: 'A new image under the same tag reaches no running service: the template does not change, so nothing is deployed, and a task that is replaced by chance may run another program than its neighbours.',
  *find({ system }) {
    for (const { id, containers } of system.taskDefinitions)
      for (const container of containers) {
        if (tagOf(container) !== 'latest') continue;
        const { image } = container;
        const written = typeof image === 'string' ? image : '… :latest';
        yield found(id, under(container.origin, 'Image'), {
          message: `${called(container)} runs ${written}${written.endsWith(':latest') ? '' : ', which means :latest'}: whatever that is at the time`,
          fix: { says: 'name a version, or the digest of the image', edits: [] },
        });
      }
  },
};
