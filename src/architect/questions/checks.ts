import type { Service } from '../../compose/app.ts';
import { HEALTH_PORT, healthService } from '../exposure/network.ts';
import type { Line, Question } from './model.ts';

const expose = ({ name, position }: Service, port: string): Line => ({
  kind: 'line',
  file: position.file,
  path: ['services', name],
  key: 'expose',
  value: port,
  list: true,
});

/** UDP answers no health check. */
export const checkQuestion = (service: Service, port: number): Question => ({
  text: `What tells that ${service.name} is well? Its port ${port} speaks UDP, and a load balancer asks by TCP.`,
  choices: [
    {
      label: `a small container beside it, which answers at port ${HEALTH_PORT} as long as the task runs`,
      ifWrong: `tasks in which ${service.name} hangs are taken for well`,
      changes: [
        {
          kind: 'line',
          file: service.position.file,
          path: ['services'],
          key: `${service.name}-health`,
          value: healthService(service.name),
          list: false,
        },
        expose(service, HEALTH_PORT),
      ],
    },
  ],
  preferred: 0,
  other: {
    hint: 'port NUMBER, where it listens by TCP: port 8080',
    changes(text) {
      const tcp = /^port\s+(\d{1,5})$/i.exec(text)?.[1];
      return tcp === undefined ? undefined : [expose(service, tcp)];
    },
  },
});
