import { expect, it } from 'vitest';
import { invoke } from '../check/testing/invoke.ts';
import { command } from './diff.ts';

const template = (cidr: string, more = '') =>
  `Resources:\n  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: ${cidr}}}\n  Subnet: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}\n${more}`;
const diff = (before: string, after: string, ...args: readonly string[]) =>
  invoke(command, ['a.yaml', 'b.yaml', ...args], { 'a.yaml': before, 'b.yaml': after });

it('says what is replaced, by which property, and what follows', async () => {
  const { out, code } = await diff(template('10.0.0.0/16'), template('10.0.0.0/20'));
  expect(out).toContain('± Vpc  AWS::EC2::VPC  is replaced');
  expect(out).toContain('CidrBlock: 10.0.0.0/16 → 10.0.0.0/20  replaces it');
  expect(out).toContain('VpcId: follows Vpc, which is made anew');
  expect(code).toBe(0);
});

it('says whose data goes', async () => {
  const bucket = '  Files: {Type: "AWS::EFS::FileSystem", Properties: {}}\n';
  const { out } = await diff(template('10.0.0.0/16', bucket), template('10.0.0.0/16'));
  expect(out).toMatch(/^- Files {2}AWS::EFS::FileSystem {2}is removed\n {4}data is lost/);
  expect(out).toContain('1 loses data');
});

it('is silent where nothing changes, and exits 1 on a difference where that is asked for', async () => {
  const same = await diff(template('10.0.0.0/16'), template('"10.0.0.0/16"'), '--exit-code');
  expect([same.out, same.code]).toEqual(['nothing changes\n', 0]);
  expect((await diff(template('10.0.0.0/16'), template('10.0.0.0/20'), '--exit-code')).code).toBe(1);
});
