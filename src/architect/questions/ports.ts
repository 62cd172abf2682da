import type { Service } from '../../compose/app.ts';
import { worker } from './calls.ts';
import type { Choice, Line, Question } from './model.ts';

/** Where a service tells its own port, it is in a variable of that name. */
export function portQuestion(service: Service): Question {
  const told = service.environment
    .filter(({ name, value }) => /(^|_)PORT$/i.test(name) && /^\d{2,5}$/.test(value))
    .map(({ value }) => value);
  const usual = ['8080', '80', '3000', '5000', '8000'];
  const expose = (port: string): Line => ({
    kind: 'line',
    file: service.position.file,
    path: ['services', service.name],
    key: 'expose',
    value: port,
    list: true,
  });
  return {
    text: `Which port does ${service.name} listen on? It is called, and neither its image nor the file says where.`,
    choices: [
      ...[...new Set([...told, ...usual])].slice(0, 5).map((port): Choice => ({
        label: port,
        ifWrong: 'calls to another port of it are dropped; fairway denials shows each of them',
        changes: [expose(port)],
      })),
      worker(service),
    ],
    // A guess would be as good as any other.
    ...(told.length > 0 ? { preferred: 0 } : {}),
    other: {
      hint: 'port NUMBER: port 9000',
      changes(text) {
        const port = /^port\s+(\d{1,5})$/i.exec(text)?.[1];
        return port === undefined ? undefined : [expose(port)];
      },
    },
  };
}
