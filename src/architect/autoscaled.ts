import type { Autoscaling } from '../compose/app.ts';
import type { Task } from './tasks.ts';

/** How the number of a service's tasks follows its load; undefined where it is fixed. */
export const scalingOf = ({ owner, kind }: Task): Autoscaling | undefined =>
  kind === 'service' ? owner.settings.autoscaling : undefined;
