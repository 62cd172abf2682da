import type { App, Service } from '../compose/app.ts';
import type { Edge, LocalForward, PublicService } from './design-model.ts';
import type { ListeningPort } from './ports.ts';
import type { SecretSource } from './state/secrets.ts';
import type { TaskStorage } from './state/storage.ts';
import type { Task } from './tasks.ts';

/** What has been worked out of an App before resources are written: each concern reads it and gives its resources. */
export interface Plan {
  readonly app: App;
  readonly target: 'local' | 'aws';
  /** Networks are open to their members. */
  readonly learn: boolean;
  readonly services: readonly Service[];
  /** What runs together, by the name of its owner. */
  readonly tasks: readonly Task[];
  /** Between tasks. */
  readonly edges: readonly Edge[];
  readonly publicServices: readonly PublicService[];
  readonly forwards: readonly LocalForward[];
  /** Ports each task listens on, as far as they are known, by the name of its owner; ascending. */
  readonly ports: ReadonlyMap<string, readonly ListeningPort[]>;
  /** Volumes and files of each task, by the name of its owner. */
  readonly storage: ReadonlyMap<string, TaskStorage>;
  /** Secrets that are delivered, by name. */
  readonly secrets: readonly SecretSource[];
}
