import type { App, Service } from '../../compose/app.ts';
import type { OpenService } from '../edges/unreached.ts';
import type { UnstatedCall } from '../edges/unstated.ts';
import type { Choice, Line, Question } from './model.ts';

const under = ({ name, position }: Service, key: 'calls' | 'worker', value: string | boolean): Line => ({
  kind: 'line',
  file: position.file,
  path: ['services', name, 'x-aws'],
  key,
  value,
  list: key === 'calls',
});

/** Nobody connects to it. */
export const worker = (service: Service): Choice => ({
  label: `nothing: ${service.name} is a worker`,
  ifWrong: 'connections to it are dropped; fairway denials shows each of them',
  changes: [under(service, 'worker', true)],
});

export function callerQuestion(app: App, { service, callers }: OpenService): Question {
  const call = ({ service: from, port }: OpenService['callers'][number]): Line =>
    under(
      app.services.find(({ name }) => name === from)!,
      'calls',
      port === undefined ? service.name : `${service.name}:${port}`,
    );
  const ifWrong = 'a way stays open that nobody needs';
  const each = callers.map((caller): Choice => ({
    label: `${caller.service}${caller.port === undefined ? '' : `, at port ${caller.port}`} (${caller.because})`,
    ifWrong: callers.length > 1 ? 'the others cannot call it' : ifWrong,
    changes: [call(caller)],
  }));
  const all: Choice[] =
    callers.length > 1
      ? [
          {
            label: `all of ${callers.map(({ service: name }) => name).join(', ')}`,
            ifWrong,
            changes: callers.map(call),
          },
        ]
      : [];
  return {
    text: `What calls ${service.name}? Nothing in the compose file says so.`,
    choices: [...all, ...each, worker(service)],
    // That nobody names it makes it no worker: its callers may be images whose sources are elsewhere.
    ...(callers.length > 0 ? { preferred: 0 } : {}),
    other: {
      hint: 'CALLER, or CALLER at PORT: web at 8080',
      changes(text) {
        const [, name, port] = /^([\w.-]+)(?:\s+(?:at\s+)?(\d{1,5}))?$/.exec(text) ?? [];
        const from = app.services.find((one) => one.name === name);
        return from && from.name !== service.name
          ? [under(from, 'calls', port === undefined ? service.name : `${service.name}:${port}`)]
          : undefined;
      },
    },
  };
}

/** A file may speak of what is switched off. */
export function callQuestion(app: App, { from, to, port, where }: UnstatedCall): Question {
  const caller = app.services.find(({ name }) => name === from)!;
  return {
    text: `Does ${from} call ${to} at port ${port}? ${where} names it.`,
    choices: [
      {
        label: 'yes',
        ifWrong: 'a way stays open that nobody needs',
        changes: [under(caller, 'calls', `${to}:${port}`)],
      },
      {
        label: 'no',
        ifWrong: 'its connections are dropped; fairway denials shows each of them',
        changes: [],
      },
    ],
    preferred: 0,
  };
}
