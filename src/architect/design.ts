import type { App } from '../compose/app.ts';
import { InputError, type Problem } from '../common/problem.ts';
import type { Output, Template } from '../template/model.ts';
import { structureProblems } from '../template/structure.ts';
import { compute } from './compute/index.ts';
import { clampedHealthCheck } from './compute/health-check.ts';
import { kernelNotices } from './compute/kernel.ts';
import { onceTasks, onceTemplateOutputs } from './compute/once.ts';
import { cluster } from './compute/service.ts';
import type { Design } from './design-model.ts';
import { aliasProblems, discovery } from './discovery.ts';
import { findEdges } from './edges/edges.ts';
import { learnProblems, openNetworks } from './edges/learn.ts';
import { type OpenService, openServices, unreached } from './edges/unreached.ts';
import { unstatedCalls, unstatedNotices } from './edges/unstated.ts';
import { existingNotices, existingProblems } from './existing.ts';
import { exposure } from './exposure/index.ts';
import { uncheckedPorts } from './exposure/network.ts';
import { urls } from './exposure/outputs.ts';
import { publish } from './exposure/publish.ts';
import type { Resources } from './intrinsics.ts';
import { logs } from './logs.ts';
import { nameProblems } from './names.ts';
import { compareText } from './naming.ts';
import { network } from './network.ts';
import type { DesignOptions } from './options.ts';
import { overlaid } from './overlay.ts';
import { designParameters, templateParameters } from './parameters.ts';
import { permissions } from './permissions.ts';
import type { Plan } from './plan.ts';
import { ascending, listeningPorts } from './ports.ts';
import { arranged } from './problems.ts';
import { scaling, scalingNotices, scalingProblems } from './scaling.ts';
import { security } from './security.ts';
import { taskSize, type TaskSize } from './sizes.ts';
import { fileSystems, usedFileSystems } from './state/file-systems.ts';
import { secretParameters, secrets, secretTemplateParameters, usedSecrets } from './state/secrets.ts';
import { storageOf } from './state/storage.ts';
import { groupTasks, type Task } from './tasks.ts';

/**
 * The AWS deployment of a project; the same App gives the same bytes. Throws an InputError with everything that cannot be known and
 * what to write for it.
 */
export function design(app: App, options: DesignOptions = {}): Design {
  const { plan, binds, problems, notices } = planOf(app, options);
  const { sizes, tooLarge } = sizesOf(plan.tasks);
  const all = [...problems, ...tooLarge];
  if (all.length > 0) throw new InputError(arranged(all));

  const parameters = designParameters(plan.services, plan.tasks);
  const secretValues = secretParameters(plan.secrets);
  const template: Template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `${app.name}: made by Fairway from ${app.services.length} services`,
    ...(parameters.length + secretValues.length > 0
      ? { Parameters: { ...templateParameters(parameters), ...secretTemplateParameters(secretValues) } }
      : {}),
    Resources: merge(
      network(plan),
      security(plan),
      openNetworks(plan),
      discovery(plan),
      exposure(plan),
      secrets(plan),
      fileSystems(plan),
      permissions(plan),
      logs(plan),
      compute(plan, sizes),
      scaling(plan),
    ),
    Outputs: outputs(plan),
  };
  return {
    template: laidOver(template, app.overlay),
    parameters,
    secrets: secretValues,
    edges: plan.edges,
    publicServices: plan.publicServices,
    once: onceTasks(plan),
    local: plan.target === 'local' ? { binds, forwards: plan.forwards } : { binds: [], forwards: [] },
    notices,
  };
}

/** What a person lays over the template leaves a template. */
function laidOver(template: Template, overlay: App['overlay']): Template {
  if (overlay === undefined) return template;
  const whole = overlaid(template, overlay.value);
  const problems = structureProblems(whole, () => overlay.position, 'language');
  if (problems.length > 0)
    throw new InputError(
      problems.map((problem) => ({
        ...problem,
        message: `x-aws-cloudformation: ${problem.message}`,
        fix: problem.fix ?? 'what is laid over the template has to leave a template',
      })),
    );
  return whole;
}

/** Everything that is worked out before the first resource is written. */
function planOf(app: App, options: DesignOptions) {
  const { target = 'aws', learn = false, texts = () => [] } = options;
  const services = [...app.services].sort((a, b) => compareText(a.name, b.name));
  const sorted: App = { ...app, services };
  const grouped = groupTasks(services);
  const { tasks } = grouped;
  const ports = new Map(
    tasks.map(({ owner, sidecars }) => [owner.name, ascending([owner, ...sidecars].flatMap(listeningPorts))]),
  );
  const found = findEdges(sorted, tasks, ports);
  const published = publish(tasks);
  const used = usedSecrets(sorted, services);
  const stored = storageOf(sorted, tasks, used, options);
  const open = learn ? [] : openServices(sorted, tasks, found.edges, texts);
  const reached = unreached(open.filter((one) => !found.unknownPorts.has(one.service.name) || saysPort(one)));
  const unstated = learn ? [] : unstatedCalls(sorted, tasks, found.edges, texts('configuration'));
  const plan: Plan = {
    app: sorted,
    target,
    learn,
    services,
    tasks,
    ports,
    edges: found.edges,
    publicServices: published.publicServices,
    forwards: published.forwards,
    storage: stored.storage,
    secrets: used,
  };
  return {
    plan,
    binds: stored.binds,
    problems: [
      ...nameProblems(sorted, learn),
      ...aliasProblems(plan),
      ...existingProblems(sorted, target),
      ...grouped.problems,
      ...(learn ? found.problems.filter(({ code }) => code !== 'port-unknown') : found.problems).filter(
        ({ service }) => !open.some((one) => one.service.name === service && saysPort(one)),
      ),
      ...published.problems,
      ...uncheckedPorts(plan),
      ...stored.problems,
      ...learnProblems(plan),
      ...reached.problems,
      ...scalingProblems(plan),
    ],
    notices: [
      ...existingNotices(sorted, target),
      ...grouped.notices,
      ...published.notices,
      ...services.flatMap(clampedHealthCheck),
      ...services.flatMap(kernelNotices),
      ...stored.notices,
      ...(target === 'aws' ? usedFileSystems(plan).map(keptFiles) : []),
      ...scalingNotices(plan),
      ...reached.notices,
      ...unstatedNotices(sorted, unstated),
    ],
  };
}

/** Where a caller tells the port, that line is the better answer than the port alone. */
const saysPort = ({ callers }: OpenService): boolean => callers.some(({ port }) => port !== undefined);

const keptFiles = ({ name, position }: App['volumes'][number]): Problem => ({
  code: 'volume-retained',
  message: `the file system of the volume ${name} stays when the stack is deleted: nothing but you deletes it`,
  position,
});

/** Logical ids are a namespace of their own: two keys that become one would hide a resource. */
function merge(...parts: readonly Resources[]): Resources {
  const merged: Resources = {};
  for (const part of parts)
    for (const [id, resource] of Object.entries(part)) {
      if (Object.hasOwn(merged, id)) throw new Error(`two resources are called ${id}`);
      merged[id] = resource;
    }
  return merged;
}

function sizesOf(tasks: readonly Task[]): { sizes: Map<string, TaskSize>; tooLarge: Problem[] } {
  const sizes = new Map<string, TaskSize>();
  const tooLarge: Problem[] = [];
  for (const task of tasks) {
    const size = taskSize(task);
    if ('cpu' in size) sizes.set(task.owner.name, size);
    else tooLarge.push(size);
  }
  return { sizes, tooLarge };
}

const outputs = (plan: Plan): Record<string, Output> => ({
  Cluster: { Description: 'The ECS cluster', Value: cluster(plan) },
  ...urls(plan.publicServices),
  ...onceTemplateOutputs(plan),
});
