import { enacted, type Keys } from './rule.ts';

/** `x-aws` at the top level. */
export const PROJECT_SETTINGS: Keys = {
  profile: enacted('affordable (default), balanced or highly-available: what it costs and survives'),
  namespace: enacted('the private DNS zone, `local` by default'),
  log_retention: enacted('days that logs are kept, 14 by default'),
};

/** `x-aws` of a service. */
export const SERVICE_SETTINGS: Keys = {
  calls: enacted('services it connects to: `redis:6379`, or `redis` for all its ports'),
  worker: enacted('true: nothing connects to it'),
  public: enacted('false: `ports` are for its peers only'),
  health_path: enacted('what the load balancer asks for, `/` by default'),
  cpu: enacted('CPU units of the task: 256 are a quarter of a virtual CPU'),
  memory: enacted('memory of the task: 512 (MiB) or 1g'),
  egress: enacted('TCP ports that it may reach anywhere outside, beside 443'),
};
