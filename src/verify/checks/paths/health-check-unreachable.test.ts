import { expect, it } from 'vitest';
import { checkText } from '../../testing/check.ts';
import { fixturesOf } from '../../testing/fixtures.ts';
import { healthCheckUnreachable } from './health-check-unreachable.ts';

const { wrong, right } = fixturesOf(healthCheckUnreachable.id);
const unmapped = (text: string) => text.replace(/^ *- ContainerPort: 8081\n/m, '');
const saidOf = (text: string) => {
  const { findings, unknowns } = checkText(text, [healthCheckUnreachable]);
  return [...findings.map(({ message }) => message), ...unknowns.map(({ why }) => why)];
};

it('does not know whether something listens on a port that is open and that no container maps', () => {
  expect(unmapped(right)).not.toBe(right);
  expect(saidOf(unmapped(right))).toEqual([
    'whether something in WebTask listens on port 8081 is not known: no container maps it',
  ]);
});

it('takes a port that is neither open nor mapped for a mistake', () => {
  expect(saidOf(unmapped(wrong))).toEqual([
    'Alb cannot check the health of Web on tcp 8081: no inbound rule of WebGroup (Web) lets tcp 8081 from Alb',
    'the health check of Targets asks for port 8081, which no container of WebTask has',
  ]);
});
