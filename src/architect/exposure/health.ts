import type { Service } from '../../compose/app.ts';

/** x-aws health_path, else the path that the service's own health check asks for at this port, else `/`. */
export function healthPath({ settings, healthCheck }: Service, port: number): string {
  if (settings.healthPath) return settings.healthPath.value;
  const asked = /http:\/\/[^\s/:'"]+(?::(\d+))?(\/[^\s'"|;&)]*)/.exec(healthCheck?.command.join(' ') ?? '');
  return asked && Number(asked[1] ?? 80) === port ? asked[2]! : '/';
}

/** Found out soon: ten seconds to healthy or not, where the defaults take minutes. */
export const SOON = {
  HealthCheckIntervalSeconds: 5,
  HealthCheckTimeoutSeconds: 2,
  HealthyThresholdCount: 2,
  UnhealthyThresholdCount: 2,
} as const;

/** Every task that ends waits for as long, busy or not; a web request is over by then, and the default is five minutes. */
export const DRAINING = [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }];
