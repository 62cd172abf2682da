import type { App, Service } from '../app.ts';
import type { ProjectRequest } from '../project.ts';
import { read } from './project.ts';

/** A project of the service `a` with these keys, from line 4 on. */
export const text = (body: string, more = '') =>
  `services:\n  a:\n    image: a:1\n${body.replace(/^/gm, '    ')}\n${more}`;
export const app = (body: string, more = '', request: Partial<ProjectRequest> = {}): App =>
  read(text(body, more), { currentFolder: '/p', ...request });
export const only = (body: string, more = '', request: Partial<ProjectRequest> = {}): Service =>
  app(body, more, request).services[0]!;
export const said = (body: string, more = '') => app(body, more).notices.map(({ message }) => message);
/** Without positions. */
export const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner: unknown) => (key === 'position' ? undefined : inner)));
