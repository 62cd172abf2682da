import type { Dependency } from '../app.ts';
import { choice, type Field, field, type Findings, flag, mapping } from '../read.ts';

/** A dependency, and whether the file may name a service that is not there. */
export interface WrittenDependency extends Dependency {
  readonly required: boolean;
}

const CONDITIONS = ['service_started', 'service_healthy', 'service_completed_successfully'] as const;

/** Reads `depends_on`: https://docs.docker.com/reference/compose-file/services/#depends_on */
export function readDependencies(found: Findings, at: Field | undefined): WrittenDependency[] {
  return [...(mapping(found, at)?.entries ?? [])].map(([service, { key, value }]) => {
    const item: Field = { tree: value, name: `${at?.name}.${service}` };
    return {
      service,
      condition: choice(found, field(item, 'condition'), CONDITIONS)?.value ?? 'service_started',
      required: flag(found, field(item, 'required'))?.value ?? true,
      position: key,
    };
  });
}
