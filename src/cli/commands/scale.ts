import { nearest } from '../../common/nearest.ts';
import { InputError } from '../../common/problem.ts';
import type { Command } from '../command.ts';
import { requireLocal } from '../local.ts';
import { loadProject } from '../project.ts';
import { deployProject } from '../stack.ts';
import { localTarget } from '../target.ts';
import { duration } from '../terminal.ts';

const MOST_TASKS = 5000;

export const command: Command = {
  name: 'scale',
  summary: 'Change how many tasks a service has',
  usage: '[OPTIONS] SERVICE=N…',
  details: "Holds over the next `fairway up`s, until the compose file's own number changes.",
  options: [],
  arguments: [1, Number.POSITIVE_INFINITY],
  async run(invocation) {
    const { terminal } = invocation;
    const began = Date.now();
    const project = await loadProject(invocation);
    const { design } = project;
    const counts = design.parameters.filter(({ kind }) => kind === 'desired-count');
    const names = counts.map(({ service }) => service);
    const wanted = new Map(
      invocation.positionals.map((argument) => {
        const [, service = '', number = ''] = /^([^=]+)=(\d+)$/.exec(argument) ?? [];
        if (!service)
          throw wrongArgument(
            `"${argument}" names no service and number`,
            `write SERVICE=N, where SERVICE is one of ${names.join(', ')}`,
          );
        const parameter = counts.find((candidate) => candidate.service === service);
        if (!parameter) {
          const scaled = project.app.services.find(({ name }) => name === service)?.settings.autoscaling;
          if (scaled)
            throw wrongArgument(
              `the number of ${service}'s tasks follows its load, from ${scaled.min} to ${scaled.max}`,
              'change min and max of its autoscaling in the compose file',
            );
          const near = nearest(service, names);
          throw wrongArgument(
            `there is no service "${service}"`,
            near ? `write ${near}=${number}` : `the services are ${names.join(', ')}`,
          );
        }
        if (Number(number) > MOST_TASKS)
          throw wrongArgument(
            `${service} cannot have ${number} tasks: ${MOST_TASKS} is the most a service can have on AWS`,
            `write at most ${service}=${MOST_TASKS}`,
          );
        return [parameter.name, number] as const;
      }),
    );
    const connection = await requireLocal(invocation);
    const target = localTarget(connection);
    const declared = [
      ...design.parameters.map(({ name }) => name),
      ...design.secrets.map(({ parameter }) => parameter),
    ];
    const parameters = declared.map((name) => {
      const value = wanted.get(name);
      return value === undefined
        ? { ParameterKey: name, UsePreviousValue: true }
        : { ParameterKey: name, ParameterValue: value };
    });
    const outcome = await deployProject(invocation, project, target, parameters, { keepTemplate: true });
    connection.control.close();
    const what = invocation.positionals.join(' ');
    terminal.err(
      outcome.kind === 'unchanged'
        ? `${what}: so it is already\n`
        : `${what} (${duration(Date.now() - began)})\n`,
    );
    return 0;
  },
};

const wrongArgument = (message: string, fix: string): InputError =>
  new InputError([{ code: 'usage', message, fix }]);
