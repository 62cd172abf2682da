import { existsSync, readFileSync } from 'node:fs';

const folder = new URL('../checks/fixtures/', import.meta.url);

/** The text of a check's fixture: `fargate-size.wrong.yaml`. */
export const fixture = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

export interface Fixtures {
  readonly wrong: string;
  readonly right: string;
  /** What is deployed already, for checks that look at what a template changes. */
  readonly before?: string;
}
export const fixturesOf = (id: string): Fixtures => ({
  wrong: fixture(`${id}.wrong.yaml`),
  right: fixture(`${id}.right.yaml`),
  ...(existsSync(new URL(`${id}.before.yaml`, folder)) ? { before: fixture(`${id}.before.yaml`) } : {}),
});

/** Calls that a fixture declares: `# edges: Web Api 5000`. */
export const edgesOf = (
  text: string,
): readonly { readonly from: string; readonly to: string; readonly port: number }[] =>
  [...text.matchAll(/^# edges?: (\S+) (\S+) (\d+)$/gm)].map(([, from = '', to = '', port]) => ({
    from,
    to,
    port: Number(port),
  }));
