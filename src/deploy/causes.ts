/** A cause by what is said of it, and the checks that look for it before anything is deployed. */
interface Cause {
  /** What ECS says of the task: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
  readonly reason?: RegExp;
  /** What the program said itself. */
  readonly said?: RegExp;
  readonly checks: readonly string[];
}

const causes: readonly Cause[] = [
  {
    reason: /unable to (?:pull|retrieve) secrets?|secret.*(?:not found|ResourceNotFound)/i,
    checks: ['secret-missing', 'execution-role-missing-permission', 'secrets-unreachable'],
  },
  {
    reason: /CannotPull/,
    checks: ['image-unreachable', 'image-architecture', 'execution-role-missing-permission'],
  },
  { reason: /exec format error|does not match the specified platform/i, checks: ['image-architecture'] },
  { reason: /unable to assume the role/i, checks: ['role-trust'] },
  { reason: /is not authorized|AccessDenied/i, checks: ['execution-role-missing-permission'] },
  {
    reason: /log group does not exist|failed to validate logger/i,
    checks: ['log-group-missing', 'logs-unreachable', 'execution-role-missing-permission'],
  },
  { reason: /executable file not found|no such file or directory/i, checks: ['command-not-a-list'] },
  {
    reason: /failed ELB health checks|is unhealthy in/i,
    checks: [
      'health-check-never-passes',
      'health-check-unreachable',
      'target-unreachable',
      'target-type-mismatch',
      'host-port-mismatch',
      'container-port-missing',
      'grace-period-too-short',
    ],
  },
  { reason: /failed container health checks/i, checks: ['health-check-never-passes'] },
  { reason: /OutOfMemory/, checks: ['container-exceeds-task'] },
  { said: /ETIMEDOUT|timed out/i, checks: ['service-unreachable', 'database-unreachable'] },
  {
    said: /ENOTFOUND|EAI_AGAIN|name or service not known|could not resolve/i,
    checks: ['name-does-not-resolve'],
  },
  { said: /ECONNREFUSED|connection refused/i, checks: ['depends-on-without-health-check'] },
  { said: /host not found in upstream/i, checks: ['name-does-not-resolve', 'name-resolved-once'] },
  { said: /directory .*not empty/i, checks: ['data-directory-not-empty'] },
  { said: /AccessDenied|is not authorized to perform/i, checks: ['task-role-missing-permission'] },
];

/** The checks that look for what made a task stop; none where no template tells it. */
export function checksFor(reason: string, lastLines: readonly string[]): readonly string[] {
  const fitting = causes.filter(
    (cause) =>
      cause.reason?.test(reason) === true || lastLines.some((line) => cause.said?.test(line) === true),
  );
  return [...new Set(fitting.flatMap(({ checks }) => checks))];
}

/** The same for what differs only by the task that it is said of. */
export const causeKey = (reason: string): string =>
  reason
    .replace(/(failed (?:ELB|container) health checks).*/, '$1')
    .replaceAll(/arn:\S+|\b[0-9a-f]{8,}\b|\d+\.\d+\.\d+\.\d+/g, '…');
